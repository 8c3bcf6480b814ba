import type { RunId } from '@bridge/contracts';

/** Runs with a held step, in the order they were held. A hint: the `hold` timers on the agenda are the net. */
export interface HeldRuns {
  add(runId: RunId): void;
  remove(runId: RunId): void;
  /** Takes up to `count` runs out, oldest first. */
  take(count: number): readonly RunId[];
  size(): number;
}

export function createHeldRuns(): HeldRuns {
  const held = new Set<RunId>();
  return {
    add: (runId) => void held.add(runId),
    remove: (runId) => void held.delete(runId),
    take(count) {
      const taken: RunId[] = [];
      for (const runId of held) {
        if (taken.length >= count) break;
        taken.push(runId);
      }
      for (const runId of taken) held.delete(runId);
      return taken;
    },
    size: () => held.size,
  };
}
