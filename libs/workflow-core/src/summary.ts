import type { Attempt, AttemptSummary, CoreTask, DeadLetter, FeedEntry, StepId } from '@bridge/contracts';
import { deadLetterIdOf } from './decide/announce.ts';
import { derivedOf } from './derived.ts';
import type { RunState, StepStatus } from './state.ts';

/** How many steps are in which status; no look at every step for a state that was just decided. */
export function stepCounts(state: RunState): Readonly<Record<StepStatus, number>> {
  return derivedOf(state).counts;
}

/** Is a step parked while no other can go on by itself? Then a blocking caller is answered. */
export function isIdleParked(state: RunState): boolean {
  const { parked, held, running, backoff } = stepCounts(state);
  return state.head.phase === 'open' && parked > 0 && held + running + backoff === 0;
}

/** The hint that goes to those who follow this run. */
export function feedEntryOf(state: RunState): FeedEntry {
  return {
    runId: state.record.runId,
    n: state.head.place.n,
    state: state.status.state,
    parked: isIdleParked(state),
  };
}

/** What a client may see of the run. */
export function taskOf(state: RunState): CoreTask {
  const { record, status, metadata } = state;
  return {
    taskId: record.runId,
    contextId: record.contextId,
    status,
    artifacts: [...state.artifacts.values()],
    history: [record.message, ...state.messages],
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: { 'a2a-bridge': metadata } }),
    number: state.head.place.n,
  };
}

/** The dead letter of a parked step, `null` when it is parked no more. Its message may quote the agent: views redact it (law L14). */
export function deadLetterOf(state: RunState, stepId: StepId): DeadLetter | null {
  const step = state.steps.get(stepId);
  if (step?.status !== 'parked') return null;
  const { schemaVersion, tenant, principal, traceparent, runId, contextId } = state.record;
  return {
    schemaVersion,
    tenant,
    principal,
    traceparent,
    id: deadLetterIdOf(runId, stepId),
    kind: 'step',
    epoch: step.epoch,
    runId,
    contextId,
    stepId,
    code: step.code ?? 'INTERNAL',
    message: step.reason ?? '',
    at: step.parkedAt ?? 0,
    attempts: step.attempts.map(summaryOf),
  };
}

function summaryOf(attempt: Attempt): AttemptSummary {
  const { attemptId, number, epoch, agent, agentType, state, recordedAt, sentAt, deadlineAt } = attempt;
  const { verdict, answeredAt, outcome, breakerState } = attempt;
  const error = attempt.error ?? attempt.malformed?.reason;
  return {
    attemptId,
    number,
    epoch,
    agent,
    agentType,
    state,
    recordedAt,
    ...(sentAt === undefined ? {} : { sentAt }),
    deadlineAt,
    ...(verdict === undefined ? {} : { verdict }),
    ...(answeredAt === undefined ? {} : { answeredAt }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(error === undefined ? {} : { error }),
    breakerState,
  };
}
