import type { StepId } from '@bridge/contracts';
import { errorRow, type ErrorCode } from '@bridge/error-policy';
import { childrenOf } from '../plan-index.ts';
import { announceWorking, noticeOf } from './announce.ts';
import { emit, isCanceling, viewOf, type StepView, type Turn } from './turn.ts';

/**
 * The step did not do it. What follows is read from the one table: another try after its delay, the dead-letter
 * store, or the end of the step.
 */
export function failStep(turn: Turn, stepId: StepId, code: ErrorCode, message: string): void {
  const view = viewOf(turn, stepId);
  if (view === null) return;
  const { now } = turn.context;
  if (isCanceling(turn)) {
    emit(turn, { type: 'step.canceled', at: now, stepId, code, reason: message });
    return;
  }
  const delay = errorRow(code).retry === 'backoff' ? delayOf(turn, view) : null;
  if (delay !== null) {
    emit(turn, { type: 'step.backoff', at: now, stepId, until: now + delay, code });
    return;
  }
  const exhausted = errorRow(code).retry === 'backoff';
  if (exhausted)
    giveUp(turn, view, 'RETRIES_EXHAUSTED', `${code}: ${message} (${String(view.step.retries)} retries)`);
  else giveUp(turn, view, code, message);
}

function giveUp(turn: Turn, { step }: StepView, code: ErrorCode, message: string): void {
  const { now } = turn.context;
  if (errorRow(code).deadLetter && turn.draft.record.plan.onExhausted === 'park') {
    emit(turn, { type: 'step.parked', at: now, stepId: step.id, code, message });
    const parked = viewOf(turn, step.id);
    announceWorking(turn, parked === null ? {} : noticeOf(turn, parked.step));
    return;
  }
  emit(turn, { type: 'step.failed', at: now, stepId: step.id, code, message });
  cancelDependents(turn, step.id);
}

/** What waits for a step that failed never runs. */
function cancelDependents(turn: Turn, failed: StepId): void {
  const { plan } = turn.draft.record;
  const behind = [...childrenOf(plan, failed)];
  for (let stepId = behind.pop(); stepId !== undefined; stepId = behind.pop()) {
    if (turn.draft.steps.get(stepId)?.status !== 'waiting') continue;
    const reason = `step '${failed}' failed`;
    emit(turn, { type: 'step.canceled', at: turn.context.now, stepId, code: 'STEP_PARENT_FAILED', reason });
    behind.push(...childrenOf(plan, stepId));
  }
}

/** `null` when every retry of this epoch was used. */
function delayOf(turn: Turn, { step }: StepView): number | null {
  const { backoffMs, jitter = 0 } = turn.context.limits;
  const delay = backoffMs[step.retries];
  if (delay === undefined) return null;
  return jitter === 0 ? delay : Math.round(delay * (1 - jitter * lot(turn)));
}

/** Evenly spread in [0, 1). */
function lot(turn: Turn): number {
  return Number.parseInt(turn.context.random().slice(0, 8), 16) / 2 ** 32;
}
