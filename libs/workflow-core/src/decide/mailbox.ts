import type { Observation } from '@bridge/contracts';
import { isOpenAttempt } from '../attempts.ts';
import { failStep } from './fail.ts';
import { holdStep } from './dispatch.ts';
import { emit, isCanceling, knownAttempt, openAttempt, viewOf, type AttemptView, type Turn } from './turn.ts';

type Seen<K extends Observation['type']> = Extract<Observation, { type: K }>;

/** The push is confirmed: the reply deadline counts from it, not from when the attempt was decided. */
export function confirmSent(turn: Turn, { attemptId, sentAt }: Seen<'sent'>): void {
  const view = openAttempt(turn, attemptId);
  if (view === null || view.attempt.sentAt !== undefined) return;
  const deadlineAt = deadlineOf(turn, view, sentAt);
  emit(turn, { type: 'attempt.sent', stepId: view.step.id, attemptId, sentAt, deadlineAt });
}

/** An older decision, since rolled back, was sent under this number: it is this attempt. */
export function adopt(turn: Turn, observation: Seen<'adopted'>): void {
  const { attemptId, found, agent, sentAt } = observation;
  if (found === attemptId) {
    confirmSent(turn, { type: 'sent', attemptId, sentAt });
    return;
  }
  const view = openAttempt(turn, attemptId);
  if (view === null || view.attempt.sentAt !== undefined) return;
  const deadlineAt = deadlineOf(turn, view, sentAt);
  emit(turn, { type: 'attempt.adopted', stepId: view.step.id, attemptId, found, agent, sentAt, deadlineAt });
}

/** Nothing may be sent any more, and whether it once was is unknown: the revoke script knows best. */
export function refuseSent(turn: Turn, { attemptId }: Seen<'send-refused'>): void {
  const view = openAttempt(turn, attemptId);
  if (view?.attempt.state !== 'recorded') return;
  emit(turn, {
    type: 'attempt.revoking',
    at: turn.context.now,
    stepId: view.step.id,
    attemptId,
    reason: 'send-refused',
  });
}

/** What became of an assignment that was asked back. */
export function judgeRevoked(turn: Turn, { attemptId, verdict, agentTookOtherWork }: Seen<'revoked'>): void {
  const view = openAttempt(turn, attemptId);
  if (view?.attempt.state !== 'revoking') return;
  const { step, planned, attempt } = view;
  emit(turn, { type: 'attempt.revoked', at: turn.context.now, stepId: step.id, attemptId, verdict });
  turn.context.released?.(attempt.agent);

  if (isCanceling(turn)) {
    emit(turn, { type: 'step.canceled', at: turn.context.now, stepId: step.id });
  } else if (verdict === 'claimed_or_lost') {
    judgeClaimed(turn, view);
  } else if (verdict === 'unclaimed' && agentTookOtherWork) {
    putBack(turn, view);
  } else {
    failStep(
      turn,
      planned.id,
      'AGENT_TIMEOUT',
      `agent '${attempt.agent}' did not take the work (${verdict})`,
    );
  }
}

/** It may have run. Only what may run twice is tried again; garbage is no sign that another try would help. */
function judgeClaimed(turn: Turn, { planned, attempt }: AttemptView): void {
  const { id, idempotent } = planned;
  if (attempt.malformed !== undefined) failStep(turn, id, 'AGENT_REPLY_MALFORMED', attempt.malformed.reason);
  else if (idempotent) failStep(turn, id, 'AGENT_TIMEOUT', `agent '${attempt.agent}' did not answer in time`);
  else
    failStep(
      turn,
      id,
      'OUTCOME_UNKNOWN',
      `agent '${attempt.agent}' may have taken the work and did not answer in time`,
    );
}

/** The agent works, on other things: this is waiting, not failure. */
function putBack(turn: Turn, { step, attempt }: AttemptView): void {
  const view = viewOf(turn, step.id);
  if (view === null) return;
  const reason = `agent '${attempt.agent}' took other work first`;
  holdStep(turn, view, { code: 'AGENTS_BUSY', reason }, attempt.recordedAt);
}

export function confirmClosed(turn: Turn, { attemptId }: Seen<'closed'>): void {
  const view = knownAttempt(turn, attemptId);
  if (view === null || isOpenAttempt(view.attempt)) return;
  emit(turn, { type: 'attempt.closed', stepId: view.step.id, attemptId });
}

export function confirmDeadLettered(turn: Turn, { stepId, epoch }: Seen<'dead-lettered'>): void {
  const step = turn.draft.steps.get(stepId);
  if (step?.status !== 'parked' || step.epoch !== epoch || step.deadLettered === true) return;
  emit(turn, { type: 'step.dead-lettered', stepId, epoch });
}

/** `sentAt` is in the legacy server's time: how long ago that was is the same on our clock. */
function deadlineOf(turn: Turn, { planned }: AttemptView, sentAt: number): number {
  const { now, legacyNow, limits } = turn.context;
  const timeoutMs = planned.replyTimeoutMs ?? limits.replyTimeoutMs;
  return now + timeoutMs - Math.max(0, legacyNow - sentAt);
}
