import type { RunId, VisibleEvent } from '@bridge/contracts';

export interface NumberedEvent {
  readonly n: number;
  readonly event: VisibleEvent;
}

export type ReadEvents = (runId: RunId, after: number) => Promise<readonly NumberedEvent[]>;

/**
 * Streams of one task that stand at the same number and are woken by the same hint share one read. A read that was
 * under way may miss the newest event; the hint is kept by the watch, so its stream reads again at once.
 */
export function createSharedReads(read: ReadEvents): ReadEvents {
  const reading = new Map<string, ReturnType<ReadEvents>>();
  return (runId, after) => {
    const key = `${runId}:${String(after)}`;
    const known = reading.get(key);
    if (known !== undefined) return known;
    const started = read(runId, after).finally(() => {
      reading.delete(key);
    });
    reading.set(key, started);
    return started;
  };
}
