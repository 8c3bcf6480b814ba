import { eventually, monitor, useRedis } from '@bridge/test-kit';
import type { Redis } from 'ioredis';
import { createKeyNotices } from '../notices/key-notices.ts';
import type { AgentDirectory } from '../ports.ts';
import {
  createAgentDirectory,
  type AgentDirectoryDeps,
  type AgentDirectoryEvent,
} from './create-agent-directory.ts';

const server = useRedis();
let redis: Redis;

beforeEach(async () => {
  await server.flush();
  redis = server.client();
});

const HOUR = 3_600_000;
const at = (ms: number): string => new Date(ms).toISOString().replace('Z', '000');
const fieldsOf = (id: string, overrides: Record<string, string> = {}): Record<string, string> => ({
  id,
  type: 'debug',
  capabilities: '["testing"]',
  status: 'active',
  last_heartbeat: at(Date.now() - HOUR),
  ...overrides,
});
const register = (id: string, overrides?: Record<string, string>): Promise<number> =>
  redis.hset(`agent:${id}`, fieldsOf(id, overrides));

interface Setup {
  readonly directory: AgentDirectory;
  readonly events: AgentDirectoryEvent[];
  readonly changes: () => number;
}

/** With notices, no scan comes to the rescue: the interval is an hour. */
async function setUp(deps: Partial<AgentDirectoryDeps> = {}, withNotices = true): Promise<Setup> {
  const events: AgentDirectoryEvent[] = [];
  const notices = createKeyNotices({ url: server.url(), name: 'spec', checkMs: 50 });
  server.defer(() => notices.stop());
  const directory = createAgentDirectory({
    redis: server.client(),
    ...(withNotices ? { notices, scanIntervalMs: HOUR } : { scanIntervalMs: 20 }),
    timeZone: 'UTC',
    onEvent: (event) => events.push(event),
    ...deps,
  });
  server.defer(() => directory.stop());
  let changes = 0;
  directory.onChange(() => {
    changes += 1;
  });
  await directory.start();
  // The first arming is a gap, hence a scan: what follows is not to be taken for its work.
  if (withNotices) await eventually(() => scansOf(events) >= 2, { what: 'the scan after arming' });
  return { directory, events, changes: () => changes };
}
const scansOf = (events: readonly AgentDirectoryEvent[]): number =>
  events.filter(({ type }) => type === 'scanned').length;
const ids = (directory: AgentDirectory): string[] =>
  directory
    .agents()
    .map(({ id }) => id)
    .sort();
const agent = (directory: AgentDirectory, id: string) => directory.agents().find((each) => each.id === id);

describe.each([
  ['by notices', true],
  ['by scans alone', false],
] as const)('%s', (_, withNotices) => {
  it('knows who is there, who comes, who changes, who goes', async () => {
    const beat = Date.now() - HOUR;
    await register('a', { last_heartbeat: at(beat) });
    await redis.lpush('queue:a', '1', '2');
    const { directory, changes } = await setUp({}, withNotices);
    expect(directory.agents()).toEqual([
      {
        id: 'a',
        type: 'debug',
        capabilities: ['testing'],
        status: 'active',
        lastSeenAt: beat,
        queueLength: 2,
      },
    ]);

    const before = changes();
    await register('b');
    await eventually(() => ids(directory).join() === 'a,b', { what: 'b' });
    await redis.rpop('queue:a');
    await eventually(() => agent(directory, 'a')?.queueLength === 1, { what: 'the shorter queue' });
    await redis.hset('agent:a', 'status', 'inactive');
    await eventually(() => agent(directory, 'a')?.status === 'inactive', { what: 'the status' });
    await redis.del('agent:a', 'queue:a');
    await eventually(() => ids(directory).join() === 'b', { what: 'a gone' });
    expect(changes() - before).toBeGreaterThanOrEqual(3);
  });

  it('takes a touched hash for the sign of life, not what its clock says', async () => {
    await register('a', { last_heartbeat: at(Date.now() - 5 * HOUR) });
    const { directory, changes } = await setUp({}, withNotices);
    expect(agent(directory, 'a')?.lastSeenAt).toBeLessThan(Date.now() - 4 * HOUR);
    const before = changes();

    const touchedAt = Date.now();
    await redis.hset('agent:a', 'last_heartbeat', at(Date.now() - 4 * HOUR));
    await eventually(() => (agent(directory, 'a')?.lastSeenAt ?? 0) >= touchedAt, {
      what: 'the sign of life',
    });
    // It may have been stale, so whoever waits for an agent is told.
    expect(changes()).toBe(before + 1);
  });

  it('lists what it cannot read, and goes on', async () => {
    await register('good');
    await redis.set('agent:string', 'x');
    await redis.lpush('agent:list', 'x');
    await redis.hset('agent:half', 'last_heartbeat', at(0));
    await register('not-json', { capabilities: 'nope' });
    await register('other', { id: 'somebody' });
    await register('bad-queue');
    await redis.set('queue:bad-queue', 'x');
    await register('zoned', { last_heartbeat: '2026-01-01T00:00:00+02:00' });
    const { directory, events } = await setUp({}, withNotices);

    expect(ids(directory)).toEqual(['good', 'zoned']);
    expect(
      directory
        .malformed()
        .map(({ key }) => key)
        .sort(),
    ).toEqual([
      'agent:bad-queue',
      'agent:half',
      'agent:list',
      'agent:not-json',
      'agent:other',
      'agent:string',
    ]);
    expect(directory.malformed().every(({ reason }) => reason.length > 0)).toBe(true);
    expect(events.filter(({ type }) => type === 'malformed')).toHaveLength(6);

    await redis.del('queue:bad-queue', 'agent:string');
    await redis.hset('agent:not-json', 'capabilities', '{"a": true}');
    await eventually(() => ids(directory).join() === 'bad-queue,good,not-json,zoned', {
      what: 'the repaired ones',
    });
    expect(directory.malformed()).toHaveLength(3);
  });

  it('forgets everybody when everything is flushed', async () => {
    await register('a');
    const { directory } = await setUp({}, withNotices);
    await redis.flushall();
    await eventually(() => directory.agents().length === 0, { what: 'an empty directory' });
  });

  it('is as it was after a restart that lost everything, and on', async () => {
    await register('a');
    const { directory } = await setUp({}, withNotices);
    await server.server().restart();
    await register('b');
    await eventually(() => ids(directory).join() === 'b', { what: 'b alone', timeoutMs: 10_000 });
  });
});

it('reads a thousand agents at once, and none when asked', async () => {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 1_000; i += 1) pipeline.hset(`agent:${String(i)}`, fieldsOf(String(i)));
  for (let i = 0; i < 3_000; i += 1) pipeline.set(`noise:${String(i)}`, 'x');
  await pipeline.exec();
  const { directory } = await setUp();
  const watched = await monitor(redis);
  server.defer(watched.stop);
  for (let i = 0; i < 100; i += 1) expect(directory.agents()).toHaveLength(1_000);
  const commands = (await watched.commands()).map(({ args }) => args[0]);
  expect(commands.filter((name) => name !== 'CLIENT' && name !== 'PING')).toEqual([]);
});

it('reads a queue that is touched a thousand times a few times, and last of all', async () => {
  await register('a');
  const { directory, changes } = await setUp();
  const before = changes();
  const watched = await monitor(redis);
  server.defer(watched.stop);
  await Promise.all(Array.from({ length: 1_000 }, () => redis.lpush('queue:a', 'x')));
  await eventually(() => agent(directory, 'a')?.queueLength === 1_000, { what: 'the length' });

  const reads = (await watched.commands()).filter(({ args }) => args[0] === 'LLEN');
  expect(reads.length).toBeLessThan(100);
  expect(reads.length).toBeGreaterThan(0);
  // More work for an agent lets nothing go that is held.
  expect(changes()).toBe(before);
});

it('asks nothing for reply lists and queues of nobody', async () => {
  await register('a');
  const { directory } = await setUp();
  const watched = await monitor(redis);
  server.defer(watched.stop);
  await redis.lpush('queue:a2a_bridge:p00.x', '1');
  await redis.lpush('queue:nobody', '1');
  await redis.lpush('queue:', '1');
  await redis.lpush('queue:a', '1');
  await eventually(() => agent(directory, 'a')?.queueLength === 1, { what: 'the length' });
  const reads = (await watched.commands())
    .filter(({ args }) => args[0] === 'LLEN')
    .map(({ args }) => args[1]);
  expect(new Set(reads)).toEqual(new Set(['queue:a']));
});

it('hears a heartbeat that writes what was there already', async () => {
  await register('a');
  const { directory } = await setUp();
  const touchedAt = Date.now();
  await redis.hset('agent:a', 'status', 'active');
  await eventually(() => (agent(directory, 'a')?.lastSeenAt ?? 0) >= touchedAt, { what: 'the sign of life' });
});

it("knows test-kit's agents as they come and stop", async () => {
  const { directory } = await setUp();
  await server.agent({ id: 'debug-1', style: 'debug' });
  await eventually(() => ids(directory).join() === 'debug-1', { what: 'the agent' });
  expect(agent(directory, 'debug-1')).toMatchObject({ type: 'debug', status: 'active', queueLength: 0 });
  expect(directory.malformed()).toEqual([]);
});

it('says so when Redis cannot be read, keeps what it knows, and catches up', async () => {
  await register('a');
  const { directory, events } = await setUp({ redis: impatient() }, false);
  await server.server().kill('SIGSTOP');
  await eventually(() => events.some(({ type }) => type === 'read-failed'), { what: 'the failure' });
  expect(ids(directory)).toEqual(['a']);
  await server.server().kill('SIGCONT');
  await register('b');
  await eventually(() => ids(directory).join() === 'a,b', { what: 'b' });
});

it('rejects the start when Redis cannot be read', async () => {
  await server.server().kill('SIGSTOP');
  const directory = createAgentDirectory({ redis: impatient(), timeZone: 'UTC' });
  server.defer(() => directory.stop());
  await expect(directory.start()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  await server.server().kill('SIGCONT');
});

function impatient(): Redis {
  const client = server.client({ commandTimeout: 50 });
  // Its time-outs are what these tests are about.
  client.on('error', () => undefined);
  return client;
}
