import { LOG_LEVELS, count, defineConfig, durationMs, isLoopback, port, secret } from '@bridge/service-kit';
import { redisUrl } from '@bridge/redis-store';
import { z } from 'zod';

const variables = z.object({
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address to listen on.' }),
  DLQ_PORT: port().prefault('8082').meta({ description: 'Port of the admin API.' }),
  METRICS_PORT: port()
    .optional()
    .meta({ description: 'Port of its own for health and metrics; needed when HOST is not loopback.' }),
  REDIS_URL: redisUrl().prefault('redis://127.0.0.1:6379/0').meta({ description: 'Our Redis.' }),
  ADMIN_AUTH: z
    .enum(['none', 'token'])
    .optional()
    .meta({ description: 'How operators prove who they are. `none` is the default on loopback only.' }),
  ADMIN_TOKEN: secret({ minLength: 16 })
    .optional()
    .meta({ description: 'The bearer token of ADMIN_AUTH=token.' }),
  INTAKE_CONCURRENCY: count({ min: 1, max: 1_000 })
    .prefault('16')
    .meta({ description: 'Dead letters stored at once.' }),
  SHUTDOWN_BUDGET_MS: durationMs({ min: 1_000 })
    .prefault('10000')
    .meta({ description: 'For the whole stop, from the signal to the exit.' }),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').meta({ description: 'Least severe level that is logged.' }),
});

export const config = defineConfig(
  variables.superRefine((value, context) => {
    const issue = (variable: keyof typeof value, message: string): void => {
      context.addIssue({ code: 'custom', path: [variable], message });
    };
    const loopback = isLoopback(value.HOST);
    if (value.ADMIN_AUTH === undefined && !loopback) {
      issue('ADMIN_AUTH', `must be named when HOST is ${value.HOST}: strangers can reach it`);
    }
    if (value.ADMIN_AUTH === 'token' && value.ADMIN_TOKEN === undefined)
      issue('ADMIN_TOKEN', 'ADMIN_AUTH=token needs it');
    if (value.ADMIN_AUTH !== 'token' && value.ADMIN_TOKEN !== undefined) {
      issue('ADMIN_TOKEN', 'is only used by ADMIN_AUTH=token');
    }
    if (value.METRICS_PORT === undefined && !loopback) {
      issue('METRICS_PORT', `is needed when HOST is ${value.HOST}: health and metrics are not for strangers`);
    }
  }),
);

export type DlqConfig = z.output<typeof variables>;
