import type { Redis } from 'ioredis';
import {
  answer,
  crashAfterPop,
  duplicate,
  failing,
  garbage,
  inputRequired,
  inTurn,
  late,
  progressThenAnswer,
} from './behaviours.ts';
import { eventually } from './eventually.ts';
import { createGate } from './gate.ts';
import { useRedis } from './redis-fixture.ts';

const redis = useRedis();
let client: Redis;
beforeEach(async () => {
  client = redis.client();
  await redis.flush();
});

async function send(
  agent: string,
  description: string,
  more: { payload?: object; top?: object } = {},
): Promise<void> {
  const message = {
    id: 'a2a_task_1',
    type: 'task_assignment',
    from_agent: 'caller',
    to_agent: agent,
    timestamp: '2026-11-22T21:25:23.026822',
    payload: { description, context_id: 'c', timeout: 30, task_id: 'a2a_task_1', ...more.payload },
    retry_count: 0,
    ...more.top,
  };
  await client.lpush(`queue:${agent}`, JSON.stringify(message));
}

async function replies(count: number, list = 'queue:caller'): Promise<string[]> {
  await eventually(async () => (await client.llen(list)) >= count);
  return (await client.lrange(list, 0, -1)).reverse();
}

async function payloads(count: number): Promise<Record<string, unknown>[]> {
  return (await replies(count)).map(
    (raw) => (JSON.parse(raw) as { payload: Record<string, unknown> }).payload,
  );
}

describe('a fake agent on the wire', () => {
  it('registers with exactly the five fields', async () => {
    await redis.agent({ id: 'a1', type: 'sonnet', capabilities: ['coding'] });
    expect(await client.hgetall('agent:a1')).toEqual({
      id: 'a1',
      type: 'sonnet',
      capabilities: '["coding"]',
      status: 'active',
      last_heartbeat: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
    });
  });

  it('debug: seven fields, the task id, message ids that are not unique', async () => {
    await redis.agent({ id: 'd' });
    await send('d', 'caf\u00e9');
    const [raw = ''] = await replies(1);
    expect(raw).toContain('"result": "Processed: caf\\u00e9"');
    const message = JSON.parse(raw) as Record<string, unknown>;
    expect(Object.keys(message)).toEqual([
      'id',
      'type',
      'from_agent',
      'to_agent',
      'timestamp',
      'payload',
      'retry_count',
    ]);
    expect(message['id']).toMatch(/^result_\d{10}$/);
    expect(message['payload']).toMatchObject({ task_id: 'a2a_task_1', status: 'completed' });
  });

  it('sonnet: no task id, but the description', async () => {
    await redis.agent({ id: 's', type: 'sonnet', behaviour: answer('done') });
    await send('s', 'do it');
    const [payload] = await payloads(1);
    expect(payload).toMatchObject({ status: 'completed', description: 'do it', output: 'done' });
    expect(payload).not.toHaveProperty('task_id');
  });

  it('subagent: answers to payload.parent, and to the key "queue:" without one', async () => {
    await redis.agent({ id: 'sub', type: 'subagent' });
    await send('sub', 'x', { payload: { parent: 'boss' } });
    await replies(1, 'queue:boss');
    await send('sub', 'y');
    await replies(1, 'queue:');
    expect(await client.exists('queue:caller')).toBe(0);
  });

  it('loses a message with one field too many or too few, as TaskMessage(**dict) does', async () => {
    const agent = await redis.agent({ id: 'a' });
    await send('a', 'bad', { top: { trace: 'x' } });
    await client.lpush('queue:a', '{"id": "1"}', 'not json');
    await send('a', 'good');
    await replies(1);
    expect(agent.lost).toHaveLength(3);
    expect(agent.received.map(({ description }) => description)).toEqual(['good']);
  });
});

describe('behaviours', () => {
  it('counts executions by description', async () => {
    const agent = await redis.agent({ id: 'a' });
    for (const description of ['x', 'y', 'x']) await send('a', description);
    await replies(3);
    expect([agent.executions('x'), agent.executions('y'), agent.executions('z')]).toEqual([2, 1, 0]);
    expect(agent.received.map(({ execution }) => execution)).toEqual([1, 1, 2]);
  });

  it('crash after pop: the message is gone; restart works again', async () => {
    const agent = await redis.agent({ id: 'a', behaviour: inTurn(crashAfterPop(), answer()) });
    await send('a', 'lost');
    await eventually(() => !agent.alive());
    await send('a', 'kept');
    expect(await client.llen('queue:a')).toBe(1);
    await agent.restart();
    expect(await payloads(1)).toMatchObject([{ result: 'Processed: kept' }]);
    expect(agent.executions('lost')).toBe(1);
  });

  it('late: after the gate, holding up nobody; serial: one at a time', async () => {
    const gate = createGate();
    await redis.agent({ id: 'a', behaviour: inTurn(late(gate), answer()) });
    await send('a', 'slow');
    await send('a', 'quick');
    expect(await payloads(1)).toMatchObject([{ result: 'Processed: quick' }]);
    gate.open();
    expect((await payloads(2))[1]).toMatchObject({ result: 'Processed: slow' });

    const serialGate = createGate();
    const serial = await redis.agent({ id: 'b', serial: true, behaviour: late(serialGate) });
    await send('b', 'one');
    await send('b', 'two');
    await eventually(() => serial.received.length === 1);
    expect(await client.llen('queue:b')).toBe(1);
    serialGate.open();
    await replies(4);
  });

  it('duplicate, failing, progress, input required, garbage', async () => {
    const agent = await redis.agent({ id: 'a', behaviour: duplicate() });
    await send('a', 'd');
    expect(await payloads(2)).toMatchObject([{ status: 'completed' }, { status: 'completed' }]);
    agent.behave(failing('no'));
    await send('a', 'f');
    expect((await payloads(3))[2]).toMatchObject({ status: 'failed', error: 'no' });
    agent.behave(progressThenAnswer([0.5]));
    await send('a', 'p');
    expect((await payloads(5)).slice(3)).toMatchObject([
      { status: 'progress', progress: 0.5 },
      { status: 'completed' },
    ]);
    agent.behave(inputRequired('Which?'));
    await send('a', 'i');
    await send('a', 'i', { payload: { history: [] } });
    expect((await payloads(7)).slice(5)).toMatchObject([
      { status: 'input_required', message: 'Which?' },
      { status: 'completed' },
    ]);
    agent.behave(garbage('truncated', answer()));
    await send('a', 'g');
    const raw = (await replies(9)).slice(7);
    expect(() => JSON.parse(raw[0] ?? '') as unknown).toThrow(SyntaxError);
    expect(raw[1]).toContain('Processed: g');
  });

  it('stop() throws what a behaviour threw', async () => {
    const agent = await redis.agent({
      id: 'a',
      behaviour: () => Promise.reject(new Error('a bug in the test')),
    });
    await send('a', 'x');
    await eventually(() => agent.received.length === 1);
    await expect(agent.stop()).rejects.toThrow('a bug in the test');
    await agent.stop();
  });
});
