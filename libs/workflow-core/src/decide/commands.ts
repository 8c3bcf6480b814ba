import type { Command, CoreMessage } from '@bridge/contracts';
import { FINAL_STEP_STATUSES } from '../state.ts';
import { announce, announceWorking, firstAwaiting } from './announce.ts';
import { askFor, dispatch, place } from './dispatch.ts';
import { end } from './settle.ts';
import { emit, isCanceling, viewOf, type Turn } from './turn.ts';

/** Gives every step without parents to an agent, in this one decision; or rejects what can never be served. */
export function start(turn: Turn): void {
  const { context, draft } = turn;
  if (draft.head.phase !== 'accepted' || isCanceling(turn)) return;
  const { plan } = draft.record;
  const ready = plan.steps
    .filter((step) => step.dependsOn.length === 0)
    .flatMap((step) => viewOf(turn, step.id) ?? []);
  const choices = ready.map((view) => ({ view, choice: askFor(turn, view) }));
  emit(turn, {
    type: 'run.started',
    at: context.now,
    deadlineAt: context.now + context.limits.runDeadlineMs,
  });

  for (const { view, choice } of choices) {
    if (choice.kind !== 'never') continue;
    reject(turn, view.step.id, choice.code, choice.reason);
    return;
  }
  const { skill, decidedBy, reason } = plan;
  announce(turn, { state: 'working', ours: { skill, decidedBy, reason } });
  for (const { view, choice } of choices) place(turn, view, choice, 'first');
}

/** Nothing has run yet, so the request as a whole is refused. */
function reject(turn: Turn, stepId: string, code: 'CAPABILITY_UNAVAILABLE', reason: string): void {
  const at = turn.context.now;
  const several = turn.draft.steps.size > 1;
  for (const { id } of turn.draft.steps.values()) {
    if (id === stepId) emit(turn, { type: 'step.failed', at, stepId: id, code, message: reason });
    else emit(turn, { type: 'step.canceled', at, stepId: id });
  }
  end(turn, 'rejected', several ? `step '${stepId}': ${reason}` : reason, code);
}

/** Why everything is called off: a wish, or a limit that was reached. */
interface Calling {
  readonly requestedBy: string;
  readonly reason?: string;
  readonly code?: 'RUN_DEADLINE_EXCEEDED';
}

/** What no agent has is canceled at once; what one may have is asked back, and its answer still counts. */
export function callOff(turn: Turn, why: Calling): void {
  if (isCanceling(turn)) return;
  const at = turn.context.now;
  emit(turn, { type: 'run.canceling', at, ...why });
  const reason = why.code === undefined ? 'cancel' : 'run-deadline';
  for (const step of [...turn.draft.steps.values()]) {
    if (FINAL_STEP_STATUSES.has(step.status)) continue;
    const attempt = step.attempts.at(-1);
    if (step.status !== 'running' || attempt === undefined) {
      emit(turn, {
        type: 'step.canceled',
        at,
        stepId: step.id,
        ...(why.code === undefined ? {} : { code: why.code }),
      });
    } else if (attempt.state !== 'revoking') {
      emit(turn, { type: 'attempt.revoking', at, stepId: step.id, attemptId: attempt.attemptId, reason });
    }
  }
}

/** Goes on with the step that asked; without one it is kept as part of the conversation. */
export function receive(turn: Turn, message: CoreMessage): void {
  const { messages, record, derived } = turn.draft;
  const known =
    record.message.messageId === message.messageId ||
    messages.some((each) => each.messageId === message.messageId);
  if (known) return;
  const at = turn.context.now;
  const asking = derived.counts.awaiting === 0 || isCanceling(turn) ? undefined : firstAwaiting(turn);
  emit(turn, {
    type: 'message.received',
    at,
    message,
    ...(asking === undefined ? {} : { stepId: asking.id }),
  });
  if (asking === undefined) return;
  announceWorking(turn);
  dispatch(turn, asking.id, 'again');
}

/** Once per (step, epoch): the epoch rises with it, so every repetition is older. */
export function replay(turn: Turn, command: Extract<Command, { type: 'replay' }>): void {
  const { stepId, epoch, actor, reason, operationId } = command;
  const step = turn.draft.steps.get(stepId);
  if (step === undefined || step.status !== 'parked' || step.epoch !== epoch || isCanceling(turn)) return;
  emit(turn, { type: 'step.replayed', at: turn.context.now, stepId, actor, reason, operationId });
  announceWorking(turn);
  dispatch(turn, stepId, 'again');
}
