import { JOB_OUTCOMES } from '@bridge/queues';
import { defineMetrics, type MetricsOf } from '@bridge/service-kit';

/** Every metric of the dead-letter processor. */
export const METRICS = {
  intake: {
    type: 'counter',
    name: 'a2a_dlq_intake_total',
    help: 'Dead letters taken in: stored, or known already.',
    labels: { result: ['stored', 'known'] },
  },
  jobs: {
    type: 'counter',
    name: 'a2a_dlq_jobs_total',
    help: 'Jobs of the dead-letters queue, by outcome.',
    labels: { outcome: JOB_OUTCOMES },
  },
  stalled: {
    type: 'counter',
    name: 'a2a_dlq_jobs_stalled_total',
    help: 'Jobs taken over from a processor that died.',
  },
  refusals: {
    type: 'counter',
    name: 'a2a_dlq_refusals_total',
    help: 'Admin requests that were refused, by code.',
    labels: {
      code: ['UNAUTHENTICATED', 'REQUEST_MALFORMED', 'CURSOR_UNKNOWN', 'DEAD_LETTER_NOT_FOUND', 'other'],
    },
  },
  redisErrors: {
    type: 'counter',
    name: 'a2a_dlq_redis_connection_errors_total',
    help: 'Connection errors of the clients of our Redis.',
  },
} as const;

export type DlqMetrics = MetricsOf<typeof METRICS>;
export const createMetrics = (register: Parameters<typeof defineMetrics>[0]): DlqMetrics =>
  defineMetrics(register, METRICS);
