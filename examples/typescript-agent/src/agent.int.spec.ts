import { eventually, useRedis } from '@bridge/test-kit';
import { runAgent } from './agent.ts';

const redis = useRedis();

it('registers, works, answers, and signs off when told to stop', async () => {
  const [commands, blocking, client] = [redis.client(), redis.client(), redis.client()];
  const stop = new AbortController();
  const lines: string[] = [];
  const say = (line: string): void => {
    lines.push(line);
  };
  const running = runAgent({ agentId: 'ts', commands, blocking, signal: stop.signal, say });
  await eventually(async () => (await client.hget('agent:ts', 'status')) === 'active');
  const assignment = { id: 't', from_agent: 'caller', payload: { description: 'sha256 of hello' } };
  await client.lpush('queue:ts', 'not json', JSON.stringify(assignment));
  await eventually(async () => (await client.llen('queue:caller')) === 1);
  expect(await client.lindex('queue:caller', 0)).toContain('2cf24dba5fb0a30e26e83b2ac5b9e29e');
  expect(lines).toContain('dropped an element that is no assignment');
  stop.abort();
  await running;
  expect(await client.hget('agent:ts', 'status')).toBe('inactive');
});
