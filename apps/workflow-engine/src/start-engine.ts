import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { LEGACY_TRAITS } from '@bridge/agent-selection';
import { FETCH_LOOP_SILENCE_MS, createProducer, createWorker } from '@bridge/queues';
import {
  assertNoEviction,
  classifyRedisError,
  closeRedis,
  createAgentDirectory,
  createEngineBeats,
  createFeed,
  createKeyNotices,
  createMailbox,
  createOwnerIndex,
  createRedis,
  createReplyWatch,
  createRunStore,
  loadDeployment,
  ownedPartitions,
  type ReplyWatchEvent,
} from '@bridge/redis-store';
import type { Health, Lifecycle, Logger } from '@bridge/service-kit';
import { DEFAULT_LIMITS, initialState } from '@bridge/workflow-core';
import type { EngineConfig } from './config.ts';
import { createLogReport } from './log-report.ts';
import type { EngineMetrics } from './metrics.ts';
import { createEngine } from './service.ts';

export interface StartEngineOptions {
  readonly settings: EngineConfig;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly health: Health;
  readonly metrics: EngineMetrics;
}

/** A queue moves at every task; its length is only a hint for choice, so it is read at most this often. */
const QUEUE_LENGTH_EVERY_MS = 50;

/** Connects, wires and starts the engine; every part registers how it is stopped before it starts. */
export async function startEngine(options: StartEngineOptions): Promise<void> {
  const { settings, logger, lifecycle, health, metrics } = options;
  const url = settings.REDIS_URL.reveal();
  const legacyUrl = (settings.LEGACY_REDIS_URL ?? settings.REDIS_URL).reveal();
  const onError = (client: 'runs' | 'legacy' | 'queues') => (error: Error) => {
    metrics.redisErrors.inc({ client });
    logger.warn({ err: error, client }, 'a connection to Redis failed; reconnecting');
  };

  const redis = createRedis({ url, name: 'engine', role: 'service', onError: onError('runs') });
  const legacy = createRedis({
    url: legacyUrl,
    name: 'engine-legacy',
    role: 'service',
    onError: onError('legacy'),
  });
  lifecycle.onStop('close', 'redis', async () => {
    await Promise.all([closeRedis(redis), closeRedis(legacy)]);
  });
  await lifecycle.start('eviction check', async () => {
    await Promise.all([assertNoEviction(redis), assertNoEviction(legacy)]);
  });
  const deployment = await lifecycle.start('deployment', () => loadDeployment(redis));

  const notices = createKeyNotices({
    url: legacyUrl,
    name: 'engine',
    onEvent: (event) => {
      switch (event.type) {
        case 'armed':
          metrics.notices.inc({ what: 'armed' });
          return;
        case 'refused':
          metrics.notices.inc({ what: 'refused' });
          logger.warn({ err: event.error }, 'the legacy Redis refuses notices');
          return;
        case 'broken-redirect':
          metrics.notices.inc({ what: 'broken-redirect' });
          return;
        case 'gap':
          metrics.notices.inc({ what: 'gap' });
          return;
        case 'lost':
          logger.warn({ reason: event.reason }, 'notices lost; arming them again');
          return;
        case 'connection-error':
          metrics.redisErrors.inc({ client: 'notices' });
          return;
      }
    },
  });
  lifecycle.onStop('close', 'notices', () => notices.stop());

  const directory = createAgentDirectory({
    redis: legacy,
    notices,
    scanIntervalMs: settings.AGENT_SCAN_MS,
    timeZone: settings.LEGACY_TZ,
    coalesceMs: QUEUE_LENGTH_EVERY_MS,
    onEvent: (event) => {
      switch (event.type) {
        case 'malformed':
          logger.warn(
            { key: event.agent.key, reason: event.agent.reason },
            'an entry of the registry cannot be read',
          );
          return;
        case 'read-failed':
          logger.warn({ err: event.error }, 'the registry could not be read; trying again');
          return;
        case 'scanned':
          logger.debug(event, 'registry scanned');
          return;
      }
    },
  });
  lifecycle.onStop('close', 'directory', () => directory.stop());

  const mailbox = await lifecycle.start('mailbox', () => createMailbox({ redis: legacy }));
  lifecycle.onStop('flush', 'mailbox', () => {
    mailbox.stop();
  });

  // A producer must give up in time; what could not be handed over stays on the agenda.
  const queueRedis = createRedis({ url, name: 'engine-queues', role: 'request', onError: onError('queues') });
  lifecycle.onStop('close', 'queue redis', () => closeRedis(queueRedis));
  const deadLetters = createProducer('dead-letters', { redis: queueRedis, classify: classifyRedisError });
  lifecycle.onStop('flush', 'dead-letters', () => deadLetters.close());

  const onWatchEvent = (event: ReplyWatchEvent): void => {
    switch (event.type) {
      case 'mode':
        if (event.mode === 'polling') metrics.notices.inc({ what: 'polling' });
        logger.info(event, 'how replies are noticed');
        return;
      case 'stranger':
        metrics.notices.inc({ what: 'stranger' });
        logger.warn({ key: event.key }, 'a reply list that belongs to no attempt');
        return;
      case 'poll-failed':
        logger.warn({ err: event.error }, 'replies could not be polled; trying again');
        return;
    }
  };

  const store = createRunStore({ redis, initialState });
  const engineId = `${hostname()}-${randomUUID()}`;
  const engine = createEngine({
    settings: {
      partitions: deployment.partitions,
      retentionMs: settings.RETENTION_MS,
      maxInFlight: settings.AGENT_MAX_IN_FLIGHT,
      cachedRuns: settings.CACHED_RUNS,
      limits: {
        replyTimeoutMs: settings.REPLY_TIMEOUT_MS,
        runDeadlineMs: settings.RUN_DEADLINE_MS,
        queueWaitMs: settings.QUEUE_WAIT_MS,
        backoffMs: settings.RETRY_BACKOFF_MS,
        sendHorizonMs: DEFAULT_LIMITS.sendHorizonMs,
      },
      freshForMs: () => settings.AGENT_FRESH_MS,
      traits: LEGACY_TRAITS,
      timeZone: settings.LEGACY_TZ,
    },
    store,
    mailbox,
    index: createOwnerIndex({ redis }),
    feed: createFeed({ redis }),
    beats: createEngineBeats({ redis, engineId }),
    owned: (live) => ownedPartitions(engineId, live, deployment.partitions),
    agents: () => directory.agents(),
    refreshAgents: () => directory.refresh(),
    deadLetters: (letter) => deadLetters.add(letter),
    replyWatch: (handlers) => {
      const common = {
        mailbox,
        openAttempts: () => [],
        handlers,
        onEvent: onWatchEvent,
      };
      return settings.REPLY_WATCH === 'polling'
        ? createReplyWatch({ ...common, mode: 'polling' })
        : createReplyWatch({ ...common, mode: settings.REPLY_WATCH, notices });
    },
    report: createLogReport(metrics, logger),
    localNow: Date.now,
  });

  redis.on('close', () => {
    engine.forget();
  });
  await lifecycle.start('directory', () => directory.start());
  const unlisten = directory.onChange(() => {
    metrics.agents.set(directory.agents().length);
    metrics.malformedAgents.set(directory.malformed().length);
    engine.fleetChanged();
  });
  metrics.agents.set(directory.agents().length);
  metrics.malformedAgents.set(directory.malformed().length);
  lifecycle.onStop('stop-intake', 'directory', unlisten);

  await lifecycle.start('engine', () => engine.start());
  lifecycle.onStop('drain', 'engine', (signal) => engine.stop(signal));

  // Apart from the runs: BullMQ defines its scripts on its client, and ioredis copies them into every pipeline.
  const workerRedis = createRedis({
    url,
    name: 'engine-wakeups',
    role: 'service',
    onError: onError('queues'),
  });
  lifecycle.onStop('close', 'worker redis', () => closeRedis(workerRedis));
  const fetchLoop = health.watch('wake-ups', {
    maxSilenceMs: FETCH_LOOP_SILENCE_MS,
    excused: () => workerRedis.status !== 'ready',
  });
  const worker = createWorker('run-wakeups', (wakeup) => engine.wake(wakeup.runs), {
    redis: workerRedis,
    concurrency: settings.WAKEUP_CONCURRENCY,
    report: {
      outcome(outcome, _seconds, error) {
        metrics.wakeups.inc({ outcome });
        if (error !== undefined)
          logger.warn({ err: error, outcome }, 'a wake-up failed; `ready` still holds its runs');
      },
      stalled: () => {
        metrics.stalled.inc();
      },
      error: onError('queues'),
      progress: () => {
        fetchLoop.beat();
      },
    },
  });
  await lifecycle.start('wake-ups', () => worker.ready());
  lifecycle.onStop('stop-intake', 'wake-ups', (signal) => worker.close(signal));

  const gauges = setInterval(() => {
    const status = engine.status();
    metrics.inFlight.set(status.inFlight);
    metrics.held.set(status.held);
  }, 1_000);
  gauges.unref();
  lifecycle.onStop('close', 'gauges', () => {
    clearInterval(gauges);
  });
  // A ping that is not answered in time, or with an error, is the reason why not.
  for (const [name, client] of [
    ['redis', redis],
    ['legacy-redis', legacy],
  ] as const) {
    health.check(name, async () => {
      await client.ping();
      return null;
    });
  }
}
