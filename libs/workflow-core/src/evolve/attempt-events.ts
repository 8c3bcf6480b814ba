import type { Attempt, AttemptId, RunEvent } from '@bridge/contracts';
import type { StepState } from '../state.ts';

export type AttemptEvent = Extract<RunEvent, { type: `attempt.${string}` }>;

export function evolveAttempt(step: StepState, event: AttemptEvent): StepState {
  if (event.type === 'attempt.recorded') return running(step, event.attempt);
  return change(step, event.attemptId, (attempt) => evolveOne(attempt, event));
}

/** The queue-wait deadline stays: an attempt that was only waiting in a queue may have to be put back. */
function running(step: StepState, attempt: Attempt): StepState {
  const { id, epoch, retries, attempts, continuedWith, queueWaitUntil } = step;
  return {
    id,
    status: 'running',
    epoch,
    retries,
    attempts: [...attempts, attempt],
    ...(continuedWith === undefined ? {} : { continuedWith }),
    ...(queueWaitUntil === undefined ? {} : { queueWaitUntil }),
  };
}

function change(step: StepState, attemptId: AttemptId, to: (attempt: Attempt) => Attempt): StepState {
  if (!step.attempts.some((each) => each.attemptId === attemptId)) return step;
  return { ...step, attempts: step.attempts.map((each) => (each.attemptId === attemptId ? to(each) : each)) };
}

function evolveOne(attempt: Attempt, event: Exclude<AttemptEvent, { type: 'attempt.recorded' }>): Attempt {
  switch (event.type) {
    case 'attempt.sent':
      return { ...attempt, state: sent(attempt), sentAt: event.sentAt, deadlineAt: event.deadlineAt };
    case 'attempt.adopted':
      return {
        ...attempt,
        attemptId: event.found,
        agent: event.agent,
        state: sent(attempt),
        sentAt: event.sentAt,
        deadlineAt: event.deadlineAt,
        seen: 0,
      };
    case 'attempt.extended':
      return { ...attempt, deadlineAt: event.deadlineAt };
    case 'attempt.read':
      return {
        ...attempt,
        seen: event.seen,
        ...(event.malformed === undefined || attempt.malformed !== undefined
          ? {}
          : { malformed: event.malformed }),
      };
    case 'attempt.answered':
      return { ...attempt, state: 'answered', answeredAt: event.at, ...answerOf(event.element) };
    case 'attempt.revoking':
      return { ...attempt, state: 'revoking', revokeReason: event.reason, revokingAt: event.at };
    case 'attempt.revoked':
      return { ...attempt, state: 'revoked', verdict: event.verdict, revokedAt: event.at };
    case 'attempt.closed':
      return { ...attempt, closed: true };
  }
}

/** A confirmation that comes while the attempt is being revoked does not stop that. */
function sent(attempt: Attempt): Attempt['state'] {
  return attempt.state === 'recorded' ? 'sent' : attempt.state;
}

type Answer = Extract<RunEvent, { type: 'attempt.answered' }>['element'];

function answerOf({ index, raw, outcome }: Answer): Partial<Attempt> {
  const read = { seen: index + 1, reply: raw };
  switch (outcome.kind) {
    case 'completed':
      return { ...read, outcome: 'completed' };
    case 'failed':
      return { ...read, outcome: 'failed', error: outcome.error };
    case 'input_required':
    case 'auth_required':
      return { ...read, outcome: outcome.kind, question: outcome.message };
    case 'progress':
    case 'malformed':
      // These never settle an attempt.
      return { seen: index + 1 };
  }
}
