import { createWorker, type QueueWorker } from '@bridge/queues';
import type { DeadLetterStore, RedisClient } from '@bridge/redis-store';
import type { Logger } from '@bridge/service-kit';
import type { DlqMetrics } from './metrics.ts';

export interface IntakeDeps {
  /** A connection that never gives up. */
  readonly redis: RedisClient;
  readonly store: DeadLetterStore;
  readonly concurrency: number;
  readonly metrics: DlqMetrics;
  readonly logger: Logger;
  readonly onError: (error: Error) => void;
  readonly progress: () => void;
}

/** From the queue into the store; a letter that cannot be stored stays in its queue. */
export function startIntake(deps: IntakeDeps): QueueWorker {
  const { store, metrics, logger } = deps;
  return createWorker(
    'dead-letters',
    async (letter) => {
      const stored = await store.store(letter);
      metrics.intake.inc({ result: stored ? 'stored' : 'known' });
      const { id, kind, epoch, code, runId } = letter;
      if (stored) logger.warn({ deadLetterId: id, kind, epoch, code, runId }, 'dead letter');
    },
    {
      redis: deps.redis,
      concurrency: deps.concurrency,
      report: {
        outcome(outcome, _seconds, error) {
          metrics.jobs.inc({ outcome });
          if (error !== undefined) logger.error({ err: error, outcome }, 'a dead letter could not be stored');
        },
        stalled: () => {
          metrics.stalled.inc();
        },
        error: deps.onError,
        progress: deps.progress,
      },
    },
  );
}
