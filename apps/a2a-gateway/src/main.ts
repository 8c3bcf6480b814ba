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
import { config } from './config.ts';
import { createMetrics } from './metrics.ts';
import { startGateway } from './start-gateway.ts';

const settings = loadConfig(config, process);
const version = readServiceVersion(new URL('../package.json', import.meta.url), process.env['GIT_SHA']);
const logger = createLogger({ service: 'a2a-gateway', version: version.version, level: settings.LOG_LEVEL });
const lifecycle = createLifecycle({ logger, budgetMs: settings.SHUTDOWN_BUDGET_MS });
const register = createRegistry({ service: 'a2a-gateway' });
const metrics = createMetrics(register);
const health = createHealth();

runService({
  logger,
  lifecycle,
  main: async () => {
    lifecycle.onStop('not-ready', 'health', () => {
      health.draining();
    });
    const app = await startGateway({
      settings,
      version: version.version,
      logger,
      lifecycle,
      health,
      metrics,
    });
    const { HOST: host, METRICS_PORT: metricsPort } = settings;
    const ops = await mountOps({ app, host, metricsPort, logger, health, version, register });
    // Health goes on answering while requests are being finished.
    lifecycle.onStop('drain', 'http', () => app.close());
    lifecycle.onStop('close', 'health', async () => {
      await ops.close();
      health.close();
    });
    await lifecycle.start('http', async () => {
      await ops.listen();
      await app.listen({ host, port: settings.GATEWAY_PORT });
    });
    health.started();
  },
});
