import type { RunId } from '@bridge/contracts';
import type { RunState } from '@bridge/workflow-core';

/**
 * Folded states this process read or appended last, so that a reply to a run of 1,000 steps reads nothing.
 * Never trusted: `append` verifies the version, `drain` says whether it still holds.
 */
export interface StateCache {
  get(runId: RunId): RunState | undefined;
  set(state: RunState): void;
  delete(runId: RunId): void;
  /** After a lost connection: a failover can bring another state under the same version. */
  clear(): void;
}

/** @param capacity runs; the one unused for longest goes first */
export function createStateCache(capacity: number): StateCache {
  const states = new Map<RunId, RunState>();
  return {
    get(runId) {
      const state = states.get(runId);
      if (state === undefined) return undefined;
      // A Map keeps insertion order: re-inserting makes this the youngest.
      states.delete(runId);
      states.set(runId, state);
      return state;
    },
    set(state) {
      const { runId } = state.record;
      states.delete(runId);
      states.set(runId, state);
      if (states.size > capacity) {
        const oldest = states.keys().next();
        if (!oldest.done) states.delete(oldest.value);
      }
    },
    delete(runId) {
      states.delete(runId);
    },
    clear() {
      states.clear();
    },
  };
}
