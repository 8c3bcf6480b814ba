import type { DeadLetter, RunId } from '@bridge/contracts';
import { queuePrefix } from '@bridge/redis-keys';
import { createGate, eventually, monitor, useRedis } from '@bridge/test-kit';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { QUEUES, type JobOf, type QueueName } from './catalogue.ts';
import { createProducer, type Producer } from './producer.ts';
import { createWorker, type JobHandler, type JobOutcome, type QueueWorker } from './worker.ts';

const redis = useRedis();
const run = (index: number): RunId => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}` as RunId;

class StoreDown extends Error {}
const classify = (cause: unknown): Error => new StoreDown('store down', { cause });

function producerOf<Name extends QueueName>(name: Name, timeoutMs = 2_000): Producer<Name> {
  const connection = redis.client({ maxRetriesPerRequest: 1, commandTimeout: timeoutMs });
  connection.on('error', () => undefined);
  const producer = createProducer(name, { redis: connection, classify, timeoutMs, parseOnSend: true });
  redis.defer(() => producer.close());
  return producer;
}

interface Seen {
  readonly worker: QueueWorker;
  readonly outcomes: JobOutcome[];
  readonly errors: Error[];
  stalled: number;
  progress: number;
}

async function workerOf<Name extends QueueName>(
  name: Name,
  handler: JobHandler<Name>,
  concurrency = 4,
): Promise<Seen> {
  const connection = redis.client({ maxRetriesPerRequest: null });
  connection.on('error', () => undefined);
  const outcomes: JobOutcome[] = [];
  const errors: Error[] = [];
  const seen: Seen = {
    outcomes,
    errors,
    stalled: 0,
    progress: 0,
    worker: createWorker(name, handler, {
      redis: connection,
      concurrency,
      report: {
        outcome: (outcome) => outcomes.push(outcome),
        stalled: () => {
          seen.stalled++;
        },
        error: (error) => errors.push(error),
        progress: () => {
          seen.progress++;
        },
      },
    }),
  };
  redis.defer(() => seen.worker.close(AbortSignal.timeout(2_000)).catch(() => undefined));
  await seen.worker.ready();
  return seen;
}

/** BullMQ itself, as somebody else's version would write and an operator would look. */
function rawQueue(name: QueueName): Queue {
  const queue = new Queue(name, {
    connection: redis.client({ maxRetriesPerRequest: null }),
    prefix: queuePrefix(name),
  });
  redis.defer(() => queue.close());
  return queue;
}

const letter = (id: string): DeadLetter => ({
  schemaVersion: 1,
  tenant: 'default',
  principal: 'anonymous',
  traceparent: null,
  id,
  kind: 'step',
  epoch: 0,
  code: 'OUTCOME_UNKNOWN',
  message: 'x',
  at: 1,
  attempts: [],
});

beforeEach(() => redis.flush());

describe('a queue', () => {
  it('carries jobs from producer to worker, typed and unchanged, and keeps nothing that is done', async () => {
    const producer = producerOf('run-wakeups');
    const received: JobOf<'run-wakeups'>[] = [];
    const seen = await workerOf('run-wakeups', (job) => {
      received.push(job);
      return Promise.resolve();
    });
    await producer.add({ schemaVersion: 1, runs: [run(1), run(2)] });
    await producer.addBulk([
      { schemaVersion: 1, runs: [run(3)] },
      { schemaVersion: 1, runs: [run(4)] },
    ]);
    await eventually(() => seen.outcomes.length === 3);
    expect(received.flatMap(({ runs }) => runs).sort()).toEqual([run(1), run(2), run(3), run(4)]);
    expect(seen.outcomes).toEqual(['completed', 'completed', 'completed']);
    await eventually(async () => {
      expect(await producer.stats()).toEqual({
        waiting: 0,
        active: 0,
        delayed: 0,
        failed: 0,
        oldestWaitingMs: 0,
      });
    });
    expect(await redis.client().keys(`${queuePrefix('run-wakeups')}:run-wakeups:[0-9]*`)).toEqual([]);
    expect(seen.errors).toEqual([]);
  });

  it('lives under its own hash tag, so that it stays in one slot', async () => {
    const producer = producerOf('dead-letters');
    await producer.add(letter('a'));
    const keys = await redis.client().keys('*');
    expect(keys.length).toBeGreaterThan(2);
    expect(keys.every((key) => key.startsWith('{a2ab:q:dead-letters}:'))).toBe(true);
  });

  it('tells how much waits, and for how long', async () => {
    const producer = producerOf('dead-letters');
    await producer.addBulk([letter('a'), letter('b')]);
    await eventually(async () => (await producer.stats()).oldestWaitingMs > 0);
    expect(await producer.stats()).toMatchObject({ waiting: 2, active: 0 });
  });

  it('refuses to send what its schema refuses, where a test asked for that', async () => {
    const producer = producerOf('run-wakeups');
    await expect(producer.add({ schemaVersion: 1, runs: [] })).rejects.toThrow();
    expect(await producer.stats()).toMatchObject({ waiting: 0 });
  });
});

describe('a job of a newer version', () => {
  it('is put off for a newer worker, not failed', async () => {
    const queue = rawQueue('dead-letters');
    const seen = await workerOf('dead-letters', () => Promise.reject(new Error('must not be called')));
    const { id } = await queue.add('dead-letters', { schemaVersion: 2, shape: 'unknown' });
    await eventually(async () => {
      expect(await queue.getJobCounts('delayed', 'failed', 'active')).toEqual({
        delayed: 1,
        failed: 0,
        active: 0,
      });
    });
    expect(seen.outcomes).toEqual(['newer']);
    const job = await queue.getJob(id ?? '');
    expect(job?.delay).toBeGreaterThan(20_000);
    expect(job?.attemptsMade).toBe(0);
    // A newer worker would find it whole.
    expect(job?.data).toEqual({ schemaVersion: 2, shape: 'unknown' });
  });
});

describe('a malformed job', () => {
  it('of dead letters is counted and stays in the failed set, without being tried again', async () => {
    const queue = rawQueue('dead-letters');
    const seen = await workerOf('dead-letters', () => Promise.reject(new Error('must not be called')));
    const { id } = await queue.add('dead-letters', { schemaVersion: 1, id: 'canary' }, { attempts: 5 });
    await eventually(async () => {
      expect(await queue.getJobCounts('failed')).toEqual({ failed: 1 });
    });
    expect(seen.outcomes).toEqual(['malformed']);
    const job = await queue.getJob(id ?? '');
    expect(job?.failedReason).toMatch(/^malformed: /);
    expect(job?.failedReason).not.toContain('canary');
  });

  it('of wake-ups is counted and goes: it was only a hint', async () => {
    const queue = rawQueue('run-wakeups');
    const seen = await workerOf('run-wakeups', () => Promise.resolve());
    await queue.add('run-wakeups', 'nonsense', { removeOnFail: true });
    await eventually(() => seen.outcomes.includes('malformed'));
    await eventually(async () => {
      expect(await queue.getJobCounts('failed', 'active', 'wait')).toEqual({ failed: 0, active: 0, wait: 0 });
    });
  });
});

describe('a handler that fails', () => {
  it('makes a wake-up go, counted: `ready` still holds the run', async () => {
    const producer = producerOf('run-wakeups');
    const seen = await workerOf('run-wakeups', () => Promise.reject(new Error('no')));
    await producer.add({ schemaVersion: 1, runs: [run(1)] });
    await eventually(() => seen.outcomes.includes('failed'));
    await eventually(async () => {
      expect(await producer.stats()).toMatchObject({ waiting: 0, active: 0, delayed: 0, failed: 0 });
    });
    expect(seen.outcomes).toEqual(['failed']);
  });

  it('makes a dead letter come back', async () => {
    const producer = producerOf('dead-letters');
    const attempts: number[] = [];
    const seen = await workerOf('dead-letters', (_letter, { attempt }) => {
      attempts.push(attempt);
      return attempt === 1 ? Promise.reject(new Error('not now')) : Promise.resolve();
    });
    await producer.add(letter('a'));
    await eventually(() => seen.outcomes.length === 2);
    expect(seen.outcomes).toEqual(['failed', 'completed']);
    expect(attempts).toEqual([1, 2]);
  });
});

describe('a producer', () => {
  it('gives up in time on a Redis that hangs, with an error of ours', async () => {
    const producer = producerOf('run-wakeups', 300);
    await producer.add({ schemaVersion: 1, runs: [run(1)] });
    await redis.server().kill('SIGSTOP');
    const startedAt = performance.now();
    try {
      await expect(producer.add({ schemaVersion: 1, runs: [run(2)] })).rejects.toBeInstanceOf(StoreDown);
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    } finally {
      await redis.server().kill('SIGCONT');
    }
    await eventually(() => producer.add({ schemaVersion: 1, runs: [run(3)] }).then(() => true));
  });

  it('gives up in time on a Redis that has never been there, and works once it is', async () => {
    const connection = new Redis({ port: 1, maxRetriesPerRequest: 1, retryStrategy: () => 50 });
    redis.defer(() => {
      connection.disconnect();
    });
    connection.on('error', () => undefined);
    const producer = createProducer('run-wakeups', { redis: connection, classify, timeoutMs: 200 });
    redis.defer(() => producer.close());
    await expect(producer.add({ schemaVersion: 1, runs: [run(1)] })).rejects.toBeInstanceOf(StoreDown);
    connection.options.port = redis.port();
    await eventually(() => producer.add({ schemaVersion: 1, runs: [run(1)] }).then(() => true));
  });
});

describe('a worker', () => {
  it('waits for what it has taken up when it closes, takes no more, and closes once', async () => {
    const producer = producerOf('run-wakeups');
    const gate = createGate();
    let started = 0;
    const seen = await workerOf(
      'run-wakeups',
      async () => {
        started++;
        await gate.passed;
      },
      1,
    );
    await producer.addBulk([
      { schemaVersion: 1, runs: [run(1)] },
      { schemaVersion: 1, runs: [run(2)] },
    ]);
    await eventually(() => started === 1);
    const closing = seen.worker.close(AbortSignal.timeout(5_000));
    gate.open();
    await Promise.all([closing, seen.worker.close()]);
    expect(seen.outcomes).toEqual(['completed']);
    expect(await producer.stats()).toMatchObject({ waiting: 1, active: 0 });
  });

  it('tells its handlers when it can wait no longer', async () => {
    const producer = producerOf('run-wakeups');
    const stop = new AbortController();
    const reasons: string[] = [];
    const seen = await workerOf(
      'run-wakeups',
      (_job, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            reasons.push(String(signal.reason));
            resolve();
          });
          reasons.push('started');
        }),
    );
    await producer.add({ schemaVersion: 1, runs: [run(1)] });
    await eventually(() => reasons.includes('started'));
    const closing = seen.worker.close(stop.signal);
    stop.abort();
    await closing;
    expect(reasons).toEqual(['started', 'the worker is closing']);
  });

  it('lets go of a handler that ignores that, and says so', async () => {
    const producer = producerOf('run-wakeups');
    const gate = createGate();
    let started = false;
    const seen = await workerOf('run-wakeups', async () => {
      started = true;
      await gate.passed;
    });
    await producer.add({ schemaVersion: 1, runs: [run(1)] });
    await eventually(() => started);
    await expect(seen.worker.close(AbortSignal.abort())).rejects.toThrow(/let go/);
    gate.open();
  });

  it('pauses: what comes then waits for others', async () => {
    const producer = producerOf('run-wakeups');
    const seen = await workerOf('run-wakeups', () => Promise.resolve());
    await producer.add({ schemaVersion: 1, runs: [run(1)] });
    await eventually(() => seen.outcomes.length === 1);
    await seen.worker.pause();
    await seen.worker.close(AbortSignal.timeout(5_000));
    await producer.add({ schemaVersion: 1, runs: [run(2)] });
    expect(await producer.stats()).toMatchObject({ waiting: 1 });
  });

  it('goes on after Redis was away, without a new start', async () => {
    const producer = producerOf('run-wakeups', 500);
    const seen = await workerOf('run-wakeups', () => Promise.resolve());
    await redis.server().restart();
    await eventually(() => producer.add({ schemaVersion: 1, runs: [run(1)] }).then(() => true));
    await eventually(() => seen.outcomes.length >= 1, { timeoutMs: 15_000 });
  });

  it('takes over a dead letter from a worker that died', async () => {
    const producer = producerOf('dead-letters');
    await producer.add(letter('a'));
    // A worker that never renews and never ends its job is what a killed process looks like from outside.
    const dead = new Worker('dead-letters', null, {
      connection: redis.client({ maxRetriesPerRequest: null }),
      prefix: queuePrefix('dead-letters'),
      lockDuration: QUEUES['dead-letters'].worker.lockDurationMs,
    });
    redis.defer(() => dead.close(true));
    expect(await dead.getNextJob('dead')).toMatchObject({ data: letter('a') });
    const seen = await workerOf('dead-letters', () => Promise.resolve());
    await eventually(() => seen.outcomes.length === 1, { timeoutMs: 15_000 });
    expect(seen.outcomes).toEqual(['completed']);
    expect(seen.stalled).toBe(1);
  });

  it('closes in bounded time while Redis hangs, and leaves no connection', async () => {
    const seen = await workerOf('run-wakeups', () => Promise.resolve());
    await redis.server().kill('SIGSTOP');
    const startedAt = performance.now();
    try {
      await seen.worker.close(AbortSignal.timeout(200)).catch(() => undefined);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    } finally {
      await redis.server().kill('SIGCONT');
    }
  });

  it('leaves no connection but the one it was given', async () => {
    const list = async (): Promise<number> =>
      String(await observer.client('LIST'))
        .trim()
        .split('\n').length;
    const observer = redis.client();
    const given = redis.client({ maxRetriesPerRequest: null });
    await eventually(() => given.status === 'ready');
    const before = await list();
    const report = {
      outcome: () => undefined,
      stalled: () => undefined,
      error: () => undefined,
      progress: () => undefined,
    };
    const worker = createWorker('run-wakeups', () => Promise.resolve(), {
      redis: given,
      concurrency: 1,
      report,
    });
    const producer = createProducer('run-wakeups', { redis: given, classify });
    await worker.ready();
    await producer.add({ schemaVersion: 1, runs: [run(1)] });
    expect(await list()).toBe(before + 1);
    await Promise.all([worker.close(), producer.close()]);
    await eventually(async () => {
      expect(await list()).toBe(before);
    });
    expect(await given.ping()).toBe('PONG');
  });

  it('shows progress while nothing comes, for two commands each time', async () => {
    const seen = await workerOf('run-wakeups', () => Promise.resolve());
    const watch = await monitor(redis.client());
    redis.defer(() => watch.stop());
    const before = seen.progress;
    await eventually(() => seen.progress > before, { timeoutMs: 8_000 });
    const sent = (await watch.commands())
      .filter(({ source }) => source === 'client')
      .map(({ args }) => args[0]);
    expect(sent.length).toBeLessThanOrEqual(4);
    expect(sent).toContain('BZPOPMIN');
  });
});
