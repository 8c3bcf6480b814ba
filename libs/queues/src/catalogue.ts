import { DeadLetter, RunWakeup, SCHEMA_VERSION } from '@bridge/contracts';
import type { z } from 'zod';

/** What travels through a queue, and what happens to it when things go wrong. */
export interface QueuePolicy {
  readonly schema: z.ZodType<{ schemaVersion: number }>;
  /** Newest schemaVersion this build can read. A newer one is put off for a newer worker, never failed. */
  readonly newest: number;
  /** How long a job that is too new is put off. */
  readonly newerDelayMs: number;
  readonly job: {
    readonly attempts: number;
    /** Doubles from here. */
    readonly backoffMs: number;
    /** Keep what failed for good in the failed set. What completed is never kept. */
    readonly keepFailed: boolean;
  };
  readonly worker: {
    /** A worker that has not renewed the lock for so long has lost the job; renewed at half of it. */
    readonly lockDurationMs: number;
    readonly stalledIntervalMs: number;
    /** How often a job may be taken from workers that died before it fails. */
    readonly maxStalledCount: number;
  };
}

export const QUEUES = {
  /**
   * Hints (law L15): the input is in the run's inbox, and `ready` finds within a second what a lost hint leaves
   * behind. So nothing is tried twice and nothing is kept. The stalled check of this queue only clears away the
   * jobs of killed workers: `maxStalledCount: 0` fails them, and failed ones go.
   */
  'run-wakeups': {
    schema: RunWakeup,
    newest: SCHEMA_VERSION,
    newerDelayMs: 30_000,
    job: { attempts: 1, backoffMs: 0, keepFailed: false },
    worker: { lockDurationMs: 30_000, stalledIntervalMs: 30_000, maxStalledCount: 0 },
  },
  /**
   * Each job exists nowhere else until the processor has stored it, so it survives any number of dead workers
   * (5 s after the death, not BullMQ's 60 s), and what cannot be stored stays in the failed set for the reconciler.
   */
  'dead-letters': {
    schema: DeadLetter,
    newest: SCHEMA_VERSION,
    newerDelayMs: 30_000,
    job: { attempts: 8, backoffMs: 1_000, keepFailed: true },
    worker: { lockDurationMs: 5_000, stalledIntervalMs: 2_500, maxStalledCount: 1_000 },
  },
} as const satisfies Record<string, QueuePolicy>;

export type QueueName = keyof typeof QUEUES;
export type JobOf<Queue extends QueueName> = z.output<(typeof QUEUES)[Queue]['schema']>;

export function policyOf(queue: QueueName): QueuePolicy {
  return QUEUES[queue];
}
