import { Redis } from 'ioredis';
import { runAgent } from './agent.ts';

const url = process.env['LEGACY_REDIS_URL'] ?? process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379/0';
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const connect = (): Redis => {
  const client = new Redis(url);
  client.on('error', (error) => {
    say(`Redis: ${error.message}`);
  });
  return client;
};

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop.abort();
  });
}
const [commands, blocking] = [connect(), connect()];
const agentId = process.env['AGENT_ID'] ?? 'typescript-agent-1';
await runAgent({ agentId, commands, blocking, signal: stop.signal, say });
commands.disconnect();
blocking.disconnect();
