import type {
  Attempt,
  AttemptId,
  EventPlace,
  PlacedEvent,
  PlannedStep,
  RunEvent,
  StepId,
} from '@bridge/contracts';
import { isVisible } from '@bridge/contracts';
import { isOpenAttempt } from '../attempts.ts';
import { createDraft, type Draft } from '../draft.ts';
import { applyTo } from '../evolve.ts';
import { indexOf } from '../plan-index.ts';
import type { RunState, StepState } from '../state.ts';
import type { DecideContext } from './context.ts';

/** One decision while it is made: every event is applied at once, so what follows sees its effect. */
export interface Turn {
  readonly context: DecideContext;
  readonly draft: Draft;
  readonly events: PlacedEvent[];
}

export function createTurn(state: RunState, context: DecideContext): Turn {
  return { context, draft: createDraft(state), events: [] };
}

export function emit(turn: Turn, event: RunEvent): void {
  const placed = { place: placeAfter(turn.draft.head.place, event), event };
  turn.events.push(placed);
  applyTo(turn.draft, placed);
}

function placeAfter({ n, k }: EventPlace, event: RunEvent): EventPlace {
  return isVisible(event) ? { n: n + 1, k: 0 } : { n, k: k + 1 };
}

export interface StepView {
  readonly step: StepState;
  readonly planned: PlannedStep;
}

export function viewOf(turn: Turn, stepId: StepId): StepView | null {
  const step = turn.draft.steps.get(stepId);
  const planned = indexOf(turn.draft.record.plan).byId.get(stepId);
  return step === undefined || planned === undefined ? null : { step, planned };
}

export interface AttemptView extends StepView {
  readonly attempt: Attempt;
}

/** The attempt, while it can still be settled; a settled one never changes again (W3). */
export function openAttempt(turn: Turn, attemptId: AttemptId): AttemptView | null {
  const found = knownAttempt(turn, attemptId);
  return found !== null && isOpenAttempt(found.attempt) ? found : null;
}

/** The attempt, while its reply list has no TTL. */
export function knownAttempt(turn: Turn, attemptId: AttemptId): AttemptView | null {
  const stepId = turn.draft.derived.attempts.get(attemptId);
  const view = stepId === undefined ? null : viewOf(turn, stepId);
  const attempt = view?.step.attempts.find((each) => each.attemptId === attemptId);
  return view === null || attempt === undefined ? null : { ...view, attempt };
}

export function isCanceling(turn: Turn): boolean {
  return turn.draft.head.canceling !== undefined;
}
