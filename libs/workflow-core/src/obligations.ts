import type { AttemptId, Attempt, StepId } from '@bridge/contracts';
import { isOpenAttempt } from './attempts.ts';
import { changedEntries } from './lineage.ts';
import { attemptObligation, parseObligation } from './obligation-id.ts';
import type { RunState, StepState } from './state.ts';

/** Something that must not be forgotten: an effect not known to be done, or a timer. */
export interface Obligation {
  readonly id: string;
  /** Our Redis's time, epoch ms. */
  readonly due: number;
}

/** An effect is run at once by the engine that appended it; this is when others step in. */
const EFFECT_GRACE_MS = 1000;
/** Closing a reply list is housekeeping: it may wait for the next append. */
const CLOSE_GRACE_MS = 5000;

const NONE: readonly Obligation[] = [];

/** Everything this step must not be forgotten for. After the end of the run that is the run's own affair. */
export function obligationsOfStep(step: StepState, state: RunState): readonly Obligation[] {
  if (state.head.phase === 'ended') return NONE;
  const obligations = step.attempts.flatMap((attempt) => ofAttempt(step.id, attempt));
  const { retryAt, epoch } = step;
  if (step.status === 'held' && retryAt !== undefined)
    obligations.push({ id: `hold:${step.id}`, due: retryAt });
  if (step.status === 'backoff' && retryAt !== undefined)
    obligations.push({ id: `backoff:${step.id}`, due: retryAt });
  if (step.status === 'parked' && step.deadLettered !== true) {
    obligations.push({ id: `park:${step.id}:${String(epoch)}`, due: (step.parkedAt ?? 0) + EFFECT_GRACE_MS });
  }
  return obligations;
}

function ofAttempt(stepId: StepId, attempt: Attempt): Obligation[] {
  const deadline = { id: attemptObligation('deadline', stepId, attempt), due: attempt.deadlineAt };
  switch (attempt.state) {
    case 'recorded':
      return [
        { id: attemptObligation('send', stepId, attempt), due: attempt.recordedAt + EFFECT_GRACE_MS },
        deadline,
      ];
    case 'sent':
      return [deadline];
    case 'revoking':
      return [
        {
          id: attemptObligation('revoke', stepId, attempt),
          due: (attempt.revokingAt ?? 0) + EFFECT_GRACE_MS,
        },
      ];
    case 'answered':
    case 'revoked': {
      if (attempt.closed) return [];
      const settledAt = attempt.answeredAt ?? attempt.revokedAt ?? 0;
      return [{ id: attemptObligation('close', stepId, attempt), due: settledAt + CLOSE_GRACE_MS }];
    }
  }
}

/** What the run as a whole must not be forgotten for. While it is called off only verdicts and replies end it. */
export function obligationsOfRun(state: RunState): readonly Obligation[] {
  const { phase, deadlineAt, endedAt, canceling } = state.head;
  if (phase === 'ended') return [{ id: 'end', due: (endedAt ?? 0) + EFFECT_GRACE_MS }];
  if (phase === 'accepted' || canceling !== undefined) return NONE;
  return [{ id: 'run-deadline', due: deadlineAt }];
}

/** Everything, for a run that was read anew. */
export function allObligations(state: RunState): readonly Obligation[] {
  return [
    ...[...state.steps.values()].flatMap((step) => obligationsOfStep(step, state)),
    ...obligationsOfRun(state),
  ];
}

/** Does it stand in this state? */
export function obligationStands(state: RunState, id: string): boolean {
  const ref = parseObligation(id);
  if (ref === null) return false;
  const step = 'stepId' in ref ? state.steps.get(ref.stepId) : undefined;
  const candidates =
    'stepId' in ref ? (step === undefined ? NONE : obligationsOfStep(step, state)) : obligationsOfRun(state);
  return candidates.some((each) => each.id === id);
}

/** What an append must put on the agenda and take off it; looks only at steps that changed, save at the end. */
export function changedObligations(
  before: RunState,
  after: RunState,
): { readonly set: readonly Obligation[]; readonly remove: readonly string[] } {
  const was = new Map<string, number>();
  const is = new Map<string, number>();
  const note = (map: Map<string, number>, obligations: readonly Obligation[]): void => {
    for (const { id, due } of obligations) map.set(id, due);
  };
  note(was, obligationsOfRun(before));
  note(is, obligationsOfRun(after));
  for (const step of stepsToCompare(before, after)) {
    const earlier = before.steps.get(step.id);
    if (earlier !== undefined) note(was, obligationsOfStep(earlier, before));
    note(is, obligationsOfStep(step, after));
  }
  return {
    set: [...is].filter(([id, due]) => was.get(id) !== due).map(([id, due]) => ({ id, due })),
    remove: [...was.keys()].filter((id) => !is.has(id)),
  };
}

function stepsToCompare(before: RunState, after: RunState): readonly StepState[] {
  const ended = before.head.phase !== 'ended' && after.head.phase === 'ended';
  return ended ? [...after.steps.values()] : changedSteps(before, after);
}

/** Steps that are another object than before; cheap when `after` was decided on `before`. */
export function changedSteps(before: RunState, after: RunState): readonly StepState[] {
  return changedEntries(before.steps, after.steps).map(([, step]) => step);
}

/** Attempts whose reply list must be looked at from now on, or no longer. */
export function openAttemptsChanged(
  before: RunState,
  after: RunState,
): { readonly add: readonly AttemptId[]; readonly remove: readonly AttemptId[] } {
  const was = new Set<AttemptId>();
  const is = new Set<AttemptId>();
  for (const step of changedSteps(before, after)) {
    for (const id of openOf(before.steps.get(step.id))) was.add(id);
    for (const id of openOf(step)) is.add(id);
  }
  return { add: [...is].filter((id) => !was.has(id)), remove: [...was].filter((id) => !is.has(id)) };
}

function openOf(step: StepState | undefined): readonly AttemptId[] {
  return (step?.attempts ?? []).filter(isOpenAttempt).map((attempt) => attempt.attemptId);
}
