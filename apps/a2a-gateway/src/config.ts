import {
  LOG_LEVELS,
  commaList,
  count,
  defineConfig,
  durationMs,
  isLoopback,
  port,
} from '@bridge/service-kit';
import { redisUrl } from '@bridge/redis-store';
import { z } from 'zod';
import { ApiKey } from './auth/authenticator.ts';

/** JSON in a variable, shown to nobody: it says who may call. */
const apiKeys = z
  .string()
  .transform((text, context) => {
    const parsed = ApiKeys.safeParse(jsonOrNull(text));
    if (parsed.success) {
      const keys = parsed.data;
      return { keys, toJSON: () => `${String(keys.length)} keys` };
    }
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: 'custom', message: `${path.join('.') || 'list'}: ${message}` });
    }
    return z.NEVER;
  })
  .meta({ expects: 'a JSON list of {"principal", "tenant"?, "sha256"}', secret: true });

const ApiKeys = z
  .array(ApiKey)
  .min(1)
  .refine((keys) => new Set(keys.map(({ sha256 }) => sha256)).size === keys.length, 'one key appears twice');

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const publicUrl = z
  .url({ protocol: /^https?$/ })
  .transform((url) => url.replace(/\/+$/, ''))
  .meta({ expects: 'an http or https URL' });

const variables = z.object({
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address to listen on.' }),
  GATEWAY_PORT: port().prefault('8080').meta({ description: 'Port for A2A clients.' }),
  METRICS_PORT: port()
    .optional()
    .meta({ description: 'Port of its own for health and metrics; needed when HOST is not loopback.' }),
  PUBLIC_URL: publicUrl.optional().meta({
    description: 'How clients reach this gateway; the only source of URLs in cards. Default: HOST and port.',
  }),
  REDIS_URL: redisUrl()
    .prefault('redis://127.0.0.1:6379/0')
    .meta({ description: 'Our Redis: runs, inboxes, events.' }),
  AUTH: z
    .enum(['none', 'api-key'])
    .optional()
    .meta({ description: 'How clients prove who they are. `none` is the default on loopback only.' }),
  API_KEYS: apiKeys
    .optional()
    .meta({ description: 'The keys of AUTH=api-key: SHA-256 of each key, and whom it stands for.' }),
  CORS_ORIGINS: commaList()
    .prefault('')
    .meta({ description: 'Origins of web pages that may call; none by default.' }),
  MAX_BODY_BYTES: count({ min: 1_024, max: 104_857_600 })
    .prefault('1048576')
    .meta({ description: 'Largest request body.' }),
  MAX_JSON_DEPTH: count({ min: 8, max: 512 })
    .prefault('64')
    .meta({ description: 'How deep a request may nest arrays and objects.' }),
  REDIS_TIMEOUT_MS: durationMs({ min: 50 })
    .prefault('2000')
    .meta({ description: 'After so long without an answer of Redis a client hears 503.' }),
  STREAM_HEARTBEAT_MS: durationMs({ min: 100 })
    .prefault('15000')
    .meta({ description: 'Pause between heartbeats on a quiet stream.' }),
  STREAM_STALL_MS: durationMs({ min: 100 })
    .prefault('60000')
    .meta({ description: 'A stream whose reader takes nothing for so long is dropped.' }),
  FOLLOW_POLL_MS: durationMs({ min: 50 })
    .prefault('1000')
    .meta({ description: 'How often an open request looks for itself, in case a hint was lost.' }),
  ANSWER_WAIT_MS: durationMs().prefault('5000').meta({
    description: 'How long a cancel, or a message to a task, waits for the engine to have taken it.',
  }),
  SHUTDOWN_BUDGET_MS: durationMs({ min: 1_000 })
    .prefault('10000')
    .meta({ description: 'For the whole stop, from the signal to the exit.' }),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').meta({ description: 'Least severe level that is logged.' }),
});

export const config = defineConfig(
  variables.superRefine((value, context) => {
    const loopback = isLoopback(value.HOST);
    const issue = (variable: keyof typeof value, message: string): void => {
      context.addIssue({ code: 'custom', path: [variable], message });
    };
    if (value.AUTH === undefined && !loopback) {
      issue('AUTH', `must be named when HOST is ${value.HOST}: strangers can reach it`);
    }
    if (value.AUTH === 'api-key' && value.API_KEYS === undefined) issue('API_KEYS', 'AUTH=api-key needs it');
    if (value.AUTH !== 'api-key' && value.API_KEYS !== undefined)
      issue('API_KEYS', 'is only used by AUTH=api-key');
    if (value.METRICS_PORT === undefined && !loopback) {
      issue('METRICS_PORT', `is needed when HOST is ${value.HOST}: health and metrics are not for strangers`);
    }
  }),
);

export type GatewayConfig = z.output<typeof variables>;
