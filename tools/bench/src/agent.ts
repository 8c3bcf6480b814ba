/**
 * Agents of the bench, in one process: they speak the legacy list protocol and answer at once with the description
 * reversed, which the client checks. argv: redis url, how many.
 */
import { Redis } from 'ioredis';

const [url = '', count = '1'] = process.argv.slice(2);
const ids = Array.from({ length: Number(count) }, (_, i) => `bench-agent-${String(i)}`);
const commands = new Redis(url);
const blocking = new Redis(url);

interface Assignment {
  readonly from_agent: string;
  readonly payload: { readonly description: string };
}

for (const id of ids) {
  const fields = ['id', id, 'type', 'bench', 'capabilities', '["reverse"]', 'status', 'active'];
  await commands.hset(`agent:${id}`, ...fields, 'last_heartbeat', new Date().toISOString().slice(0, -1));
}
console.log('ready');
for (;;) {
  const popped = await blocking.brpop(
    ids.map((id) => `queue:${id}`),
    0,
  );
  if (popped === null) continue;
  const [queue, raw] = popped;
  const { from_agent, payload } = JSON.parse(raw) as Assignment;
  const reply = {
    id: 'result',
    type: 'task_result',
    from_agent: queue.slice('queue:'.length),
    to_agent: from_agent,
    timestamp: new Date().toISOString().slice(0, -1),
    payload: { status: 'completed', result: Array.from(payload.description).reverse().join('') },
    retry_count: 0,
  };
  // Not awaited: the next task is popped meanwhile.
  void commands.lpush(`queue:${from_agent}`, JSON.stringify(reply));
}
