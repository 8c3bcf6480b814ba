import type { StepId } from '@bridge/contracts';
import { parseObligation } from '../obligation-id.ts';
import { callOff } from './commands.ts';
import { dispatch } from './dispatch.ts';
import { emit, type Turn } from './turn.ts';

/** After this many held steps in a row that nobody takes, the others would not be taken either. */
const REFUSALS_ENOUGH = 8;

/** A timer came up. What it was set for may have changed since: then it means nothing. */
export function onDue(turn: Turn, obligation: string): void {
  const due = parseObligation(obligation);
  switch (due?.kind) {
    case 'deadline':
      onDeadline(turn, due.stepId, due.epoch, due.number);
      return;
    case 'hold':
    case 'backoff':
      onRetry(turn, due.stepId, due.kind === 'hold' ? 'held' : 'backoff');
      return;
    case 'run-deadline':
      onRunDeadline(turn);
      return;
    default:
      // Effects are for the shell; their result comes back as an observation.
      return;
  }
}

function onDeadline(turn: Turn, stepId: StepId, epoch: number, number: number): void {
  const { now } = turn.context;
  const attempt = turn.draft.steps.get(stepId)?.attempts.at(-1);
  if (attempt?.epoch !== epoch || attempt.number !== number || now < attempt.deadlineAt) return;
  if (attempt.state !== 'recorded' && attempt.state !== 'sent') return;
  const { attemptId } = attempt;
  emit(turn, { type: 'attempt.revoking', at: now, stepId, attemptId, reason: 'deadline' });
}

function onRetry(turn: Turn, stepId: StepId, status: 'held' | 'backoff'): void {
  const step = turn.draft.steps.get(stepId);
  if (step?.status !== status || turn.context.now < (step.retryAt ?? 0)) return;
  dispatch(turn, stepId, 'again');
}

function onRunDeadline(turn: Turn): void {
  const { head } = turn.draft;
  if (head.phase !== 'open' || turn.context.now < head.deadlineAt) return;
  callOff(turn, {
    requestedBy: 'a2a-bridge',
    reason: 'the run did not end before its deadline',
    code: 'RUN_DEADLINE_EXCEEDED',
  });
}

/** Held steps ask again, the one that waits longest first. */
export function nudge(turn: Turn): void {
  let refusals = 0;
  for (const stepId of [...turn.draft.derived.held]) {
    refusals = dispatch(turn, stepId, 'nudge') ? 0 : refusals + 1;
    if (refusals >= REFUSALS_ENOUGH) return;
  }
}
