import { answersToParent, type Choice, type Requirements } from '@bridge/agent-selection';
import { attemptIdOf, replyNameOf, type CoreMessage, type CorePart, type StepId } from '@bridge/contracts';
import { textOf } from '../plan-request.ts';
import type { AssignmentRequest } from './context.ts';
import { failStep } from './fail.ts';
import { emit, isCanceling, viewOf, type StepView, type Turn } from './turn.ts';

/** A held step asks again after this long, each time that much later, up to the limit. */
const HOLD_STEP_MS = 1000;
const HOLD_MAX_MS = 5000;

/**
 * first  its parents are done: who can never be served is refused now
 * again  it was tried or held before, so somebody could serve it then: it waits for such an agent to come back
 * nudge  like again, but asked out of turn: without an agent nothing changes, its timer goes on
 */
type Asked = 'first' | 'again' | 'nudge';

/** Gives the step to an agent, or holds it. @returns whether it was given */
export function dispatch(turn: Turn, stepId: StepId, asked: Asked): boolean {
  const view = viewOf(turn, stepId);
  if (view === null || isCanceling(turn)) return false;
  return place(turn, view, askFor(turn, view), asked);
}

export function askFor(turn: Turn, view: StepView): Choice {
  return turn.context.choose(requirementsOf(turn, view));
}

/** Acts on what was chosen for the step. */
export function place(turn: Turn, view: StepView, choice: Choice, asked: Asked): boolean {
  if (choice.kind === 'chosen') {
    recordAttempt(turn, view, choice);
    return true;
  }
  if (choice.kind === 'never' && asked === 'first') {
    failStep(turn, view.step.id, choice.code, choice.reason);
  } else if (asked !== 'nudge') {
    holdStep(turn, view, choice);
  }
  return false;
}

/** @param since when its wait began, for a step that is put back out of an agent's queue */
export function holdStep(
  turn: Turn,
  { step }: StepView,
  why: { readonly code: string; readonly reason: string },
  since: number = turn.context.now,
): void {
  const { now, limits } = turn.context;
  const until = step.queueWaitUntil ?? since + limits.queueWaitMs;
  if (now >= until) {
    failStep(turn, step.id, 'QUEUE_WAIT_EXCEEDED', why.reason);
    return;
  }
  const delay = Math.min(HOLD_STEP_MS * ((step.holds ?? 0) + 1), HOLD_MAX_MS);
  const retryAt = Math.min(now + delay, until);
  const { code, reason } = why;
  emit(turn, { type: 'step.held', at: now, stepId: step.id, code, reason, until, retryAt });
}

function recordAttempt(turn: Turn, view: StepView, choice: Extract<Choice, { kind: 'chosen' }>): void {
  const { context, draft } = turn;
  const { step, planned } = view;
  const { record } = draft;
  const { agent } = choice;
  const attemptId = attemptIdOf(record.runId, context.random(), context.partitions);
  const timeoutMs = planned.replyTimeoutMs ?? context.limits.replyTimeoutMs;
  const replyName = replyNameOf(attemptId);
  const request: AssignmentRequest = {
    attemptId,
    agent: agent.id,
    agentType: agent.type,
    replyName,
    ...(answersToParent(agent.type) ? { parent: replyName } : {}),
    contextId: record.plan.skill === 'orchestration' ? record.runId : record.contextId,
    timeoutMs,
    ...promptOf(turn, view),
    record,
    step: planned,
  };
  emit(turn, {
    type: 'attempt.recorded',
    stepId: step.id,
    attempt: {
      attemptId,
      number: step.attempts.filter((each) => each.epoch === step.epoch).length + 1,
      epoch: step.epoch,
      agent: agent.id,
      agentType: agent.type,
      message: context.encodeAssignment(request),
      legacyRunId: context.legacyRunId,
      sendBefore: context.legacyNow + context.limits.sendHorizonMs,
      choice: choice.record,
      breakerState: agent.breakerState,
      state: 'recorded',
      recordedAt: context.now,
      deadlineAt: context.now + timeoutMs,
      seen: 0,
      closed: false,
    },
  });
}

function requirementsOf(turn: Turn, view: StepView): Requirements {
  const { step, planned } = view;
  const tried = step.attempts.filter((each) => each.epoch === step.epoch);
  const avoid = tried
    .filter((each) => each.state === 'revoked' || each.outcome === 'failed')
    .map((each) => each.agent);
  const asked =
    step.continuedWith === undefined
      ? undefined
      : step.attempts.findLast((each) => each.question !== undefined);
  return {
    description: promptOf(turn, view).description,
    ...(planned.agent === undefined ? {} : { agent: planned.agent }),
    ...(planned.agentType === undefined ? {} : { agentType: planned.agentType }),
    ...(planned.capability === undefined ? {} : { capability: planned.capability }),
    ...(planned.type === undefined ? {} : { preferredType: planned.type }),
    ...(asked === undefined ? {} : { preferredAgent: asked.agent }),
    ...(avoid.length === 0 ? {} : { avoid: [...new Set(avoid)] }),
  };
}

interface Prompt {
  readonly description: string;
  readonly parts?: readonly CorePart[];
  readonly history?: readonly CoreMessage[];
}

/** What the agent is told: the planned step, or the caller's answer to its question with the turns before it. */
function promptOf(turn: Turn, { step, planned }: StepView): Prompt {
  const { messages, record } = turn.draft;
  const answer = step.continuedWith === undefined ? undefined : messages[step.continuedWith];
  if (answer === undefined) {
    return {
      description: planned.description,
      ...(planned.parts === undefined ? {} : { parts: planned.parts }),
    };
  }
  const text = textOf(answer);
  const parts = answer.parts.filter((part) => !('text' in part));
  return {
    description: text.trim() === '' ? planned.description : text,
    ...(parts.length === 0 ? {} : { parts }),
    history: [record.message, ...messages.slice(0, step.continuedWith)],
  };
}
