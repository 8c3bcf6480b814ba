import { createGate, eventually, late, type Gate } from '@bridge/test-kit';
import type { Redis } from 'ioredis';
import { inParallel, range } from './in-parallel.ts';
import { countWords } from './statistics.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';
import { get, send, taskOf } from './wire.ts';

let system: System;

afterEach(async () => {
  await system.stop();
}, 30_000);

/** Connections as CLIENT LIST shows them. */
async function connections(redis: Redis): Promise<Record<string, string>[]> {
  const list = String(await redis.call('CLIENT', 'LIST'));
  return list
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      Object.fromEntries(
        line.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      ),
    );
}

/** `arming`: asked for the notices (flag t). `listening`: gets them (a subscription that an arming one redirects to). */
async function trackingConnections(redis: Redis): Promise<{ arming: string[]; listening: string[] }> {
  const all = await connections(redis);
  const arming = all.filter(({ flags }) => flags?.includes('t') === true);
  const targets = new Set(arming.map(({ redir }) => redir));
  return {
    arming: arming.map(({ id }) => id ?? ''),
    listening: all.filter(({ id }) => targets.has(id)).map(({ id }) => id ?? ''),
  };
}

async function startWith(options: SystemOptions, gate?: Gate): Promise<void> {
  const behaviour = gate === undefined ? countWords() : late(gate, countWords());
  system = await startSystem({
    ...options,
    agents: range(3).map((n) => ({
      id: `counter-${String(n)}`,
      type: n === 0 ? 'sonnet' : 'debug',
      behaviour,
    })),
  });
}

/** What every way of hearing of replies must do; `during` happens while the tasks are in flight. */
async function everyTaskCompletes(
  numbers: readonly number[],
  during: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const work = inParallel(numbers, numbers.length, async (n) =>
    taskOf(await send(system.rpcUrl, n % 2 === 0 ? '1.0' : '0.3', { text: `task ${String(n)}` })),
  );
  const [tasks] = await Promise.all([work, during()]);
  expect(tasks.filter(({ state }) => state !== 'completed')).toEqual([]);
  expect(new Set(tasks.flatMap(({ outputs }) => outputs))).toEqual(new Set(['2 words, 8 characters']));
  for (const n of numbers) {
    const executions = system.agents.map((agent) => agent.executions(`task ${String(n)}`));
    expect(executions.reduce((sum, count) => sum + count, 0)).toBe(1);
  }
}

describe.each(['tracking', 'polling'] as const)('replies heard of by %s', (mode) => {
  it('completes every task', async () => {
    await startWith({ env: { REPLY_WATCH: mode } });
    const { arming, listening } = await trackingConnections(system.redis);
    if (mode === 'tracking') expect(Math.min(arming.length, listening.length)).toBeGreaterThan(0);
    await everyTaskCompletes(range(200, 100));
  }, 60_000);

  it('completes tasks whose agents answer late, and those of a workflow', async () => {
    const gate = createGate();
    await startWith({ env: { REPLY_WATCH: mode } }, gate);
    const steps = [
      { id: 'a', description: 'first step' },
      { id: 'b', description: 'another step here' },
      { id: 'c', description: 'last', depends_on: ['a', 'b'] },
    ];
    const ids = await inParallel(range(20), 20, async (n) => {
      const data = { skill: 'orchestration', workflow: { schemaVersion: 1, steps } };
      const ask = n % 2 === 0 ? { text: `late ${String(n)}` } : { data };
      return taskOf(await send(system.rpcUrl, '1.0', { ...ask, atOnce: true })).id;
    });
    await eventually(
      () => {
        // 10 plain tasks and the two first steps of 10 workflows.
        expect(system.agents.flatMap(({ received }) => received)).toHaveLength(30);
      },
      { timeoutMs: 10_000, what: 'every first step at an agent' },
    );
    gate.open();
    await eventually(
      async () => {
        const tasks = await inParallel(ids, 10, async (id) => taskOf(await get(system.rpcUrl, '1.0', id)));
        expect(tasks.filter(({ state }) => state !== 'completed')).toEqual([]);
        expect(tasks.map(({ outputs }) => outputs.length)).toEqual(
          range(20).map((n) => (n % 2 === 0 ? 1 : 3)),
        );
      },
      { timeoutMs: 15_000, intervalMs: 100, what: 'every task completed' },
    );
  }, 60_000);

  it('completes what was answered while the engine was dead', async () => {
    const gate = createGate();
    await startWith({ env: { REPLY_WATCH: mode } }, gate);
    const ids = await inParallel(
      range(20),
      20,
      async (n) => taskOf(await send(system.rpcUrl, '1.0', { text: `task ${String(n)}`, atOnce: true })).id,
    );
    await eventually(
      () => {
        expect(system.agents.flatMap(({ received }) => received)).toHaveLength(20);
      },
      { timeoutMs: 10_000 },
    );
    await system.engine.kill();
    gate.open();
    await eventually(
      async () => {
        expect(await system.redis.keys('queue:a2a_bridge:*')).toHaveLength(20);
      },
      { timeoutMs: 10_000, what: 'every reply' },
    );
    await system.engine.restart();
    await eventually(
      async () => {
        const states = await inParallel(
          ids,
          10,
          async (id) => taskOf(await get(system.rpcUrl, '1.0', id)).state,
        );
        expect(states.filter((state) => state !== 'completed')).toEqual([]);
      },
      // A killed engine's work goes on within 5 s.
      { timeoutMs: 5_000, intervalMs: 50, what: 'every task completed' },
    );
  }, 60_000);
});

describe.each(['arming', 'listening'] as const)('the %s connection killed under load', (kind) => {
  it('loses no reply and is armed again', async () => {
    await startWith({ env: { REPLY_WATCH: 'tracking' } });
    const killed = new Set<string>();
    await everyTaskCompletes(range(400, 100), async () => {
      await eventually(() => system.agents.some(({ received }) => received.length > 20), {
        timeoutMs: 10_000,
        intervalMs: 1,
      });
      const found = await trackingConnections(system.redis);
      for (const id of found[kind]) {
        expect(await system.redis.call('CLIENT', 'KILL', 'ID', id)).toBe(1);
        killed.add(id);
      }
    });
    expect(killed.size).toBeGreaterThan(0);
    await eventually(
      async () => {
        const now = (await trackingConnections(system.redis))[kind];
        expect(now.length).toBeGreaterThan(0);
        expect(now.filter((id) => killed.has(id))).toEqual([]);
      },
      { timeoutMs: 10_000, what: 'tracking armed again' },
    );
    await everyTaskCompletes(range(20, 600));
  }, 60_000);
});

it('completes every task for a Redis user without the right to track', async () => {
  await startWith({
    prepareRedis: async (redis, url) => {
      await redis.call('ACL', 'SETUSER', 'bridge', 'on', '>secret', '~*', '&*', '+@all', '-client|tracking');
      return url.replace('redis://', 'redis://bridge:secret@');
    },
  });
  expect(await trackingConnections(system.redis)).toEqual({ arming: [], listening: [] });
  await everyTaskCompletes(range(200, 100));
}, 60_000);
