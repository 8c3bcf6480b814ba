export { defineConfig, type ConfigDefinition, type ConfigVariable } from './config/define-config.ts';
export { loadConfig, printConfig, type ConfigProcess } from './config/load-config.ts';
export { ConfigError, parseConfig, type ConfigProblem, type Environment } from './config/parse-config.ts';
export { createSecret, isSecret, secret, secretUrl, type Secret } from './config/secret.ts';
export { commaList, count, durationMs, flag, port } from './config/values.ts';
export {
  createHealth,
  type Health,
  type HealthOptions,
  type ReadinessCheck,
  type Verdict,
  type WatchOptions,
  type Watchdog,
} from './health/health.ts';
export { isLoopback, mountOps, type MountOpsOptions, type MountedOps } from './health/mount-ops.ts';
export { opsRoutes, type OpsRoutesOptions } from './health/ops-routes.ts';
export { readServiceVersion, type ServiceVersion } from './health/service-version.ts';
export { createHttpServer, type HttpServerOptions } from './http/create-http-server.ts';
export { toProblem } from './http/http-errors.ts';
export { jsonDepthExceeds } from './http/json-depth.ts';
export { sendProblem, type Problem } from './http/problem.ts';
export {
  STOP_PHASES,
  createLifecycle,
  type HookFailure,
  type Lifecycle,
  type LifecycleOptions,
  type StopHook,
  type StopPhase,
  type StopReport,
} from './lifecycle/lifecycle.ts';
export { runService, type ServiceOptions, type ServiceProcess } from './lifecycle/run-service.ts';
export {
  LOG_LEVELS,
  bindIds,
  createLogger,
  type LogIds,
  type LogLevel,
  type Logger,
} from './logging/logger.ts';
export { createRegistry } from './metrics/create-registry.ts';
export {
  defineMetrics,
  metricDocs,
  type CounterOf,
  type GaugeOf,
  type HistogramOf,
  type LabelSets,
  type MetricDoc,
  type MetricRow,
  type MetricTable,
  type MetricsOf,
} from './metrics/define-metrics.ts';
