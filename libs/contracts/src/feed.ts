import type { CoreTaskState } from './core-message.ts';
import type { RunId } from './ids.ts';

/** A hint that a run has events up to number `n`; the run's own stream is the truth. */
export interface FeedEntry {
  readonly runId: RunId;
  readonly n: number;
  readonly state: CoreTaskState;
  /** Nothing of the run is runnable and a step is parked: a blocking caller is answered now. */
  readonly parked: boolean;
}
