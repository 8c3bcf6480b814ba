import { queuePrefix } from '@bridge/redis-keys';
import { DelayedError, UnrecoverableError, Worker, createRedisBackend, type Job } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { policyOf, type JobOf, type QueueName } from './catalogue.ts';
import { readJob } from './read-job.ts';
import { settleWithin } from './settle-within.ts';

export const JOB_OUTCOMES = ['completed', 'failed', 'malformed', 'newer'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];

/** What a worker tells: for metrics, logs and the watchdog. Must not throw. */
export interface WorkerReport {
  /** One per job taken up. `seconds` in the handler; 0 where it was not called. */
  outcome(outcome: JobOutcome, seconds: number, error?: unknown): void;
  /** A job was taken from a worker that had died. */
  stalled(): void;
  /** An error outside any job: the connection, a lock, a job that could not be moved. */
  error(error: Error): void;
  /** The fetch loop or a job moved on; silence of more than `FETCH_LOOP_SILENCE_MS` plus a handler's time is a wedge. */
  progress(): void;
}

export interface JobContext {
  readonly jobId: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborts when the worker must close without waiting any longer. */
  readonly signal: AbortSignal;
}

export type JobHandler<Name extends QueueName> = (payload: JobOf<Name>, context: JobContext) => Promise<void>;

export interface WorkerDeps {
  /**
   * A connection that never gives up: `maxRetriesPerRequest: null`. Shared; the worker makes one more of its own
   * for the blocking fetch and closes that.
   */
  readonly redis: Redis | Cluster;
  /** Jobs at the same time in this process. */
  readonly concurrency: number;
  readonly report: WorkerReport;
}

export interface QueueWorker {
  /** @throws if the connection breaks in an unrecoverable way before the first fetch */
  ready(): Promise<void>;
  /** Takes no more jobs; what has been taken up goes on. */
  pause(): Promise<void>;
  /**
   * Takes no more jobs and waits for those taken up; when `signal` aborts (or after 30 s) their own signals abort,
   * and a second later the worker lets go of them. Idempotent: the first call decides.
   *
   * @throws Error if it had to let go of jobs
   */
  close(signal?: AbortSignal): Promise<void>;
}

/** An idle worker asks again this often: 2 commands each time, and the pace at which a dead connection is noticed. */
const DRAIN_DELAY_S = 5;
export const FETCH_LOOP_SILENCE_MS = 6 * DRAIN_DELAY_S * 1_000;
const CLOSE_LIMIT_MS = 30_000;
const LET_GO_MS = 1_000;

export function createWorker<Name extends QueueName>(
  name: Name,
  handler: JobHandler<Name>,
  deps: WorkerDeps,
): QueueWorker {
  const { redis, concurrency, report } = deps;
  const policy = policyOf(name);

  // Three parameters, for only then BullMQ makes the signal.
  async function process(job: Job<unknown>, token: string | undefined, signal?: AbortSignal): Promise<void> {
    report.progress();
    const read = readJob(name, job.data);
    if (read.kind === 'newer') {
      report.outcome('newer', 0);
      await job.moveToDelayed(Date.now() + policy.newerDelayMs, token);
      throw new DelayedError(
        `schemaVersion ${String(read.schemaVersion)} is newer than ${String(policy.newest)}`,
      );
    }
    if (read.kind === 'malformed') {
      const error = new UnrecoverableError(`malformed: ${read.problem}`);
      report.outcome('malformed', 0, error);
      throw error;
    }
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1_000;
    try {
      await handler(read.payload, {
        jobId: job.id ?? '',
        attempt: job.attemptsMade + 1,
        signal: signal ?? new AbortController().signal,
      });
      report.outcome('completed', seconds());
    } catch (error) {
      report.outcome('failed', seconds(), error);
      throw error;
    } finally {
      report.progress();
    }
  }

  const worker = new Worker<unknown, void>(
    name,
    process,
    {
      connection: redis,
      prefix: queuePrefix(name),
      concurrency,
      drainDelay: DRAIN_DELAY_S,
      lockDuration: policy.worker.lockDurationMs,
      stalledInterval: policy.worker.stalledIntervalMs,
      maxStalledCount: policy.worker.maxStalledCount,
      // BullMQ waits 15 s after a lost connection; the connection itself is back long before.
      runRetryDelay: 500,
    },
    (queue, options, flags) => {
      const backend = createRedisBackend(queue, options, flags);
      const waitForJob = backend.waitForJob.bind(backend);
      // The one place every round of the fetch loop comes through, idle or not; BullMQ has no event for it.
      backend.waitForJob = async (seconds) => {
        const found = await waitForJob(seconds);
        report.progress();
        return found;
      };
      return backend;
    },
  );
  worker.on('error', (error) => {
    report.error(error);
  });
  worker.on('stalled', () => {
    report.stalled();
  });

  async function close(signal: AbortSignal): Promise<void> {
    const closed = worker.close();
    const done = new AbortController();
    const aborted = new Promise<'aborted'>((resolve) => {
      const onAbort = (): void => {
        resolve('aborted');
      };
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { signal: done.signal });
    });
    if ((await Promise.race([closed, aborted])) === 'aborted') {
      worker.cancelAllJobs('the worker is closing');
      await settleWithin(
        LET_GO_MS,
        closed,
        () => new Error(`let go of the jobs of ${name} that did not end`),
      ).finally(disconnectBlocking);
    }
    done.abort();
  }

  /** Harmless when it is closed already. Without it a fetch that no Redis answers would outlive the worker. */
  async function disconnectBlocking(): Promise<void> {
    const client = worker.getBackend().blockingClient;
    // Not there before its first connection; a service whose worker never got `ready` exits anyway.
    (await Promise.race([client, Promise.resolve(undefined)]))?.disconnect();
  }

  let closing: Promise<void> | undefined;
  return {
    ready: async () => {
      await worker.waitUntilReady();
    },
    pause: () => worker.pause(true),
    close(signal) {
      const limit = AbortSignal.timeout(CLOSE_LIMIT_MS);
      closing ??= close(signal === undefined ? limit : AbortSignal.any([signal, limit]));
      return closing;
    },
  };
}
