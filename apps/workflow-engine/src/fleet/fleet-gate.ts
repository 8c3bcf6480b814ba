/**
 * Keeps the hints about load: which attempts are open where, which runs wait for room. When room appears, the
 * run that waited longest is nudged; the `hold` timers on the agenda are the net behind it.
 */
import type { AttemptId, Observation, RunId } from '@bridge/contracts';
import { changedSteps, stepCounts, type RunState } from '@bridge/workflow-core';
import { createHeldRuns } from './held-runs.ts';
import type { InFlight } from './in-flight.ts';

/** An attempt settled by another engine is forgotten this long after its deadline at the latest. */
const FORGET_AFTER_DEADLINE_MS = 60_000;
/** Nudges per turn after a change of the directory: enough to fill a fleet quickly, few enough not to stall a turn. */
const NUDGES_PER_CHANGE = 32;

export interface FleetGateDeps {
  readonly inFlight: InFlight;
  readonly observe: (runId: RunId, observation: Observation) => Promise<void>;
  readonly stateOf: (runId: RunId) => RunState | undefined;
  readonly onFailed: (runId: RunId, error: unknown) => void;
}

export interface FleetGate {
  appended(
    before: RunState,
    after: RunState,
    openAdd: readonly AttemptId[],
    openRemove: readonly AttemptId[],
  ): void;
  /** A reply was seen for an attempt that another engine settles. */
  released(attemptId: AttemptId): void;
  /** The directory changed: somebody may have room now. */
  fleetChanged(): void;
  held(): number;
}

export function createFleetGate(deps: FleetGateDeps): FleetGate {
  const held = createHeldRuns();
  let changeQueued = false;

  function nudge(count: number): void {
    for (const runId of held.take(count)) {
      deps
        .observe(runId, { type: 'nudge' })
        .then(() => {
          const state = deps.stateOf(runId);
          // Still nothing for it: it waits on, behind those that have not been asked yet.
          if (state !== undefined && hasHeldStep(state)) held.add(runId);
        })
        .catch((error: unknown) => {
          held.add(runId);
          deps.onFailed(runId, error);
        });
    }
  }

  return {
    appended(before, after, openAdd, openRemove) {
      if (openAdd.length > 0) {
        const opened = new Set(openAdd);
        for (const step of changedSteps(before, after)) {
          for (const attempt of step.attempts) {
            if (!opened.has(attempt.attemptId)) continue;
            deps.inFlight.add(
              attempt.attemptId,
              attempt.agent,
              attempt.deadlineAt + FORGET_AFTER_DEADLINE_MS,
            );
          }
        }
      }
      let freed = 0;
      for (const attemptId of openRemove) if (deps.inFlight.release(attemptId)) freed += 1;
      if (hasHeldStep(after)) held.add(after.record.runId);
      else held.remove(after.record.runId);
      if (freed > 0 && held.size() > 0) nudge(freed);
    },
    released(attemptId) {
      if (deps.inFlight.release(attemptId) && held.size() > 0) nudge(1);
    },
    fleetChanged() {
      if (held.size() === 0 || changeQueued) return;
      changeQueued = true;
      setImmediate(() => {
        changeQueued = false;
        nudge(NUDGES_PER_CHANGE);
      });
    },
    held: () => held.size(),
  };
}

function hasHeldStep(state: RunState): boolean {
  return state.head.phase !== 'ended' && stepCounts(state).held > 0;
}
