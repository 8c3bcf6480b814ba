import { queuePrefix } from '@bridge/redis-keys';
import { Queue, type JobsOptions } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { policyOf, type JobOf, type QueueName } from './catalogue.ts';
import { settleWithin } from './settle-within.ts';

export interface ProducerDeps {
  /**
   * A connection that gives up in time: finite `commandTimeout` and `maxRetriesPerRequest`. Shared with whatever
   * else it is used for; its maker closes it.
   */
  readonly redis: Redis | Cluster;
  /** Makes an error of this system out of what Redis or BullMQ throws. */
  readonly classify: (error: unknown) => Error;
  /** How long the first use may wait for the connection. */
  readonly timeoutMs?: number;
  /** Check payloads against the schema before they are sent. For tests: the compiler does it for free. */
  readonly parseOnSend?: boolean;
}

export interface QueueStats {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  /** By this process's clock; 0 if nothing waits. */
  readonly oldestWaitingMs: number;
}

export interface Producer<Name extends QueueName> {
  readonly queue: Name;
  /**
   * Without a job id: an add with the id of a job in flight would be ignored (law L15).
   *
   * @throws what `classify` makes of it. After a timeout the job may have been added: unknown, not failed.
   */
  add(payload: JobOf<Name>): Promise<void>;
  /** All of them in one transaction. @throws like `add` */
  addBulk(payloads: readonly JobOf<Name>[]): Promise<void>;
  /** @throws like `add` */
  stats(): Promise<QueueStats>;
  /** Leaves the connection open: it is not the producer's. */
  close(): Promise<void>;
}

/** Nobody reads BullMQ's event stream here, and it would keep 10,000 entries per queue. */
const KEPT_EVENTS = 100;

export function createProducer<Name extends QueueName>(name: Name, deps: ProducerDeps): Producer<Name> {
  const { redis, classify, timeoutMs = 2_000, parseOnSend = false } = deps;
  const { schema, job } = policyOf(name);
  const queue = new Queue<unknown, void>(name, {
    connection: redis,
    prefix: queuePrefix(name),
    streams: { events: { maxLen: KEPT_EVENTS } },
    // One INFO that fails while Redis is away would break this queue for ever.
    skipVersionCheck: true,
  });
  // Connection errors are reported by the connection's maker, and every failed call throws.
  queue.on('error', () => undefined);
  const options: JobsOptions = {
    attempts: job.attempts,
    removeOnComplete: true,
    removeOnFail: !job.keepFailed,
    ...(job.backoffMs > 0 ? { backoff: { type: 'exponential', delay: job.backoffMs } } : {}),
  };
  let connected = false;
  let closing: Promise<void> | undefined;

  async function call<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      if (!connected) {
        // BullMQ itself would wait for ever for a Redis that has never been there.
        await settleWithin(timeoutMs, queue.waitUntilReady(), () => new Error('Connection is closed.'));
        connected = true;
      }
      return await work();
    } catch (error) {
      throw classify(error);
    }
  }

  const checked = (payload: JobOf<Name>): JobOf<Name> => {
    if (parseOnSend) schema.parse(payload);
    return payload;
  };

  return {
    queue: name,
    async add(payload) {
      checked(payload);
      await call(() => queue.add(name, payload, options));
    },
    async addBulk(payloads) {
      if (payloads.length === 0) return;
      const jobs = payloads.map((payload) => ({ name, data: checked(payload), opts: options }));
      await call(() => queue.addBulk(jobs));
    },
    stats: () =>
      call(async () => {
        const [counts, oldest] = await Promise.all([
          queue.getJobCounts('wait', 'active', 'delayed', 'failed'),
          queue.getJobs(['wait'], 0, 0, true),
        ]);
        const since = oldest[0]?.timestamp;
        return {
          waiting: counts['wait'] ?? 0,
          active: counts['active'] ?? 0,
          delayed: counts['delayed'] ?? 0,
          failed: counts['failed'] ?? 0,
          oldestWaitingMs: since === undefined ? 0 : Math.max(0, Date.now() - since),
        };
      }),
    close() {
      closing ??= queue.close();
      return closing;
    },
  };
}
