import type { AttemptId, RunId } from '@bridge/contracts';
import type { RunState } from '@bridge/workflow-core';

/** What a log line and a counter may be about; ids only, never message text (law L14). */
export interface Subject {
  readonly runId?: RunId;
  readonly attemptId?: AttemptId;
  readonly entryId?: string;
  readonly reason?: string;
}

/** What the engine tells about itself. One place turns it into metrics and logs, so nothing is dropped silently (L11). */
export interface EngineReport {
  readonly appended: (before: RunState, after: RunState) => void;
  readonly count: (
    what: 'conflict' | 'dropped-observations' | 'unknown-run' | 'newer-input' | 'reload' | 'removed',
  ) => void;
  /** A reconciler found something that should not have been left. */
  readonly found: (what: 'stale-ready' | 'notice-gap' | 'poison-input', subject: Subject) => void;
  /** Something failed and will be tried again by its agenda or index. */
  readonly failed: (what: string, error: unknown, subject: Subject) => void;
  readonly partitions: (owned: number) => void;
}
