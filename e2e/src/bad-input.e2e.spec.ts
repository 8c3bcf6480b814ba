import { randomUUID } from 'node:crypto';
import { beatsPass, quietKeys, untilQuiet } from './quiet-keys.ts';
import { countWords } from './statistics.ts';
import { startSystem, type System } from './system.ts';
import { send, taskOf } from './wire.ts';

let system: System;
let before: Record<string, unknown>;

beforeAll(async () => {
  system = await startSystem({ agents: [{ id: 'counter-1', behaviour: countWords() }] });
  // Something is there already, so that "nothing changed" is more than "nothing is there".
  expect(taskOf(await send(system.rpcUrl, '1.0', { text: 'one good task' })).outputs).toEqual([
    '3 words, 13 characters',
  ]);
  before = await untilQuiet(system.redis);
  expect(Object.keys(before).length).toBeGreaterThan(5);
}, 60_000);

afterAll(async () => {
  await system.stop();
}, 30_000);

interface BadInput {
  readonly what: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly code: number;
  /** Ours, stable: in `data.code` (0.3) or in the ErrorInfo's metadata (1.0). */
  readonly ours: string;
  readonly http?: number;
  /** The id that must come back; null where none could be read. */
  readonly id?: string | null;
}

const ID = 'request-7';
const V1 = { 'a2a-version': '1.0' };
const call = (method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id: ID, method, params });
const message = (over: object): object => ({
  kind: 'message',
  messageId: randomUUID(),
  role: 'user',
  parts: [{ kind: 'text', text: 'hello' }],
  ...over,
});
const messageV1 = (over: object): object => ({
  messageId: randomUUID(),
  role: 'ROLE_USER',
  parts: [{ text: 'hello' }],
  ...over,
});
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const TWO_MB = 'x'.repeat(2 * 1024 * 1024);

const PARSE = { code: -32700, ours: 'JSON_MALFORMED', id: null };
const ENVELOPE = { code: -32600, ours: 'ENVELOPE_INVALID' };
const METHOD = { code: -32601, ours: 'METHOD_NOT_FOUND' };
const PARAMS = { code: -32602, ours: 'REQUEST_MALFORMED' };
const WORKFLOW = { code: -32602, ours: 'WORKFLOW_INVALID' };
const UNKNOWN_TASK = { code: -32001, ours: 'TASK_NOT_FOUND' };
const VERSION = { code: -32009, ours: 'VERSION_NOT_SUPPORTED' };

const TABLE: readonly BadInput[] = [
  { what: 'nothing at all', body: '', ...PARSE },
  {
    what: 'broken JSON',
    body: '{"jsonrpc": "2.0", "id": "request-7", "method": "message/send", "params": {',
    ...PARSE,
  },
  { what: 'broken JSON, 1.0', body: '{"jsonrpc"', headers: V1, ...PARSE },
  { what: 'text that is no JSON', body: 'SEND message PLEASE', ...PARSE },
  { what: 'JSON that is no object', body: '42', ...ENVELOPE, id: null },
  { what: 'a batch', body: `[${call('message/send', { message: message({}) })}]`, ...ENVELOPE, id: null },
  {
    what: 'no jsonrpc member',
    body: JSON.stringify({ id: ID, method: 'tasks/get', params: {} }),
    ...ENVELOPE,
  },
  { what: 'no method', body: JSON.stringify({ jsonrpc: '2.0', id: ID, params: {} }), ...ENVELOPE },
  { what: 'a method nobody knows', body: call('message/shout', {}), ...METHOD },
  { what: 'a method nobody knows, 1.0', body: call('ShoutMessage', {}), headers: V1, ...METHOD },
  {
    what: 'a method of the other dialect',
    body: call('message/send', { message: message({}) }),
    headers: V1,
    ...METHOD,
  },
  { what: 'a method from Object.prototype', body: call('constructor', {}), ...METHOD },
  { what: 'no params', body: JSON.stringify({ jsonrpc: '2.0', id: ID, method: 'message/send' }), ...PARAMS },
  { what: 'params that are a list', body: call('message/send', [message({})]), ...PARAMS },
  { what: 'no message', body: call('message/send', {}), ...PARAMS },
  { what: 'no message, 1.0', body: call('SendMessage', {}), headers: V1, ...PARAMS },
  { what: 'no parts', body: call('message/send', { message: message({ parts: undefined }) }), ...PARAMS },
  {
    what: 'no parts, 1.0',
    body: call('SendMessage', { message: messageV1({ parts: undefined }) }),
    headers: V1,
    ...PARAMS,
  },
  { what: 'empty parts', body: call('message/send', { message: message({ parts: [] }) }), ...PARAMS },
  {
    what: 'empty parts, 1.0',
    body: call('SendMessage', { message: messageV1({ parts: [] }) }),
    headers: V1,
    ...PARAMS,
  },
  {
    what: 'empty parts, streaming',
    body: call('message/stream', { message: message({ parts: [] }) }),
    ...PARAMS,
  },
  {
    what: 'empty parts, streaming, 1.0',
    body: call('SendStreamingMessage', { message: messageV1({ parts: [] }) }),
    headers: V1,
    ...PARAMS,
  },
  {
    what: 'a part of no kind',
    body: call('message/send', { message: message({ parts: [{ text: 5 }] }) }),
    ...PARAMS,
  },
  {
    what: 'a part without content, 1.0',
    body: call('SendMessage', { message: messageV1({ parts: [{}] }) }),
    headers: V1,
    ...PARAMS,
  },
  {
    what: 'no messageId',
    body: call('message/send', { message: message({ messageId: undefined }) }),
    ...PARAMS,
  },
  {
    what: 'no messageId, 1.0',
    body: call('SendMessage', { message: messageV1({ messageId: undefined }) }),
    headers: V1,
    ...PARAMS,
  },
  {
    what: 'an empty messageId',
    body: call('message/send', { message: message({ messageId: '' }) }),
    ...PARAMS,
  },
  { what: 'no role', body: call('message/send', { message: message({ role: undefined }) }), ...PARAMS },
  {
    what: 'a role nobody has, 1.0',
    body: call('SendMessage', { message: messageV1({ role: 'ROLE_KING' }) }),
    headers: V1,
    ...PARAMS,
  },
  {
    what: 'a negative historyLength',
    body: call('tasks/get', { id: randomUUID(), historyLength: -1 }),
    ...PARAMS,
  },
  { what: 'a get without id', body: call('tasks/get', {}), ...PARAMS },
  { what: 'a get without id, 1.0', body: call('GetTask', {}), headers: V1, ...PARAMS },
  { what: 'an unknown task', body: call('tasks/get', { id: randomUUID() }), ...UNKNOWN_TASK },
  { what: 'an unknown task, 1.0', body: call('GetTask', { id: randomUUID() }), headers: V1, ...UNKNOWN_TASK },
  { what: 'a task id that cannot be one', body: call('tasks/get', { id: '{p00}:*' }), ...UNKNOWN_TASK },
  {
    what: 'a message to an unknown task',
    body: call('message/send', { message: message({ taskId: randomUUID() }) }),
    ...UNKNOWN_TASK,
  },
  {
    what: 'a message to an unknown task, 1.0',
    body: call('SendMessage', { message: messageV1({ taskId: randomUUID() }) }),
    headers: V1,
    ...UNKNOWN_TASK,
  },
  {
    what: 'a stream of an unknown task, 1.0',
    body: call('SendStreamingMessage', { message: messageV1({ taskId: randomUUID() }) }),
    headers: V1,
    ...UNKNOWN_TASK,
  },
  {
    what: 'a version of the future',
    body: call('SendMessage', { message: messageV1({}) }),
    headers: { 'a2a-version': '7.0' },
    ...VERSION,
  },
  {
    what: 'a version that is no version',
    body: call('message/send', { message: message({}) }),
    headers: { 'a2a-version': 'latest' },
    ...VERSION,
  },
  {
    what: 'a workflow with a circle',
    body: call('message/send', {
      message: message({
        parts: [
          {
            kind: 'data',
            data: {
              skill: 'orchestration',
              workflow: {
                schemaVersion: 1,
                steps: [
                  { id: 'a', description: 'a', depends_on: ['b'] },
                  { id: 'b', description: 'b', depends_on: ['a'] },
                ],
              },
            },
          },
        ],
      }),
    }),
    ...WORKFLOW,
  },
  {
    what: '2 MB of text',
    body: call('message/send', { message: message({ parts: [{ kind: 'text', text: TWO_MB }] }) }),
    code: -32600,
    ours: 'BODY_TOO_LARGE',
    http: 413,
    id: null,
  },
  {
    what: '2 MB of text, 1.0',
    body: call('SendMessage', { message: messageV1({ parts: [{ text: TWO_MB }] }) }),
    headers: V1,
    code: -32600,
    ours: 'BODY_TOO_LARGE',
    http: 413,
    id: null,
  },
  { what: '10,000 levels of nothing', body: deep(10_000), code: -32600, ours: 'JSON_TOO_DEEP', id: null },
  {
    what: '10,000 levels in the metadata',
    body: call('message/send', { message: message({ metadata: 'HERE' }) }).replace(
      '"HERE"',
      `{"a":${deep(10_000)}}`,
    ),
    code: -32600,
    ours: 'JSON_TOO_DEEP',
    id: null,
  },
  {
    what: '10,000 levels in a data part, 1.0',
    body: call('SendMessage', { message: messageV1({ parts: [{ data: 'HERE' }] }) }).replace(
      '"HERE"',
      deep(10_000),
    ),
    headers: V1,
    code: -32600,
    ours: 'JSON_TOO_DEEP',
    id: null,
  },
];

it.each(TABLE)('answers $what with the error of the protocol and leaves nothing', async (row) => {
  const response = await fetch(system.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...row.headers },
    body: row.body,
  });
  const text = await response.text();
  expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
    status: row.http ?? 200,
    type: expect.stringMatching(/^application\/json/) as unknown,
  });
  const answer = JSON.parse(text) as { error?: { code: number; message: string; data: unknown } };
  expect(answer).toEqual({
    jsonrpc: '2.0',
    id: row.id === undefined ? ID : row.id,
    error: {
      code: row.code,
      message: expect.stringMatching(/\w/) as unknown,
      data: expect.anything() as unknown,
    },
  });
  // Both dialects name our code and the request id that leads to the log.
  expect(JSON.stringify(answer.error?.data)).toContain(`"${row.ours}"`);
  expect(JSON.stringify(answer.error?.data)).toContain('"requestId":"');
  expect(await quietKeys(system.redis)).toEqual(before);
});

it.each([
  { what: 'a GET of the endpoint', method: 'GET', path: '/rpc' },
  { what: 'a PUT to the endpoint', method: 'PUT', path: '/rpc' },
  { what: 'a path nobody serves', method: 'POST', path: '/nowhere' },
])('answers $what with a problem document', async ({ method, path }) => {
  const response = await fetch(`${system.gateway.url}${path}`, { method });
  expect([404, 405]).toContain(response.status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await response.json()).toMatchObject({
    status: response.status,
    code: expect.any(String) as unknown,
    requestId: expect.any(String) as unknown,
  });
});

it('has left nothing afterwards either', async () => {
  // Several rounds of everything the engine does by itself: sweeps, late wake-ups, lazy appends.
  await beatsPass(system.redis, 3);
  expect(await quietKeys(system.redis)).toEqual(before);
});
