import { DeadLetter } from '@bridge/contracts';
import { createProducer } from '@bridge/queues';
import { classifyRedisError, createDeadLetterStore } from '@bridge/redis-store';
import { createLogger, createRegistry } from '@bridge/service-kit';
import { eventually, useRedis } from '@bridge/test-kit';
import { createAdminApp } from './http/app.ts';
import { createMetrics } from './metrics.ts';
import { startIntake } from './intake.ts';

const redis = useRedis();
const logger = createLogger({ service: 'dlq-processor', version: 'test', level: 'silent' });

const LETTER = DeadLetter.parse({
  schemaVersion: 1,
  tenant: 'default',
  principal: 'tester',
  traceparent: null,
  id: 'run-1:step-1',
  kind: 'step',
  epoch: 0,
  code: 'OUTCOME_UNKNOWN',
  message: 'nobody knows',
  at: Date.parse('2026-01-01T00:00:00Z'),
  attempts: [],
});

function admin(token: string | null = null) {
  const app = createAdminApp({
    logger,
    metrics: createMetrics(createRegistry({ service: 'test' })),
    store: createDeadLetterStore(redis.client()),
    token,
  });
  redis.defer(() => app.close());
  return (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });
}

beforeEach(() => redis.flush());

it('stores what the queue brings, once, and shows it', async () => {
  const metrics = createMetrics(createRegistry({ service: 'test' }));
  const intake = startIntake({
    redis: redis.client({ maxRetriesPerRequest: null }),
    store: createDeadLetterStore(redis.client()),
    concurrency: 4,
    metrics,
    logger,
    onError: (error) => {
      throw error;
    },
    progress: () => undefined,
  });
  redis.defer(() => intake.close());
  await intake.ready();
  const producer = createProducer('dead-letters', { redis: redis.client(), classify: classifyRedisError });
  redis.defer(() => producer.close());
  await producer.add(LETTER);
  await producer.add(LETTER);

  const get = admin();
  await eventually(async () => {
    expect((await get('/v1/dead-letters')).json()).toMatchObject({
      items: [{ id: 'run-1:step-1' }],
      nextCursor: null,
    });
    expect(await producer.stats()).toMatchObject({ waiting: 0, active: 0, failed: 0 });
  });
  const entry = await get(`/v1/dead-letters/${encodeURIComponent('run-1:step-1')}`);
  expect(entry.json()).toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    state: 'open',
    lastSeen: '2026-01-01T00:00:00.000Z',
  });
});

it.each([
  ['/v1/dead-letters/nothing', 404, 'DEAD_LETTER_NOT_FOUND'],
  ['/v1/dead-letters?limit=0', 400, 'REQUEST_MALFORMED'],
  ['/v1/dead-letters?limit=501', 400, 'REQUEST_MALFORMED'],
  ['/v1/dead-letters?limt=5', 400, 'REQUEST_MALFORMED'],
  ['/v1/dead-letters?cursor=nonsense', 409, 'CURSOR_UNKNOWN'],
])('answers %s with a problem document', async (url, status, code) => {
  const answer = await admin()(url);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toMatchObject({ code });
});

it('lets nobody in without the token, and says nothing else', async () => {
  const get = admin('a-long-enough-token');
  for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic a-long-enough-token']) {
    const refused = await get('/v1/dead-letters/whatever', { authorization });
    expect([refused.statusCode, refused.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="a2a-bridge"',
    ]);
  }
  expect((await get('/v1/dead-letters', { authorization: 'Bearer a-long-enough-token' })).statusCode).toBe(
    200,
  );
});
