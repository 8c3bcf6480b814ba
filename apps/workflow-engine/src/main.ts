import {
  createHealth,
  createHttpServer,
  createLifecycle,
  createLogger,
  createRegistry,
  loadConfig,
  mountOps,
  readServiceVersion,
  runService,
} from '@bridge/service-kit';
import { config } from './config.ts';
import { createMetrics } from './metrics.ts';
import { startEngine } from './start-engine.ts';

const settings = loadConfig(config, process);
const version = readServiceVersion(new URL('../package.json', import.meta.url), process.env['GIT_SHA']);
const logger = createLogger({
  service: 'workflow-engine',
  version: version.version,
  level: settings.LOG_LEVEL,
});
const lifecycle = createLifecycle({ logger, budgetMs: settings.SHUTDOWN_BUDGET_MS });
const register = createRegistry({ service: 'workflow-engine' });
const metrics = createMetrics(register);
const health = createHealth();

runService({
  logger,
  lifecycle,
  main: async () => {
    lifecycle.onStop('not-ready', 'health', () => {
      health.draining();
    });
    const app = createHttpServer({ logger });
    const ops = await mountOps({
      app,
      host: settings.HOST,
      metricsPort: settings.METRICS_PORT,
      logger,
      health,
      version,
      register,
    });
    lifecycle.onStop('close', 'http', async () => {
      await ops.close();
      await app.close();
      health.close();
    });
    // Probes answer from the beginning: "starting" is an answer, a refused connection is none.
    await lifecycle.start('http', async () => {
      await ops.listen();
      if (ops.ownServer === null) await app.listen({ host: settings.HOST, port: settings.ENGINE_PORT });
    });
    await startEngine({ settings, logger, lifecycle, health, metrics });
    health.started();
  },
});
