import { createGate, eventually, late, type Behaviour } from '@bridge/test-kit';
import type { Redis } from 'ioredis';
import { inParallel, range } from './in-parallel.ts';
import { countWords } from './statistics.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';
import { untilState } from './until-state.ts';
import { send, taskOf } from './wire.ts';

let system: System;

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

async function startWith(options: SystemOptions): Promise<void> {
  system = await startSystem({
    ...options,
    // Room for all that a test has in flight: waiting for room is not what is looked at here.
    env: { AGENT_MAX_IN_FLIGHT: '100', ...options.env },
    agents: range(3).map((n) => ({ id: `counter-${String(n)}`, type: n === 0 ? 'sonnet' : 'debug' })),
  });
  allBehave(countWords());
}

function allBehave(behaviour: Behaviour): void {
  for (const agent of system.agents) agent.behave(behaviour);
}

const receivedByAll = (): number => system.agents.reduce((sum, { received }) => sum + received.length, 0);

/** A user with every right but that one; resolves to its URL. */
async function withoutTracking(redis: Redis, url: string): Promise<string> {
  await redis.call('ACL', 'SETUSER', 'bridge', 'on', '>secret', '~*', '&*', '+@all', '-client|tracking');
  return url.replace('redis://', 'redis://bridge:secret@');
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
  const length = `task ${String(numbers[0])}`.length;
  expect(new Set(tasks.flatMap(({ outputs }) => outputs))).toEqual(
    new Set([`2 words, ${String(length)} characters`]),
  );
  for (const n of numbers) {
    const executions = system.agents.map((agent) => agent.executions(`task ${String(n)}`));
    expect(executions.reduce((sum, count) => sum + count, 0)).toBe(1);
  }
}

/** What passes whichever way the replies are heard of. */
function conformance(): void {
  afterEach(() => {
    allBehave(countWords());
  });

  it('completes every task', async () => {
    await everyTaskCompletes(range(200, 100));
  });

  it('completes tasks whose agents answer late, and those of a workflow', async () => {
    const gate = createGate();
    allBehave(late(gate, countWords()));
    const before = receivedByAll();
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
    // 10 plain tasks and the two first steps of 10 workflows.
    await eventually(() => receivedByAll() === before + 30, {
      timeoutMs: 10_000,
      what: 'every first step at an agent',
    });
    gate.open();
    const tasks = await untilState(system.rpcUrl, ids, 'completed', { timeoutMs: 15_000 });
    expect(tasks.map(({ outputs }) => outputs.length)).toEqual(range(20).map((n) => (n % 2 === 0 ? 1 : 3)));
    expect(receivedByAll()).toBe(before + 40);
  });

  it('completes what was answered while the engine was dead', async () => {
    const gate = createGate();
    allBehave(late(gate, countWords()));
    const before = receivedByAll();
    const lists = async (): Promise<number> => (await system.redis.keys('queue:a2a_bridge:*')).length;
    const listsBefore = await lists();
    const ids = await inParallel(
      range(20),
      20,
      async (n) => taskOf(await send(system.rpcUrl, '1.0', { text: `task ${String(n)}`, atOnce: true })).id,
    );
    await eventually(() => receivedByAll() === before + 20, {
      timeoutMs: 10_000,
      what: 'every task at an agent',
    });
    await system.engine.kill();
    gate.open();
    await eventually(async () => (await lists()) === listsBefore + 20, {
      timeoutMs: 10_000,
      what: 'every reply',
    });
    await system.engine.restart();
    // A killed engine's work goes on within 5 s.
    await untilState(system.rpcUrl, ids, 'completed', { timeoutMs: 5_000 });
    expect(receivedByAll()).toBe(before + 20);
  });
}

/** Where only scans tell of agents: a task must not be refused because the last scan is older than its agent. */
async function newcomerIsCounted(): Promise<void> {
  await system.addAgent({ id: 'newcomer-1', capabilities: ['newness'], behaviour: countWords() });
  const data = { skill: 'task_execution', description: 'are you there', capability: 'newness' };
  const { id } = taskOf(await send(system.rpcUrl, '1.0', { data, atOnce: true }));
  const [task] = await untilState(system.rpcUrl, [id], 'completed', { timeoutMs: 15_000 });
  expect(task?.outputs).toEqual(['3 words, 13 characters']);
}

describe('replies heard of by notices', () => {
  beforeAll(async () => {
    await startWith({ env: { REPLY_WATCH: 'tracking' } });
    const { arming, listening } = await trackingConnections(system.redis);
    expect(Math.min(arming.length, listening.length)).toBeGreaterThan(0);
  }, 60_000);

  afterAll(async () => {
    await system.stop();
  }, 30_000);

  conformance();

  it.each([
    { kind: 'arming', from: 1_000 },
    { kind: 'listening', from: 2_000 },
  ] as const)(
    'loses none when the $kind connection is killed under load, and arms again',
    async ({ kind, from }) => {
      const before = receivedByAll();
      const killed = new Set<string>();
      await everyTaskCompletes(range(400, from), async () => {
        await eventually(() => receivedByAll() > before + 20, {
          timeoutMs: 10_000,
          intervalMs: 1,
          what: 'load',
        });
        for (const id of (await trackingConnections(system.redis))[kind]) {
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
      await everyTaskCompletes(range(20, from + 500));
    },
  );
});

describe('replies heard of by polling', () => {
  beforeAll(async () => {
    await startWith({ env: { REPLY_WATCH: 'polling' } });
  }, 60_000);

  afterAll(async () => {
    await system.stop();
  }, 30_000);

  conformance();
});

describe('replies heard of by a Redis user without the right to track', () => {
  beforeAll(async () => {
    await startWith({
      prepareRedis: async (redis, url) => {
        await redis.call(
          'ACL',
          'SETUSER',
          'bridge',
          'on',
          '>secret',
          '~*',
          '&*',
          '+@all',
          '-client|tracking',
        );
        return url.replace('redis://', 'redis://bridge:secret@');
      },
    });
    expect(await trackingConnections(system.redis)).toEqual({ arming: [], listening: [] });
  }, 60_000);

  afterAll(async () => {
    await system.stop();
  }, 30_000);

  conformance();

  it('does not refuse work for an agent that registered the moment before', newcomerIsCounted);
});

it('says at the start that notices are insisted on and not allowed', async () => {
  const start = startSystem({ env: { REPLY_WATCH: 'tracking' }, prepareRedis: withoutTracking });
  await expect(start).rejects.toThrow(/workflow-engine ended while starting[^]*refuses CLIENT TRACKING/);
}, 60_000);
