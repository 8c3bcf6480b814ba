import type { AcceptanceRecord } from '@bridge/contracts';
import { classifyRedisError, type OwnerIndex, type PutResult, type RunStore } from '@bridge/redis-store';
import { createGuard, type GuardOutcome, type GuardState } from '@bridge/resilience';

/** What a client's request may ask of Redis. */
export interface GuardedStore extends Pick<RunStore, 'put' | 'task' | 'visibleEvents'> {
  /**
   * Lists the task for its owner and makes it durable. Sent in this order and answered together: should only the
   * second get through, the caller hears no success, and the engine lists the task.
   */
  accept(record: AcceptanceRecord): Promise<PutResult>;
  close(): void;
}

export interface GuardedStoreDeps {
  readonly store: RunStore;
  readonly index: OwnerIndex;
  /** After so long a client hears that nothing was heard, ms. */
  readonly timeoutMs: number;
  readonly onState: (state: GuardState) => void;
  readonly onOutcome: (outcome: GuardOutcome) => void;
}

/**
 * One time limit and one breaker around everything that a request asks of Redis: while it is away, requests are
 * refused at once instead of piling up behind it. Rejects with REDIS_UNAVAILABLE, or with what the store says.
 */
export function createGuardedStore(deps: GuardedStoreDeps): GuardedStore {
  const { store, index } = deps;
  const guard = createGuard('store', (work: () => Promise<unknown>) => work(), {
    timeoutMs: deps.timeoutMs,
    unavailable: 'REDIS_UNAVAILABLE',
    classify: classifyRedisError,
    onState: deps.onState,
    onOutcome: deps.onOutcome,
  });
  // The guard hands through what `work` gives; its type is one for all calls.
  const guarded = <T>(work: () => Promise<T>): Promise<T> => guard.call(work) as Promise<T>;
  return {
    accept: (record) =>
      guarded(async () => {
        const [, result] = await Promise.all([
          index.add(record, record.runId, record.acceptedAt),
          store.accept(record),
        ]);
        return result;
      }),
    put: (runId, command) => guarded(() => store.put(runId, command)),
    task: (runId) => guarded(() => store.task(runId)),
    visibleEvents: (runId, after) => guarded(() => store.visibleEvents(runId, after)),
    close: () => {
      guard.close();
    },
  };
}
