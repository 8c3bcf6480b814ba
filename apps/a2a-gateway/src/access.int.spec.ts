import { createHash, randomUUID } from 'node:crypto';
import { rpc, snapshotKeys, useRedis, type RpcAnswer } from '@bridge/test-kit';
import { startTestGateway, type RunningGateway } from './gateway.fixture.ts';

const redis = useRedis({ failOnLeaks: false });
const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');
const API_KEYS = JSON.stringify([
  { principal: 'alice', sha256: sha256('key-a') },
  { principal: 'bob', sha256: sha256('key-b') },
  { principal: 'alice', tenant: 'acme', sha256: sha256('key-c') },
]);
let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startTestGateway(redis.url(), { AUTH: 'api-key', API_KEYS });
});
afterAll(() => gateway.stop());

const ALICE = { 'x-api-key': 'key-a' };
const BOB = { authorization: 'Bearer key-b' };
const ALICE_OF_ACME = { 'x-api-key': 'key-c' };

function send(headers: Record<string, string>, over: object = {}): Promise<RpcAnswer> {
  const message = { messageId: randomUUID(), role: 'ROLE_USER', parts: [{ text: 'hello' }], ...over };
  return rpc(
    gateway.rpcUrl,
    'SendMessage',
    { message, configuration: { returnImmediately: true } },
    { 'a2a-version': '1.0', ...headers },
  );
}
const idOf = ({ result }: RpcAnswer): string => (result as { task: { id: string } }).task.id;

it.each([
  ['no credential', {}],
  ['a wrong key', { 'x-api-key': 'key-x' }],
  ['a wrong scheme', { authorization: 'Basic a2V5LWE=' }],
])('401 for %s, before anything is read', async (_what, headers) => {
  const before = await snapshotKeys(redis.client());
  const response = await fetch(gateway.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"broken',
  });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="a2a"');
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await response.json()).toMatchObject({
    status: 401,
    code: 'UNAUTHENTICATED',
    requestId: expect.any(String) as unknown,
  });
  expect(await snapshotKeys(redis.client())).toEqual(before);
  expect(await gateway.metric('a2a_gateway_refusals_total{code="UNAUTHENTICATED"}')).toBeGreaterThan(0);
});

it('cards are open to everybody', async () => {
  expect((await fetch(`${gateway.url}/.well-known/agent-card.json`)).status).toBe(200);
});

it('a foreign task looks like a missing one, in every operation', async () => {
  const task = idOf(await send(ALICE));
  const shape = ({ httpStatus, error }: RpcAnswer): unknown => ({
    httpStatus,
    code: error?.code,
    message: error?.message,
  });
  for (const other of [BOB, ALICE_OF_ACME]) {
    const headers = { 'a2a-version': '1.0', ...other };
    for (const method of ['GetTask', 'CancelTask', 'SubscribeToTask']) {
      const foreign = await rpc(gateway.rpcUrl, method, { id: task }, headers);
      const missing = await rpc(gateway.rpcUrl, method, { id: randomUUID() }, headers);
      expect(shape(foreign)).toEqual(shape(missing));
      expect(foreign.error?.code).toBe(-32001);
    }
    expect(shape(await send(other, { taskId: task }))).toEqual(
      shape(await send(other, { taskId: randomUUID() })),
    );
  }
  expect((await rpc(gateway.rpcUrl, 'tasks/get', { id: task }, ALICE)).result).toMatchObject({ id: task });
});

it('one messageId of two principals or tenants is two tasks', async () => {
  const messageId = randomUUID();
  const ids = await Promise.all(
    [ALICE, BOB, ALICE_OF_ACME].map(async (who) => idOf(await send(who, { messageId }))),
  );
  expect(new Set(ids).size).toBe(3);
});

it('another body under one messageId is a conflict, in both dialects', async () => {
  const messageId = randomUUID();
  const first = idOf(await send(ALICE, { messageId }));
  const v1 = await send(ALICE, { messageId, parts: [{ text: 'other' }] });
  expect(v1.error).toMatchObject({
    code: -32602,
    data: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'MESSAGE_ID_CONFLICT',
        metadata: { code: 'MESSAGE_ID_CONFLICT' },
      },
    ],
  });
  const message = { kind: 'message', messageId, role: 'user', parts: [{ kind: 'text', text: 'other' }] };
  const v03 = await rpc(gateway.rpcUrl, 'message/send', { message }, ALICE);
  expect(v03.error).toMatchObject({ code: -32602, data: { code: 'MESSAGE_ID_CONFLICT' } });
  // The same body in the other dialect is the same message.
  const same = { kind: 'message', messageId, role: 'user', parts: [{ kind: 'text', text: 'hello' }] };
  const again = await rpc(
    gateway.rpcUrl,
    'message/send',
    { message: same, configuration: { blocking: false } },
    ALICE,
  );
  expect(again.result).toMatchObject({ id: first });
});

it('a tenant may be repeated, not chosen', async () => {
  const message = { messageId: randomUUID(), role: 'ROLE_USER', parts: [{ text: 'hello' }] };
  const configuration = { returnImmediately: true };
  const as = (tenant: string): Promise<RpcAnswer> =>
    rpc(
      gateway.rpcUrl,
      'SendMessage',
      { tenant, message, configuration },
      { 'a2a-version': '1.0', ...ALICE_OF_ACME },
    );
  expect((await as('default')).error?.code).toBe(-32602);
  expect((await as('acme')).error).toBeUndefined();
});

describe('pages of other origins', () => {
  const ask = (origin: string, url = gateway.rpcUrl): Promise<Response> =>
    fetch(url, { method: 'POST', headers: { origin, 'content-type': 'text/plain', ...ALICE }, body: '{}' });

  it('are refused by default, and nothing tells a browser otherwise', async () => {
    const response = await ask('https://evil.example');
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(await response.json()).toMatchObject({ code: 'ORIGIN_FORBIDDEN' });
  });

  it('are let in when they are named, and our own always', async () => {
    const open = await startTestGateway(redis.url(), { CORS_ORIGINS: 'https://good.example' });
    try {
      const good = await ask('https://good.example', open.rpcUrl);
      expect([good.status, good.headers.get('access-control-allow-origin')]).toEqual([
        200,
        'https://good.example',
      ]);
      expect((await ask('http://gateway.test:8080', open.rpcUrl)).status).toBe(200);
      expect((await ask('https://evil.example', open.rpcUrl)).status).toBe(403);
      const preflight = await fetch(open.rpcUrl, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://good.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
      expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
        204,
        'content-type',
      ]);
    } finally {
      await open.stop();
    }
  });
});
