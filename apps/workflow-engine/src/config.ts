import {
  LOG_LEVELS,
  commaList,
  count,
  defineConfig,
  durationMs,
  isLoopback,
  port,
} from '@bridge/service-kit';
import { isClusterUrl, redisUrl } from '@bridge/redis-store';
import { z } from 'zod';

const DAY_MS = 86_400_000;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const variables = z.object({
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address of health and metrics.' }),
  ENGINE_PORT: port().prefault('8081').meta({ description: 'Port of health and metrics.' }),
  METRICS_PORT: port().optional().meta({
    description: 'Port of health and metrics when HOST is not loopback; then ENGINE_PORT is not used.',
  }),
  REDIS_URL: redisUrl()
    .prefault('redis://127.0.0.1:6379/0')
    .meta({ description: 'Our Redis: runs, inboxes, events, queues.' }),
  LEGACY_REDIS_URL: redisUrl()
    .optional()
    .meta({ description: "The agents' Redis; the same server as REDIS_URL where absent. A single primary." }),
  LEGACY_TZ: z
    .string()
    .refine(isTimeZone, 'is no IANA time zone')
    .default(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
    .meta({ description: "Time zone of the agents' naive timestamps.", expects: 'an IANA time zone' }),
  REPLY_WATCH: z
    .enum(['auto', 'tracking', 'polling'])
    .default('auto')
    .meta({ description: 'How replies are noticed: by notices of Redis, by polling, or whichever works.' }),
  REPLY_TIMEOUT_MS: durationMs({ min: 100 })
    .prefault('30000')
    .meta({ description: 'From the LPUSH of an assignment to its reply.' }),
  QUEUE_WAIT_MS: durationMs({ min: 100 })
    .prefault('300000')
    .meta({ description: 'How long a step may wait for an agent that has room.' }),
  RUN_DEADLINE_MS: durationMs({ min: 1_000 })
    .prefault(String(DAY_MS))
    .meta({ description: 'From the start of a run to its end.' }),
  RETENTION_MS: durationMs({ min: 1_000 })
    .prefault(String(DAY_MS))
    .meta({ description: 'How long a run and all that belongs to it stay after its end.' }),
  RETRY_BACKOFF_MS: commaList(z.string().regex(/^\d{1,7}$/))
    .transform((list) => list.map(Number))
    .prefault('1000,2000,4000')
    .meta({
      description: 'Delay before each retry; as many retries as there are delays.',
      expects: 'milliseconds, separated by commas',
    }),
  AGENT_MAX_IN_FLIGHT: count({ min: 1, max: 10_000 })
    .prefault('8')
    .meta({ description: 'Open attempts of one engine at one agent.' }),
  AGENT_FRESH_MS: durationMs({ min: 1_000 }).prefault(String(DAY_MS)).meta({
    description:
      'How long after its last sign of life an agent counts as there. Some never beat again after they registered.',
  }),
  AGENT_SCAN_MS: durationMs({ min: 100 })
    .prefault('10000')
    .meta({ description: 'Pause between full scans of the registry, the net behind the notices.' }),
  WAKEUP_CONCURRENCY: count({ min: 1, max: 1_000 })
    .prefault('32')
    .meta({ description: 'Wake-up jobs worked on at once.' }),
  CACHED_RUNS: count({ min: 0, max: 1_000_000 })
    .prefault('10000')
    .meta({ description: 'Folded states kept in memory; a missing one is read again.' }),
  SHUTDOWN_BUDGET_MS: durationMs({ min: 1_000 })
    .prefault('10000')
    .meta({ description: 'For the whole stop, from the signal to the exit.' }),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').meta({ description: 'Least severe level that is logged.' }),
});

export const config = defineConfig(
  variables.superRefine((value, context) => {
    if (value.METRICS_PORT === undefined && !isLoopback(value.HOST)) {
      context.addIssue({
        code: 'custom',
        path: ['METRICS_PORT'],
        message: `is needed when HOST is ${value.HOST}`,
      });
    }
    if (isClusterUrl(value.REDIS_URL.reveal()) && value.LEGACY_REDIS_URL === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['LEGACY_REDIS_URL'],
        message: 'is needed when REDIS_URL is a cluster: scripts use several legacy keys together',
      });
    }
    if (value.LEGACY_REDIS_URL !== undefined && isClusterUrl(value.LEGACY_REDIS_URL.reveal())) {
      context.addIssue({
        code: 'custom',
        path: ['LEGACY_REDIS_URL'],
        message: 'must be a single primary, not a cluster',
      });
    }
  }),
);

export type EngineConfig = z.output<typeof variables>;
