import { randomUUID } from 'node:crypto';
import { eventually, rpc, rpcStream, snapshotKeys, useRedis } from '@bridge/test-kit';
import {
  completed,
  createPen,
  ended,
  started,
  startTestGateway,
  working,
  type Pen,
  type RunningGateway,
} from './gateway.fixture.ts';

const redis = useRedis({ failOnLeaks: false });
let gateway: RunningGateway;
let pen: Pen;
beforeEach(async () => {
  gateway = await startTestGateway(redis.url(), { FOLLOW_POLL_MS: '200' });
  pen = createPen(redis.url());
});
afterEach(async () => {
  await gateway.stop();
  await pen.close();
});

const V1 = { 'a2a-version': '1.0' };
const messageOf = (messageId: string = randomUUID()): object => ({
  messageId,
  role: 'ROLE_USER',
  parts: [{ text: 'hello' }],
});
const atOnce = { returnImmediately: true };
const send = (params: object): ReturnType<typeof rpc> => rpc(gateway.rpcUrl, 'SendMessage', params, V1);
const idOf = (answer: Awaited<ReturnType<typeof rpc>>): string =>
  (answer.result as { task: { id: string } }).task.id;

/** Redis answers nothing, as behind a network that drops packets. */
async function withoutRedis<T>(work: () => Promise<T>): Promise<T> {
  const pid = redis.server().pid();
  if (pid === undefined) throw new Error('the server is gone');
  process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

it('a Redis that does not answer: 503, Retry-After and the reason, in time; the retry finds one task', async () => {
  const message = messageOf();
  const began = performance.now();
  const answer = await withoutRedis(() => send({ message, configuration: atOnce }));
  expect(performance.now() - began).toBeLessThan(4_500);
  expect(answer.httpStatus).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.error).toMatchObject({ code: -32603, data: [{ reason: 'REDIS_UNAVAILABLE' }] });
  const legacy = await withoutRedis(() => rpc(gateway.rpcUrl, 'tasks/get', { id: randomUUID() }));
  expect(legacy).toMatchObject({
    httpStatus: 503,
    error: { code: -32603, data: { reason: 'REDIS_UNAVAILABLE' } },
  });
  const retried = await eventually(async () => {
    const again = await send({ message, configuration: atOnce });
    return again.httpStatus === 200 ? again : null;
  });
  expect(await pen.inbox(idOf(retried))).toHaveLength(1);
}, 30_000);

it('a stream outlives an outage and misses nothing', async () => {
  const sent = await send({ message: messageOf(), configuration: atOnce });
  const id = idOf(sent);
  const stream = await rpcStream(gateway.rpcUrl, 'SubscribeToTask', { id }, V1);
  const ids: number[] = [];
  const reading = (async () => {
    for await (const event of stream.events) ids.push(Number(event.id));
  })();
  await eventually(() => ids.length === 1);
  await withoutRedis(() =>
    eventually(
      async () => (await gateway.metric('a2a_gateway_stream_read_failures_total{service="a2a-gateway"}')) > 0,
      {
        timeoutMs: 10_000,
      },
    ),
  );
  await pen.write(id, started(1), working(1));
  await pen.write(id, completed(2), ended(2));
  await reading;
  expect(ids).toEqual([0, 1, 2]);
}, 30_000);

it('a stop ends streams with an id to go on from, sends waiters elsewhere, and takes nothing new', async () => {
  const id = idOf(await send({ message: messageOf(), configuration: atOnce }));
  await pen.write(id, started(1), working(1));
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SubscribeToTask', params: { id } });
  const response = await fetch(gateway.rpcUrl, {
    method: 'POST',
    headers: { ...V1, 'content-type': 'application/json' },
    body,
  });
  const waiting = send({ message: messageOf() });
  await eventually(async () => {
    expect(Object.keys(await snapshotKeys(redis.client(), 'a2ab:{p*}:accept:*'))).not.toHaveLength(0);
    expect(await gateway.metric('a2a_gateway_watches{service="a2a-gateway"}')).toBe(2);
  });
  const stopped = gateway.lifecycle.stop('test');
  const text = await response.text();
  expect(text).toMatch(/id: 1\ndata: .*WORKING.*\n\n: this server is stopping; subscribe again\n\n$/);
  const waited = await waiting;
  expect(waited.httpStatus).toBe(503);
  expect(waited.headers.get('retry-after')).toBe('1');
  expect(waited.error).toMatchObject({ code: -32603, data: [{ reason: 'SERVICE_DRAINING' }] });
  expect((await stopped).failures).toEqual([]);
  // The task itself is where it was.
  expect((await pen.store.task(id as never))?.task.status.state).toBe('working');
}, 30_000);

it('is not ready and refuses politely while it stops', async () => {
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  let refused: Response | undefined;
  let ready: Response | undefined;
  gateway.lifecycle.onStop('stop-intake', 'probe', async () => {
    ready = await fetch(`${gateway.url}/readyz`);
    refused = await fetch(gateway.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  });
  expect((await gateway.lifecycle.stop('test')).failures).toEqual([]);
  expect([ready?.status, refused?.status]).toEqual([503, 503]);
  expect(refused?.headers.get('retry-after')).toBe('1');
  expect(await refused?.json()).toMatchObject({
    jsonrpc: '2.0',
    error: { code: -32603, data: { code: 'SERVICE_DRAINING' } },
  });
});

it('says accepted only of what is in Redis', async () => {
  const ids = await Promise.all(
    Array.from({ length: 50 }, async () => idOf(await send({ message: messageOf(), configuration: atOnce }))),
  );
  for (const id of ids) expect(await pen.store.task(id as never)).not.toBeNull();
});
