import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly service: string;
  readonly version: string;
  readonly level?: LogLevel;
  /** More fields for every line, e.g. the pod's name. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** Default: stdout, written synchronously, so that the last line before an exit is not lost. */
  readonly destination?: DestinationStream;
}

/** Names whose values never reach a log line, wherever they stand down to the third level. */
const SECRET_NAMES = [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'apiKey',
  'token',
  'accessToken',
  'refreshToken',
  'credentials',
  'password',
  'secret',
];
const REDACT_PATHS = SECRET_NAMES.flatMap((name) => {
  const last = `["${name}"]`;
  return [last, `*${last}`, `*.*${last}`, `*.*.*${last}`];
});

/** JSON lines on stdout: ISO time, level by name, service, version. Never pretty: that is the reader's tool. */
export function createLogger(options: LoggerOptions): Logger {
  const { service, version, level = 'info', bindings = {}, destination } = options;
  const settings = {
    level,
    base: { service, version, ...bindings },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACT_PATHS, censor: '[redacted]' },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

/** The ids a line can carry, in one spelling, so that a search by id finds every line of every service. */
export interface LogIds {
  readonly taskId?: string;
  readonly runId?: string;
  readonly attemptId?: string;
  readonly agentId?: string;
  readonly requestId?: string;
}

export function bindIds(logger: Logger, ids: LogIds): Logger {
  return logger.child({ ...ids });
}
