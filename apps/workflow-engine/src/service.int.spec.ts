import {
  answer,
  duplicate,
  eventually,
  failing,
  inputRequired,
  progressThenAnswer,
  silent,
  useRedis,
} from '@bridge/test-kit';
import {
  startTestEngine,
  recordOf,
  type TestEngine,
  type TestEngineOptions,
} from './testing/engine-fixture.ts';

const redis = useRedis();
let current: TestEngine | undefined;

async function start(options: Partial<TestEngineOptions> = {}): Promise<TestEngine> {
  const engine = await startTestEngine({
    url: redis.url(),
    redis: redis.client(),
    legacy: redis.client(),
    ...options,
  });
  redis.defer(() => engine.stop());
  current = engine;
  return engine;
}

afterEach(() => {
  expect(current?.failures ?? []).toEqual([]);
  current = undefined;
});
afterEach(() => redis.flush());

async function stateOf(
  { store }: TestEngine,
  runId: Parameters<TestEngine['store']['task']>[0],
): Promise<string> {
  return (await store.task(runId))?.task.status.state ?? 'none';
}

/** Accepts and wakes, as the gateway does; resolves when the run has that state. */
async function run(engine: TestEngine, text: string, until: string, data?: Record<string, unknown>) {
  const record = recordOf(text, data);
  expect((await engine.store.accept(record)).kind).toBe('put');
  await engine.engine.wake([record.runId]);
  await eventually(async () => {
    expect(await stateOf(engine, record.runId)).toBe(until);
  });
  const found = await engine.store.task(record.runId);
  if (found === null) throw new Error('the run is gone');
  return { record, task: found.task };
}

describe.each(['tracking', 'polling'] as const)('replies by %s', (watch) => {
  it('runs a simple task on a real agent and keeps its real output', async () => {
    const agent = await redis.agent({
      id: 'agent-1',
      behaviour: answer((task) => `counted ${String(task.description.length)}`),
    });
    const engine = await start({ watch });
    const { task } = await run(engine, 'hello there', 'completed');
    expect(task.artifacts).toEqual([expect.objectContaining({ parts: [{ text: 'counted 11' }] })]);
    expect(agent.executions('hello there')).toBe(1);
  });

  it('finds the reply that was there before anybody looked', async () => {
    const agent = await redis.agent({ id: 'agent-1', behaviour: silent() });
    const engine = await start({ watch });
    const { record } = await run(engine, 'early bird', 'working');
    await eventually(() => {
      expect(agent.received).toHaveLength(1);
    });
    await engine.stop();
    agent.behave(answer(() => 'never asked'));
    const [received] = agent.received;
    if (received === undefined) throw new Error('nothing received');
    const raw = JSON.parse(received.raw) as Record<string, unknown>;
    const reply = {
      ...raw,
      type: 'task_result',
      from_agent: 'agent-1',
      to_agent: received.fromAgent,
      payload: { status: 'completed', result: 'while you were away' },
    };
    await redis.client().lpush(`queue:${received.fromAgent}`, JSON.stringify(reply));
    const second = await start({ watch, engineId: 'engine-2' });
    await eventually(async () => {
      expect(await stateOf(second, record.runId)).toBe('completed');
    });
    expect((await second.store.task(record.runId))?.task.artifacts[0]?.parts).toEqual([
      { text: 'while you were away' },
    ]);
  });
});

it('leaves nothing without a TTL on the legacy side, and one agenda member, behind a finished run', async () => {
  await redis.agent({ id: 'agent-1', behaviour: duplicate(3) });
  const engine = await start();
  const { record } = await run(engine, 'say it again', 'completed');
  const client = redis.client();
  await eventually(async () => {
    const names = await client.keys('*a2a_bridge*');
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect([name, (await client.ttl(name)) > 0]).toEqual([name, true]);
    expect(await client.keys('a2a_correlation:*')).toEqual([]);
  });
  const agenda = (await client.keys('a2ab:*:agenda'))[0] ?? '';
  await eventually(async () => {
    const members = await client.zrange(agenda, '0', '-1', 'WITHSCORES');
    expect(members[0]).toBe(`${record.runId}|end`);
    expect(Number(members[1])).toBeGreaterThan(Date.now() + 86_000_000);
  });
  expect(await client.keys('a2ab:*:ready')).toEqual([]);
  expect(await client.keys('a2ab:*:open')).toEqual([]);
});

it('deletes everything of a run when its retention is over', async () => {
  await redis.agent({ id: 'agent-1' });
  const engine = await start({ retentionMs: 1_000 });
  const { record } = await run(engine, 'soon forgotten', 'completed');
  const client = redis.client();
  await eventually(
    async () => {
      expect(await client.keys(`*${record.runId}*`)).toEqual(
        expect.not.arrayContaining([expect.stringContaining('a2ab:')]),
      );
      expect(await engine.store.task(record.runId)).toBeNull();
    },
    { timeoutMs: 10_000 },
  );
});

it('takes up a run whose wake-up was lost', async () => {
  await redis.agent({ id: 'agent-1' });
  const engine = await start();
  const record = recordOf('nobody called');
  await engine.store.accept(record);
  await eventually(async () => {
    expect(await stateOf(engine, record.runId)).toBe('completed');
  });
  expect(engine.counts.get('stale-ready')).toBe(1);
});

it('holds work until an agent with room appears', async () => {
  const engine = await start();
  const { record } = await run(engine, 'is there anybody', 'working');
  await redis.agent({ id: 'late-comer', behaviour: answer(() => 'now') });
  await eventually(async () => {
    expect(await stateOf(engine, record.runId)).toBe('completed');
  });
});

it('keeps the cap of an agent and works everything off', async () => {
  let most = 0;
  let open = 0;
  await redis.agent({
    id: 'agent-1',
    behaviour: async (_task, hands) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open -= 1;
      await hands.reply({ status: 'completed', result: 'ok' });
    },
  });
  const engine = await start({ maxInFlight: 3 });
  const records = Array.from({ length: 40 }, (_, i) => recordOf(`item ${String(i)}`));
  await Promise.all(records.map((record) => engine.store.accept(record)));
  await engine.engine.wake(records.map((record) => record.runId));
  await eventually(async () => {
    const states = await Promise.all(records.map((record) => stateOf(engine, record.runId)));
    expect(states.filter((state) => state !== 'completed')).toEqual([]);
  });
  expect(most).toBe(3);
});

it('refuses what no registered agent could ever serve, and says what is missing', async () => {
  await redis.agent({ id: 'agent-1', capabilities: ['testing'] });
  const engine = await start();
  const { task } = await run(engine, 'fly', 'rejected', {
    skill: 'task_execution',
    capability: 'levitation',
  });
  expect(JSON.stringify(task.status.message)).toContain('levitation');
});

it('counts an agent that registered the moment before', async () => {
  const engine = await start({ watch: 'polling' });
  const client = redis.client();
  const fields = ['id', 'expert', 'type', 'debug', 'capabilities', '["levitation"]', 'status', 'active'];
  await client.hset('agent:expert', ...fields, 'last_heartbeat', new Date().toISOString().slice(0, -1));
  const { record } = await run(engine, 'fly', 'working', {
    skill: 'task_execution',
    capability: 'levitation',
  });
  await eventually(async () => {
    expect(await client.llen('queue:expert')).toBe(1);
  });
  expect(await stateOf(engine, record.runId)).toBe('working');
});

it('runs a DAG: no step before its parents, one artifact per step', async () => {
  const agent = await redis.agent({ id: 'agent-1', behaviour: answer((task) => `did ${task.description}`) });
  const engine = await start();
  const { task } = await run(engine, 'build', 'completed', {
    skill: 'orchestration',
    workflow: {
      schemaVersion: 1,
      steps: [
        { id: 'a', description: 'first' },
        { id: 'b', description: 'left', depends_on: ['a'] },
        { id: 'c', description: 'right', depends_on: ['a'] },
        { id: 'd', description: 'join', depends_on: ['b', 'c'] },
      ],
    },
  });
  const order = agent.received.map((received) => received.description);
  expect([order[0], order[3]]).toEqual(['first', 'join']);
  expect(task.artifacts).toHaveLength(4);
});

it('retries what the agent says it failed at, then parks it and hands over the dead letter', async () => {
  const agent = await redis.agent({ id: 'agent-1', behaviour: failing('no luck') });
  const engine = await start({ limits: { backoffMs: [10, 20, 40] } });
  const { record } = await run(engine, 'try hard', 'working');
  await eventually(() => {
    expect(engine.deadLetters).toHaveLength(1);
  });
  expect(agent.executions('try hard')).toBe(4);
  expect(engine.deadLetters[0]).toMatchObject({
    code: 'RETRIES_EXHAUSTED',
    runId: record.runId,
    kind: 'step',
  });
  expect(engine.deadLetters[0]?.attempts).toHaveLength(4);
});

it('parks at once what an agent took and never answered', async () => {
  const agent = await redis.agent({ id: 'agent-1', behaviour: silent() });
  const engine = await start({ limits: { replyTimeoutMs: 300 } });
  await run(engine, 'into the void', 'working');
  await eventually(() => {
    expect(engine.deadLetters).toHaveLength(1);
  });
  expect(engine.deadLetters[0]).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(agent.executions('into the void')).toBe(1);
});

it('shows progress, then the answer', async () => {
  await redis.agent({ id: 'agent-1', behaviour: progressThenAnswer([0.5], 'all done') });
  const engine = await start();
  const { record } = await run(engine, 'step by step', 'completed');
  const events = await engine.store.visibleEvents(record.runId, 0);
  expect(events.map(({ n }) => n)).toEqual(events.map((_, i) => i + 1));
  expect(JSON.stringify(events)).toContain('0.5');
});

it('waits for the caller where the agent asks, and goes on with the answer', async () => {
  const agent = await redis.agent({ id: 'agent-1', behaviour: inputRequired('which one?') });
  const engine = await start();
  const { record } = await run(engine, 'pick', 'input-required');
  agent.behave(answer(() => 'picked'));
  const { message, schemaVersion, tenant, principal, traceparent } = record;
  const put = await engine.store.put(record.runId, {
    type: 'message',
    inputId: 'turn-2',
    schemaVersion,
    tenant,
    principal,
    traceparent,
    message: { ...message, messageId: 'turn-2', parts: [{ text: 'the blue one' }] },
  });
  expect(put.kind).toBe('put');
  await engine.engine.wake([record.runId]);
  await eventually(async () => {
    expect(await stateOf(engine, record.runId)).toBe('completed');
  });
});
