import {
  createHealth,
  createLifecycle,
  createLogger,
  createRegistry,
  loadConfig,
  mountOps,
  readServiceVersion,
  runService,
} from '@bridge/service-kit';
import { FETCH_LOOP_SILENCE_MS } from '@bridge/queues';
import {
  assertNoEviction,
  closeRedis,
  createDeadLetterStore,
  createRedis,
  loadDeployment,
} from '@bridge/redis-store';
import { config } from './config.ts';
import { createAdminApp } from './http/app.ts';
import { startIntake } from './intake.ts';
import { createMetrics } from './metrics.ts';

const settings = loadConfig(config, process);
const version = readServiceVersion(new URL('../package.json', import.meta.url), process.env['GIT_SHA']);
const logger = createLogger({
  service: 'dlq-processor',
  version: version.version,
  level: settings.LOG_LEVEL,
});
const lifecycle = createLifecycle({ logger, budgetMs: settings.SHUTDOWN_BUDGET_MS });
const register = createRegistry({ service: 'dlq-processor' });
const metrics = createMetrics(register);
const health = createHealth();

runService({
  logger,
  lifecycle,
  main: async () => {
    lifecycle.onStop('not-ready', 'health', () => {
      health.draining();
    });
    const url = settings.REDIS_URL.reveal();
    const onError = (error: Error): void => {
      metrics.redisErrors.inc();
      logger.warn({ err: error }, 'a connection to Redis failed; reconnecting');
    };
    const redis = createRedis({ url, name: 'dlq', role: 'service', onError });
    const requestRedis = createRedis({ url, name: 'dlq-admin', role: 'request', onError });
    lifecycle.onStop('close', 'redis', async () => {
      await Promise.all([closeRedis(redis), closeRedis(requestRedis)]);
    });

    const app = createAdminApp({
      logger,
      metrics,
      store: createDeadLetterStore(requestRedis),
      token: settings.ADMIN_TOKEN?.reveal() ?? null,
    });
    const ops = await mountOps({
      app,
      host: settings.HOST,
      metricsPort: settings.METRICS_PORT,
      logger,
      health,
      version,
      register,
    });
    lifecycle.onStop('stop-intake', 'http', () => app.close());
    lifecycle.onStop('close', 'ops', async () => {
      await ops.close();
      health.close();
    });
    await lifecycle.start('http', async () => {
      await ops.listen();
      await app.listen({ host: settings.HOST, port: settings.DLQ_PORT });
    });
    await lifecycle.start('eviction check', () => assertNoEviction(redis));
    await lifecycle.start('deployment', () => loadDeployment(redis));

    const fetchLoop = health.watch('intake', {
      maxSilenceMs: FETCH_LOOP_SILENCE_MS,
      excused: () => redis.status !== 'ready',
    });
    const intake = startIntake({
      redis,
      store: createDeadLetterStore(redis),
      concurrency: settings.INTAKE_CONCURRENCY,
      metrics,
      logger,
      onError,
      progress: () => {
        fetchLoop.beat();
      },
    });
    await lifecycle.start('intake', () => intake.ready());
    lifecycle.onStop('stop-intake', 'intake', (signal) => intake.close(signal));
    health.check('redis', async () => {
      await requestRedis.ping();
      return null;
    });
    health.started();
  },
});
