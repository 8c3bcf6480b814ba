import type { AcceptanceRecord, JsonObject, PlacedEvent, RunEvent } from '@bridge/contracts';
import { createDraft, type Draft } from './draft.ts';
import { evolveAttempt } from './evolve/attempt-events.ts';
import { evolveStep } from './evolve/step-events.ts';
import { codeOf } from './evolve/code-of.ts';
import { initialState } from './initial-state.ts';
import type { RunState } from './state.ts';

/** What the event made of the run: the only way its state changes. */
export function evolve(state: RunState, placed: PlacedEvent): RunState {
  const draft = createDraft(state);
  applyTo(draft, placed);
  return draft.finish();
}

/** The state that these events lead to, without version and cursor: those belong to the append. */
export function foldEvents(record: AcceptanceRecord, placedEvents: Iterable<PlacedEvent>): RunState {
  const draft = createDraft(initialState(record));
  for (const placed of placedEvents) applyTo(draft, placed);
  return draft.finish();
}

export function applyTo(draft: Draft, { place, event }: PlacedEvent): void {
  draft.head = { ...draft.head, place };
  switch (event.type) {
    case 'run.started':
      draft.head = { ...draft.head, phase: 'open', startedAt: event.at, deadlineAt: event.deadlineAt };
      return;
    case 'run.canceling':
      draft.head = { ...draft.head, canceling: cancelingOf(event) };
      return;
    case 'run.ended':
      draft.head = { ...draft.head, phase: 'ended', endedAt: event.at };
      return;
    case 'message.received':
      evolveMessage(draft, event);
      return;
    case 'status':
      draft.status = {
        state: event.state,
        at: event.at,
        ...(event.message === undefined ? {} : { message: event.message }),
      };
      draft.metadata = { ...choiceOf(draft), ...oursOf(event.metadata) };
      return;
    case 'artifact':
      draft.setArtifact(event.artifact);
      return;
    case 'step.held':
    case 'step.backoff':
    case 'step.awaiting':
    case 'step.completed':
    case 'step.failed':
    case 'step.canceled':
    case 'step.parked':
    case 'step.dead-lettered':
    case 'step.replayed': {
      const step = draft.steps.get(event.stepId);
      if (step !== undefined) draft.setStep(evolveStep(step, event));
      return;
    }
    case 'attempt.recorded':
    case 'attempt.sent':
    case 'attempt.adopted':
    case 'attempt.extended':
    case 'attempt.read':
    case 'attempt.answered':
    case 'attempt.revoking':
    case 'attempt.revoked':
    case 'attempt.closed': {
      const step = draft.steps.get(event.stepId);
      if (step !== undefined) draft.setStep(evolveAttempt(step, event));
      return;
    }
    default:
      unknownEvent(event);
  }
}

/** Events of a newer version are kept in the stream and change nothing here. */
function unknownEvent(_event: never): void {
  return;
}

function cancelingOf(
  event: Extract<RunEvent, { type: 'run.canceling' }>,
): NonNullable<RunState['head']['canceling']> {
  return {
    at: event.at,
    requestedBy: event.requestedBy,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
    ...(event.code === undefined ? {} : { code: codeOf(event.code) }),
  };
}

/** A question that is answered becomes part of the conversation, before its answer. */
function evolveMessage(draft: Draft, event: Extract<RunEvent, { type: 'message.received' }>): void {
  const { message: asked, state } = draft.status;
  const answers = event.stepId !== undefined && (state === 'input-required' || state === 'auth-required');
  draft.messages = [...draft.messages, ...(answers && asked !== undefined ? [asked] : []), event.message];
  const step = event.stepId === undefined ? undefined : draft.steps.get(event.stepId);
  if (step === undefined) return;
  const { awaiting: _answered, ...rest } = step;
  draft.setStep({ ...rest, status: 'held', continuedWith: draft.messages.length - 1 });
}

/** How the request was understood: stays true through every later status. */
function choiceOf(draft: Draft): JsonObject {
  const { skill, decidedBy, reason } = draft.record.plan;
  return { skill, decidedBy, reason };
}

function oursOf(metadata: JsonObject | undefined): JsonObject {
  const ours = metadata?.['a2a-bridge'];
  return typeof ours === 'object' && ours !== null && !Array.isArray(ours) ? ours : {};
}
