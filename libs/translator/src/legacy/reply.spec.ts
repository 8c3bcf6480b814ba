import { ReplyOutcome, type Json } from '@bridge/contracts';
import { MAX_REPLY_DEPTH, parseReply } from './reply.ts';

const envelope = {
  id: 'result_1795382726',
  type: 'task_result',
  from_agent: 'debug-worker',
  to_agent: 'a2a_bridge:x',
  timestamp: '2026-11-22T21:25:26.240805',
  retry_count: 0,
};
const reply = (payload: unknown, changes: Record<string, unknown> = {}): string =>
  JSON.stringify({ ...envelope, payload, ...changes });
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('parseReply: what agents say', () => {
  const outcomes: [string, Record<string, Json>, ReplyOutcome][] = [
    ['result', { status: 'completed', result: 'done' }, { kind: 'completed', output: 'done' }],
    ['output', { status: 'completed', output: 'done' }, { kind: 'completed', output: 'done' }],
    [
      'result before output',
      { status: 'completed', result: 'a', output: 'b' },
      { kind: 'completed', output: 'a' },
    ],
    [
      'null result, output',
      { status: 'completed', result: null, output: 'b' },
      { kind: 'completed', output: 'b' },
    ],
    ['empty text', { status: 'completed', result: '' }, { kind: 'completed', output: '' }],
    ['false', { status: 'completed', result: false }, { kind: 'completed', output: false }],
    ['object', { status: 'completed', result: { a: [] } }, { kind: 'completed', output: { a: [] } }],
    [
      'extra fields',
      { status: 'completed', result: 'x', task_id: 7, more: {} },
      { kind: 'completed', output: 'x' },
    ],
    ['failed', { status: 'failed', error: 'no disk' }, { kind: 'failed', error: 'no disk' }],
    ['failed, no reason', { status: 'failed' }, { kind: 'failed', error: '' }],
    [
      'failed, reason as data',
      { status: 'failed', error: { code: 5 } },
      { kind: 'failed', error: '{"code":5}' },
    ],
    [
      'failed with output',
      { status: 'failed', error: 'e', output: 1 },
      { kind: 'failed', error: 'e', output: 1 },
    ],
    ['input', { status: 'input_required', message: 'Which?' }, { kind: 'input_required', message: 'Which?' }],
    [
      'input in result',
      { status: 'input_required', result: 'Which?' },
      { kind: 'input_required', message: 'Which?' },
    ],
    ['input, no question', { status: 'input_required' }, { kind: 'input_required', message: '' }],
    ['auth', { status: 'auth_required', message: 'Log in' }, { kind: 'auth_required', message: 'Log in' }],
    [
      'progress',
      { status: 'progress', progress: 0.5, message: 'half' },
      { kind: 'progress', progress: 0.5, message: 'half' },
    ],
    ['bare progress', { status: 'progress' }, { kind: 'progress' }],
    ['progress 0', { status: 'progress', progress: 0 }, { kind: 'progress', progress: 0 }],
    ['progress 1', { status: 'progress', progress: 1 }, { kind: 'progress', progress: 1 }],
  ];
  it.each(outcomes)('%s', (_name, payload, outcome) => {
    expect(parseReply(reply(payload))).toStrictEqual(outcome);
    expect(ReplyOutcome.parse(outcome)).toStrictEqual(outcome);
  });

  it('reads a reply without retry_count, which Python defaults', () => {
    const raw = reply({ status: 'completed', result: 'x' }, { retry_count: undefined });
    expect(parseReply(raw)).toStrictEqual({ kind: 'completed', output: 'x' });
  });
});

describe('parseReply: what cannot be read', () => {
  const done = { status: 'completed', result: 'x' };
  it.each([
    ['', 'not JSON'],
    ['tombstone', 'not JSON'],
    ['{"id": NaN}', 'not JSON'],
    ['null', 'not an object'],
    ['"text"', 'not an object'],
    ['[]', 'not an object'],
    ['{}', 'id: missing or not string'],
    [reply(done, { id: 5 }), 'id: missing or not string'],
    [reply(done, { type: 'task_assignment' }), 'type: not what a task_result has'],
    [reply(done, { type: 'agent_shutdown' }), 'type: not what a task_result has'],
    [reply(done, { from_agent: undefined }), 'from_agent: missing or not string'],
    [reply(done, { timestamp: 5 }), 'timestamp: missing or not string'],
    [reply(done, { retry_count: 'x' }), 'retry_count: missing or not number'],
    [reply(done, { secret: 's3cret' }), 'unknown fields: 1'],
    [reply(undefined), 'payload: missing or not an object'],
    [reply(null), 'payload: missing or not an object'],
    [reply([done]), 'payload: missing or not an object'],
    [reply('completed'), 'payload: missing or not an object'],
    [reply({ result: 'x' }), 'payload.status: missing'],
    [reply({ status: 'success', result: 'x' }), 'payload.status: unknown'],
    [reply({ status: null, result: 'x' }), 'payload.status: unknown'],
    [reply({ status: 'completed' }), 'payload: neither result nor output'],
    [reply({ status: 'completed', result: null }), 'payload: neither result nor output'],
    [reply({ status: 'input_required', message: 5 }), 'payload.message: not a string'],
    [reply({ status: 'progress', progress: 1.5 }), 'payload.progress: not a number from 0 to 1'],
    [reply({ status: 'progress', progress: '0.5' }), 'payload.progress: not a number from 0 to 1'],
    [reply({ status: 'progress', message: {} }), 'payload.message: not a string'],
  ])('%s', (raw, reason) => {
    expect(parseReply(raw)).toStrictEqual({ kind: 'malformed', reason });
  });

  it('refuses depth at its limit, in the payload', () => {
    // The payload itself is the level above the result.
    const deepest = reply({ status: 'completed', result: '@' }).replace('"@"', nested(MAX_REPLY_DEPTH));
    expect(parseReply(deepest).kind).toBe('completed');
    const tooDeep = reply({ status: 'completed', result: '@' }).replace('"@"', nested(MAX_REPLY_DEPTH + 1));
    expect(parseReply(tooDeep)).toStrictEqual({ kind: 'malformed', reason: 'nested deeper than 200 levels' });
  });

  it.each([10_000, 100_000])('survives JSON of %d levels wherever it stands', (depth) => {
    const deep = nested(depth);
    expect(parseReply(deep)).toStrictEqual({ kind: 'malformed', reason: 'not an object' });
    expect(parseReply(deep.slice(1)).kind).toBe('malformed');
    expect(parseReply(reply({ status: 'completed', result: '@' }).replace('"@"', deep)).kind).toBe(
      'malformed',
    );
    expect(parseReply(reply({ status: 'failed', error: '@' }).replace('"@"', deep)).kind).toBe('malformed');
    expect(parseReply(reply(done, { id: '@' }).replace('"@"', deep)).kind).toBe('malformed');
    expect(parseReply(reply(done, { extra: '@' }).replace('"@"', deep)).kind).toBe('malformed');
  });

  it('never repeats what the agent wrote', () => {
    const raws = [
      '{"secret',
      reply('s3cret'),
      reply({ status: 's3cret' }),
      reply(done, { s3cret: 's3cret' }),
      reply(done, { type: 's3cret' }),
    ];
    for (const raw of raws) expect(JSON.stringify(parseReply(raw))).not.toContain('cret');
  });
});
