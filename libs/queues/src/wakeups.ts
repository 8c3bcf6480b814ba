import { SCHEMA_VERSION, type RunId } from '@bridge/contracts';
import type { Producer } from './producer.ts';

export type WakeResult =
  | { readonly kind: 'sent' }
  /** Not sent, or not known to be. Nothing is lost: `ready` holds the run, and a sweep wakes it. */
  | { readonly kind: 'failed'; readonly error: Error };

export interface WakeupsReport {
  /** One job with so many runs. */
  sent(runs: number): void;
  failed(runs: number, error: Error): void;
}

export interface WakeupsDeps {
  readonly producer: Pick<Producer<'run-wakeups'>, 'add'>;
  readonly report?: WakeupsReport;
  readonly maxRunsPerJob?: number;
  /** Jobs on their way to Redis at the same time; what comes meanwhile travels together in the next one. */
  readonly maxInFlight?: number;
}

export interface Wakeups {
  /**
   * Says that a run has input, after the input was put. Wake-ups of one turn of the event loop become one job.
   * Never rejects, so a caller who does not care may ignore the promise; one who does looks at the result.
   */
  wake(runId: RunId): Promise<WakeResult>;
  /** Resolves when nothing is on its way any more: for the flush phase of a stop. */
  idle(): Promise<void>;
}

interface Pending {
  readonly result: Promise<WakeResult>;
  readonly settle: (result: WakeResult) => void;
}

export function createWakeups(deps: WakeupsDeps): Wakeups {
  const { producer, report, maxRunsPerJob = 200, maxInFlight = 2 } = deps;
  const pending = new Map<RunId, Pending>();
  let inFlight = 0;
  let scheduled = false;
  let whenIdle: (() => void)[] = [];

  function schedule(): void {
    if (scheduled || pending.size === 0 || inFlight >= maxInFlight) return;
    scheduled = true;
    // setImmediate, not a microtask: it runs after all callbacks of this turn, so a burst of requests is one job.
    setImmediate(() => {
      scheduled = false;
      while (pending.size > 0 && inFlight < maxInFlight) void send();
    });
  }

  async function send(): Promise<void> {
    const batch = [...pending].slice(0, maxRunsPerJob);
    // Taken out before the add: a wake-up that comes while it is on its way may be for newer input.
    for (const [runId] of batch) pending.delete(runId);
    inFlight++;
    const result = await add(batch.map(([runId]) => runId));
    inFlight--;
    for (const [, { settle }] of batch) settle(result);
    if (pending.size === 0 && inFlight === 0) {
      for (const resolve of whenIdle) resolve();
      whenIdle = [];
    }
    schedule();
  }

  async function add(runs: RunId[]): Promise<WakeResult> {
    try {
      await producer.add({ schemaVersion: SCHEMA_VERSION, runs });
      report?.sent(runs.length);
      return { kind: 'sent' };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      report?.failed(runs.length, error);
      return { kind: 'failed', error };
    }
  }

  return {
    wake(runId) {
      const known = pending.get(runId);
      if (known !== undefined) return known.result;
      const { promise, resolve } = withResolver<WakeResult>();
      pending.set(runId, { result: promise, settle: resolve });
      schedule();
      return promise;
    },
    idle() {
      if (pending.size === 0 && inFlight === 0) return Promise.resolve();
      return new Promise((resolve) => {
        whenIdle.push(resolve);
      });
    },
  };
}

function withResolver<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
