import { createProducer, createWakeups } from '@bridge/queues';
import {
  assertNoEviction,
  classifyRedisError,
  closeRedis,
  createFeedTail,
  createOwnerIndex,
  createRedis,
  createRunStore,
  loadDeployment,
} from '@bridge/redis-store';
import type { Health, Lifecycle, Logger } from '@bridge/service-kit';
import { initialState } from '@bridge/workflow-core';
import type { FastifyInstance } from 'fastify';
import { createApp } from './app.ts';
import {
  createApiKeyAuthenticator,
  createOpenAuthenticator,
  type Authenticator,
} from './auth/authenticator.ts';
import { allCards, gatewayCard } from './card.ts';
import type { GatewayConfig } from './config.ts';
import { createSharedReads } from './follow/shared-reads.ts';
import { createTaskFollower } from './follow/task-follower.ts';
import { createGatewayRequestHandler } from './handler/create-request-handler.ts';
import { planRequest } from './handler/plan-request.ts';
import { createTaskIdentity } from './handler/task-identity.ts';
import { createGuardedStore } from './guarded-store.ts';
import { createHandlerObserver } from './handler-observer.ts';
import type { GatewayMetrics } from './metrics.ts';

export interface StartGatewayOptions {
  readonly settings: GatewayConfig;
  readonly version: string;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly health: Health;
  readonly metrics: GatewayMetrics;
}

/** Connects and wires the gateway, and gives its HTTP app, which listens when the caller says so. */
export async function startGateway(options: StartGatewayOptions): Promise<FastifyInstance> {
  const { settings, logger, lifecycle, health, metrics } = options;
  const url = settings.REDIS_URL.reveal();
  const onError = (client: 'request' | 'queue' | 'feeds') => (error: Error) => {
    metrics.redisErrors.inc({ client });
    logger.warn({ err: error, client }, 'a connection to Redis failed; reconnecting');
  };

  const redis = createRedis({ url, name: 'gateway', role: 'request', onError: onError('request') });
  // Apart from the requests: BullMQ defines its scripts on its client, and ioredis copies them into every pipeline.
  const queueRedis = createRedis({
    url,
    name: 'gateway-queue',
    role: 'request',
    onError: onError('queue'),
  });
  lifecycle.onStop('close', 'redis', () => Promise.all([closeRedis(redis), closeRedis(queueRedis)]));
  await lifecycle.start('eviction check', () => assertNoEviction(redis));
  const deployment = await lifecycle.start('deployment', () => loadDeployment(redis));

  const store = createGuardedStore({
    store: createRunStore({ redis, initialState }),
    index: createOwnerIndex({ redis }),
    timeoutMs: settings.REDIS_TIMEOUT_MS,
    onState: (state) => {
      metrics.storeBreaker.set(state === 'closed' ? 0 : 1);
      logger.warn({ state }, 'the breaker around Redis changed its state');
    },
    onOutcome: (outcome) => {
      metrics.storeCalls.inc({ outcome });
    },
  });
  lifecycle.onStop('close', 'store', () => {
    store.close();
  });
  const producer = createProducer('run-wakeups', { redis: queueRedis, classify: classifyRedisError });
  const wakeups = createWakeups({
    producer,
    report: {
      sent: () => undefined,
      failed: (runs, error) => {
        metrics.wakeupFailures.inc(runs);
        logger.warn({ err: error, runs }, 'a wake-up could not be queued; the sweep finds its runs');
      },
    },
  });
  lifecycle.onStop('flush', 'wake-ups', async () => {
    await wakeups.idle();
    await producer.close();
  });

  const follower = createTaskFollower({ pollMs: settings.FOLLOW_POLL_MS });
  const tail = createFeedTail({
    redis: createRedis({ url, name: 'gateway-feeds', role: 'blocking', onError: onError('feeds') }),
    onEntries: (entries) => {
      for (const entry of entries) follower.onEntry(entry);
    },
    onGap: (reason, cause) => {
      metrics.feedGaps.inc();
      logger.warn({ reason, err: cause }, 'hints may have been missed; every open request looks for itself');
      follower.onGap();
    },
  });
  lifecycle.onStop('close', 'feeds', () => tail.stop());
  await lifecycle.start('feeds', () => tail.start());
  follower.start();
  // Open streams and waiting requests end here, each with what its client needs to go on elsewhere.
  lifecycle.onStop('stop-intake', 'follower', () => {
    follower.stop();
  });

  const authenticator = authenticatorOf(settings);
  const publicUrl = settings.PUBLIC_URL ?? localUrl(settings);
  const card = gatewayCard({ publicUrl, version: options.version, scheme: authenticator.scheme });
  const handler = createGatewayRequestHandler({
    store,
    readEvents: createSharedReads((runId, after) => store.visibleEvents(runId, after)),
    follower,
    wake: (runId) => {
      // Never rejects; what fails is reported above.
      void wakeups.wake(runId);
    },
    identity: createTaskIdentity(deployment.secret),
    plan: planRequest,
    card,
    now: Date.now,
    answerWaitMs: settings.ANSWER_WAIT_MS,
    observe: createHandlerObserver(metrics, logger),
  });

  const gauges = setInterval(() => {
    metrics.watches.set(follower.size());
  }, 1_000);
  gauges.unref();
  lifecycle.onStop('close', 'gauges', () => {
    clearInterval(gauges);
  });
  health.check('redis', async () => {
    await redis.ping();
    return null;
  });

  return createApp({
    handler,
    authenticator,
    cards: await allCards(card),
    metrics,
    logger,
    draining: () => lifecycle.stopping.aborted,
    settings: {
      publicUrl,
      corsOrigins: settings.CORS_ORIGINS,
      maxBodyBytes: settings.MAX_BODY_BYTES,
      maxJsonDepth: settings.MAX_JSON_DEPTH,
      heartbeatMs: settings.STREAM_HEARTBEAT_MS,
      stallMs: settings.STREAM_STALL_MS,
    },
  });
}

function authenticatorOf({ AUTH, API_KEYS }: GatewayConfig): Authenticator {
  // The configuration refuses api-key without keys, and an unnamed AUTH anywhere but on loopback.
  return AUTH === 'api-key' ? createApiKeyAuthenticator(API_KEYS?.keys ?? []) : createOpenAuthenticator();
}

function localUrl({ HOST, GATEWAY_PORT }: GatewayConfig): string {
  return `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${String(GATEWAY_PORT)}`;
}
