import type { AttemptId, CorePart, Json, ReplyElement } from '@bridge/contracts';
import { agentMessage, announce, announceQuestion } from './announce.ts';
import { failStep } from './fail.ts';
import { completeStep } from './settle.ts';
import { emit, isCanceling, openAttempt, viewOf, type AttemptView, type Turn } from './turn.ts';

/** Reads a reply list oldest first, from where it was read to before, until an element settles the attempt. */
export function readReplies(turn: Turn, attemptId: AttemptId, elements: readonly ReplyElement[]): void {
  for (const element of [...elements].sort((a, b) => a.index - b.index)) {
    const view = openAttempt(turn, attemptId);
    if (view === null) return;
    if (element.index >= view.attempt.seen) readElement(turn, view, element);
  }
}

function readElement(turn: Turn, view: AttemptView, element: ReplyElement): void {
  const { outcome } = element;
  const { attemptId } = view.attempt;
  const stepId = view.step.id;
  const read = { type: 'attempt.read', stepId, attemptId, seen: element.index + 1 } as const;
  switch (outcome.kind) {
    case 'malformed':
      // The attempt stays open: a proper reply may follow. At the deadline this is what it is judged by.
      emit(turn, { ...read, malformed: { raw: element.raw, reason: outcome.reason } });
      return;
    case 'progress':
      emit(turn, read);
      announceProgress(turn, view, outcome);
      return;
    case 'completed':
      answer(turn, view, element);
      emit(turn, {
        type: 'artifact',
        at: turn.context.now,
        stepId,
        artifact: { artifactId: stepId, name: stepId, parts: [partOf(outcome.output)] },
      });
      completeStep(turn, stepId);
      return;
    case 'failed':
      answer(turn, view, element);
      failStep(turn, stepId, 'AGENT_FAILED', outcome.error);
      return;
    case 'input_required':
    case 'auth_required':
      answer(turn, view, element);
      awaitCaller(turn, view, outcome.kind === 'input_required' ? 'input-required' : 'auth-required');
  }
}

function answer(turn: Turn, { step, attempt }: AttemptView, element: ReplyElement): void {
  const { attemptId, agent } = attempt;
  emit(turn, { type: 'attempt.answered', at: turn.context.now, stepId: step.id, attemptId, element });
  turn.context.released?.(agent);
}

/** The agent waits for the caller; a run that is being called off has nobody to ask. */
function awaitCaller(turn: Turn, { step }: AttemptView, state: 'input-required' | 'auth-required'): void {
  const at = turn.context.now;
  if (isCanceling(turn)) {
    emit(turn, { type: 'step.canceled', at, stepId: step.id });
    return;
  }
  emit(turn, { type: 'step.awaiting', at, stepId: step.id, state });
  const view = viewOf(turn, step.id);
  if (view !== null) announceQuestion(turn, view.step);
}

type Progress = Extract<ReplyElement['outcome'], { kind: 'progress' }>;

/** Not while a question is open: it must stay the status that clients see. */
function announceProgress(turn: Turn, { step }: AttemptView, { progress, message }: Progress): void {
  if (turn.draft.derived.counts.awaiting > 0) return;
  announce(turn, {
    state: 'working',
    ...(message === undefined ? {} : { message: agentMessage(turn, message) }),
    ours: { stepId: step.id, ...(progress === undefined ? {} : { progress }) },
  });
}

/** The agent's words are text, anything else is data, as it was recorded. */
function partOf(output: Json): CorePart {
  return typeof output === 'string' ? { text: output } : { data: output };
}
