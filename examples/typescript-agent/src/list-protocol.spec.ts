import { naiveTimestamp, registration, replyTo } from './list-protocol.ts';

const at = new Date(2026, 10, 22, 21, 25, 23, 26);
const assignment = (payload: object): string =>
  JSON.stringify({
    id: 'a2a_task_1',
    type: 'task_assignment',
    from_agent: 'caller',
    to_agent: 'me',
    timestamp: '2026-11-22T21:25:23.026822',
    payload: { description: '2 + 2', task_id: 'a2a_task_1', ...payload },
    retry_count: 0,
  });
const read = (element: string | undefined): Record<string, unknown> =>
  JSON.parse(element ?? '') as Record<string, unknown>;

describe('replyTo', () => {
  it('answers the sender with exactly the seven fields', () => {
    const reply = replyTo(assignment({}), 'me', at);
    expect(reply?.target).toBe('caller');
    const message = read(reply?.element);
    expect(Object.keys(message)).toEqual([
      'id',
      'type',
      'from_agent',
      'to_agent',
      'timestamp',
      'payload',
      'retry_count',
    ]);
    expect(message).toMatchObject({
      type: 'task_result',
      from_agent: 'me',
      to_agent: 'caller',
      payload: { task_id: 'a2a_task_1', original_task_id: 'a2a_task_1', status: 'completed', result: 4 },
    });
  });

  it('answers the parent where there is one', () => {
    expect(replyTo(assignment({ parent: 'boss' }), 'me', at)?.target).toBe('boss');
  });

  it('says failed, and why, for what cannot be done', () => {
    const message = read(replyTo(assignment({ description: 'calculate 1 / 0' }), 'me', at)?.element);
    expect(message['payload']).toMatchObject({ status: 'failed', error: 'division by zero' });
    expect(message['payload']).not.toHaveProperty('result');
  });

  it.each(['', 'not json', '[]', '{}', '{"id": "1", "from_agent": "x", "payload": []}'])(
    'has no answer to %j',
    (element) => {
      expect(replyTo(element, 'me', at)).toBeNull();
    },
  );
});

it('registers with exactly the five fields', () => {
  expect(Object.keys(registration('me', at))).toEqual([
    'id',
    'type',
    'capabilities',
    'status',
    'last_heartbeat',
  ]);
});

it('timestamps are local, naive and have microseconds', () => {
  expect(naiveTimestamp(at)).toBe('2026-11-22T21:25:23.026000');
});
