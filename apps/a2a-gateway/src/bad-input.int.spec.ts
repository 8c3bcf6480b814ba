import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { snapshotKeys, useRedis, type KeySnapshot } from '@bridge/test-kit';
import { startTestGateway, type RunningGateway } from './gateway.fixture.ts';

const redis = useRedis({ failOnLeaks: false });
let gateway: RunningGateway;
let before: Record<string, KeySnapshot>;

beforeAll(async () => {
  gateway = await startTestGateway(redis.url());
  // A good one first, so that "nothing changed" says more than "nothing is there".
  const { status } = await post(
    call('message/send', { message: v03({}), configuration: { blocking: false } }),
  );
  expect(status).toBe(200);
  before = await snapshotKeys(redis.client());
  expect(Object.keys(before).length).toBeGreaterThan(3);
});
afterAll(() => gateway.stop());

const V1 = { 'a2a-version': '1.0' };
const call = (method: string, params?: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 'r7', method, params });
const v03 = (over: object): object => ({
  kind: 'message',
  messageId: randomUUID(),
  role: 'user',
  parts: [{ kind: 'text', text: 'hi' }],
  ...over,
});
const v1 = (over: object): object => ({
  messageId: randomUUID(),
  role: 'ROLE_USER',
  parts: [{ text: 'hi' }],
  ...over,
});
const send03 = (over: object): string => call('message/send', { message: v03(over) });
const send1 = (over: object): string => call('SendMessage', { message: v1(over) });
const part03 = (part: unknown): string => send03({ parts: [part] });

async function post(
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(gateway.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

const MALFORMED = [-32602, 'REQUEST_MALFORMED'] as const;
const ENVELOPE = [-32600, 'ENVELOPE_INVALID'] as const;
const NOT_FOUND = [-32001, 'TASK_NOT_FOUND'] as const;
const VERSION = [-32009, 'VERSION_NOT_SUPPORTED'] as const;
const CIRCLE = {
  skill: 'orchestration',
  workflow: {
    schemaVersion: 1,
    steps: [
      { id: 'a', description: 'a', depends_on: ['b'] },
      { id: 'b', description: 'b', depends_on: ['a'] },
    ],
  },
};

type Row = readonly [
  what: string,
  body: string,
  expected: readonly [number, string],
  headers?: Record<string, string>,
  id?: string | null,
];
const TABLE: readonly Row[] = [
  ['broken JSON', '{"jsonrpc":', [-32700, 'JSON_MALFORMED'], {}, null],
  ['broken JSON, 1.0', '{"jsonrpc":', [-32700, 'JSON_MALFORMED'], V1, null],
  ['nothing', '', [-32700, 'JSON_MALFORMED'], {}, null],
  ['a batch', `[${send03({})}]`, ENVELOPE, {}, null],
  ['a batch, 1.0', `[${send1({})}]`, ENVELOPE, V1, null],
  ['another JSON-RPC', send03({}).replace('"2.0"', '"1.0"'), ENVELOPE],
  ['an id that is a list', send03({}).replace('"r7"', '[]'), ENVELOPE, {}, null],
  ['a wrong method', call('message/sing', {}), [-32601, 'METHOD_NOT_FOUND']],
  ['a wrong method, 1.0', call('SingMessage', {}), [-32601, 'METHOD_NOT_FOUND'], V1],
  ['a method of the other version', send03({}), [-32601, 'METHOD_NOT_FOUND'], V1],
  ['a method of Object.prototype', call('__proto__', {}), [-32601, 'METHOD_NOT_FOUND']],
  ['no params', call('message/send'), MALFORMED],
  ['no params, 1.0', call('SendMessage'), MALFORMED, V1],
  ['params that are a list', call('tasks/get', ['x']), MALFORMED],
  ['params that are text', call('GetTask', 'x'), MALFORMED, V1],
  ['no message', call('message/send', {}), MALFORMED],
  ['no message, 1.0', call('SendMessage', {}), MALFORMED, V1],
  ['a message that is text', call('message/send', { message: 'hi' }), MALFORMED],
  ['a message that is text, 1.0', call('SendMessage', { message: 'hi' }), MALFORMED, V1],
  ['missing parts', send03({ parts: undefined }), MALFORMED],
  ['missing parts, 1.0', send1({ parts: undefined }), MALFORMED, V1],
  ['no parts', send03({ parts: [] }), MALFORMED],
  ['no parts, 1.0', send1({ parts: [] }), MALFORMED, V1],
  ['no parts in a stream', call('message/stream', { message: v03({ parts: [] }) }), MALFORMED],
  ['no parts in a stream, 1.0', call('SendStreamingMessage', { message: v1({ parts: [] }) }), MALFORMED, V1],
  ['a part that is null', part03(null), MALFORMED],
  ['a part that is null, 1.0', send1({ parts: [null] }), MALFORMED, V1],
  ['an empty part, 1.0', send1({ parts: [{}] }), MALFORMED, V1],
  ['a part of unknown kind', part03({ kind: 'smell', smell: 'roses' }), MALFORMED],
  ['a text part without text', part03({ kind: 'text' }), MALFORMED],
  ['a text part whose text is a number', part03({ kind: 'text', text: 5 }), MALFORMED],
  ['a file part without a file', part03({ kind: 'file' }), MALFORMED],
  ['a file part of numbers', part03({ kind: 'file', file: { bytes: 5 } }), MALFORMED],
  ['a file part whose uri is an object', part03({ kind: 'file', file: { uri: {} } }), MALFORMED],
  ['a data part without data', part03({ kind: 'data' }), MALFORMED],
  ['metadata that is text', send03({ metadata: 'x' }), MALFORMED],
  ['no messageId', send03({ messageId: undefined }), MALFORMED],
  ['no messageId, 1.0', send1({ messageId: undefined }), MALFORMED, V1],
  ['an endless messageId', send03({ messageId: 'm'.repeat(257) }), MALFORMED],
  ['a contextId that is a number', send03({ contextId: 5 }), MALFORMED],
  ['a taskId that is an object', send03({ taskId: {} }), MALFORMED],
  ['references that are numbers', send03({ referenceTaskIds: [5] }), MALFORMED],
  ['no role', send03({ role: undefined }), MALFORMED],
  ['no role, 1.0', send1({ role: undefined }), MALFORMED, V1],
  ['an unknown role, 1.0', send1({ role: 'ROLE_KING' }), MALFORMED, V1],
  [
    'a negative historyLength',
    call('SendMessage', { message: v1({}), configuration: { historyLength: -1 } }),
    MALFORMED,
    V1,
  ],
  ['a historyLength of words', call('GetTask', { id: randomUUID(), historyLength: 'many' }), MALFORMED, V1],
  ['a tenant of somebody else', call('SendMessage', { tenant: 'acme', message: v1({}) }), MALFORMED, V1],
  ['a get without id', call('tasks/get', {}), MALFORMED],
  ['a get without id, 1.0', call('GetTask', {}), MALFORMED, V1],
  ['an unknown task', call('tasks/get', { id: randomUUID() }), NOT_FOUND],
  ['an unknown task, 1.0', call('GetTask', { id: randomUUID() }), NOT_FOUND, V1],
  ['a task id of another shape', call('tasks/get', { id: '../../etc' }), NOT_FOUND],
  ['a cancel of an unknown task', call('tasks/cancel', { id: randomUUID() }), NOT_FOUND],
  ['a subscription to an unknown task', call('SubscribeToTask', { id: randomUUID() }), NOT_FOUND, V1],
  ['a message to an unknown task', send03({ taskId: randomUUID() }), NOT_FOUND],
  ['an unsupported version', send1({}), VERSION, { 'a2a-version': '2.0' }],
  ['an unsupported old version', send03({}), VERSION, { 'a2a-version': '0.1' }],
  ['a version that is none', send1({}), VERSION, { 'a2a-version': 'newest' }],
  ['a circle', part03({ kind: 'data', data: CIRCLE }), [-32602, 'WORKFLOW_INVALID']],
  [
    'a circle in a stream, 1.0',
    call('SendStreamingMessage', { message: v1({ parts: [{ data: CIRCLE }] }) }),
    [-32602, 'WORKFLOW_INVALID'],
    V1,
  ],
  ['10,000 levels', '['.repeat(10_000) + ']'.repeat(10_000), [-32600, 'JSON_TOO_DEEP'], {}, null],
  [
    '10,000 levels in a part, 1.0',
    send1({ parts: [{ data: 'X' }] }).replace('"X"', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
    [-32600, 'JSON_TOO_DEEP'],
    V1,
    null,
  ],
  [
    'a form',
    'method=message%2Fsend',
    [-32005, 'CONTENT_TYPE_UNSUPPORTED'],
    { 'content-type': 'application/x-www-form-urlencoded' },
    null,
  ],
];

const ROWS = TABLE.map(([what, body, [code, ours], headers = {}, id = 'r7']) => ({
  what,
  body,
  code,
  ours,
  headers,
  id,
}));

it.each(ROWS)(
  '$what: the error of the protocol, and nothing in Redis',
  async ({ body, code, ours, headers, id }) => {
    const counted = await gateway.metric(`a2a_gateway_refusals_total{code="${ours}"}`);
    const { status, type, text } = await post(body, headers);
    const answer = JSON.parse(text) as { error: { data: unknown } };
    expect({ status, type, answer }).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      answer: {
        jsonrpc: '2.0',
        id,
        error: { code, message: expect.stringMatching(/\w/) as unknown, data: expect.anything() as unknown },
      },
    });
    const { data } = answer.error;
    const info = Array.isArray(data) ? (data as { metadata: unknown }[])[0]?.metadata : data;
    expect(info).toMatchObject({ code: ours, requestId: expect.stringMatching(/^[\w-]{10,}$/) as unknown });
    expect(await snapshotKeys(redis.client())).toEqual(before);
    expect(await gateway.metric(`a2a_gateway_refusals_total{code="${ours}"}`)).toBe(counted + 1);
  },
);

it.each([
  ['0.3', {}],
  ['1.0', V1],
])('2 MB: 413 with the error in the body, %s', async (_version, headers) => {
  const { status, text } = await post(
    send03({ parts: [{ kind: 'text', text: 'x'.repeat(2 * 1_048_576) }] }),
    headers,
  );
  expect(status).toBe(413);
  expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32600 } });
  expect(text).toContain('BODY_TOO_LARGE');
  expect(await snapshotKeys(redis.client())).toEqual(before);
});

it('2 MB without a length: the same', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    // The server may close while we are still writing.
    socket.on('error', (error) => {
      if (text === '') reject(error);
    });
    socket.on('close', () => {
      resolve(text);
    });
    socket.write(
      'POST /rpc HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n',
    );
    const chunk = 'x'.repeat(65_536);
    for (let sent = 0; sent < 32; sent += 1) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    socket.write('0\r\n\r\n');
  });
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(answer).toContain('BODY_TOO_LARGE');
});

it.each([
  ['GET', '/rpc'],
  ['PUT', '/rpc'],
  ['POST', '/nowhere'],
  ['DELETE', '/.well-known/agent.json'],
])('%s %s: a problem document', async (method, path) => {
  const response = await fetch(`${gateway.url}${path}`, { method });
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await response.json()).toMatchObject({
    status: 404,
    code: 'NOT_FOUND',
    requestId: response.headers.get('x-request-id'),
  });
});

it('bytes that are no text', async () => {
  const response = await fetch(gateway.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Uint8Array([0xff, 0xfe, 0x00, 0x80]),
  });
  expect(await response.json()).toMatchObject({ error: { code: -32700 } });
});

it('a message that would pollute a prototype', async () => {
  const body = send1({ metadata: 'X' }).replace(
    '"X"',
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  );
  const answer = JSON.parse(
    (await post(body.replace('"params":{', '"params":{"configuration":{"returnImmediately":true},'), V1))
      .text,
  ) as { result?: unknown };
  expect(answer.result).toBeDefined();
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
