import type { CoreMessage, CoreTaskState, JsonObject, StepId } from '@bridge/contracts';
import type { StepState } from '../state.ts';
import { emit, type Turn } from './turn.ts';

export interface Announcement {
  readonly state: CoreTaskState;
  readonly message?: CoreMessage;
  /** Members of metadata['a2a-bridge']. */
  readonly ours?: JsonObject;
}

/**
 * One status that clients see. Each says everything that matters now, so that whoever reads only the last one is
 * not misled: a parked step is mentioned as long as it is parked.
 */
export function announce(turn: Turn, { state, message, ours }: Announcement): void {
  const bridge = { ...parkedNotice(turn), ...ours };
  emit(turn, {
    type: 'status',
    at: turn.context.now,
    state,
    ...(message === undefined ? {} : { message }),
    ...(Object.keys(bridge).length === 0 ? {} : { metadata: { 'a2a-bridge': bridge } }),
  });
}

/** Work goes on, or something about it changed; a question that is still open stays the state and the message. */
export function announceWorking(turn: Turn, ours: JsonObject = {}): void {
  const { counts } = turn.draft.derived;
  const asking = counts.awaiting === 0 ? undefined : firstAwaiting(turn);
  if (asking === undefined) announce(turn, { state: 'working', ours });
  else announceQuestion(turn, asking, ours);
}

export function announceQuestion(turn: Turn, step: StepState, ours: JsonObject = {}): void {
  const question = step.attempts.at(-1)?.question ?? '';
  announce(turn, {
    state: step.awaiting ?? 'input-required',
    ...(question === '' ? {} : { message: agentMessage(turn, question) }),
    ours: { stepId: step.id, ...ours },
  });
}

/** The step whose question clients see, else the first that has one. */
export function firstAwaiting(turn: Turn): StepState | undefined {
  const { steps, metadata } = turn.draft;
  const shown = [...steps.values()].filter((step) => step.status === 'awaiting');
  return shown.find((step) => step.id === metadata['stepId']) ?? shown[0];
}

/** Words of the bridge or of an agent, as the message of the next status. Its id follows from its place. */
export function agentMessage(turn: Turn, text: string): CoreMessage {
  const { runId, contextId } = turn.draft.record;
  const number = turn.draft.head.place.n + 1;
  return {
    messageId: `${runId}-${String(number)}`,
    role: 'agent',
    parts: [{ text }],
    taskId: runId,
    contextId,
  };
}

export function deadLetterIdOf(runId: string, stepId: StepId): string {
  return `${runId}:${stepId}`;
}

function parkedNotice(turn: Turn): JsonObject {
  const [stepId] = turn.draft.derived.parked;
  const step = stepId === undefined ? undefined : turn.draft.steps.get(stepId);
  return step === undefined ? {} : noticeOf(turn, step);
}

export function noticeOf(turn: Turn, step: StepState): JsonObject {
  return {
    parked: true,
    code: step.code ?? 'INTERNAL',
    deadLetterId: deadLetterIdOf(turn.draft.record.runId, step.id),
  };
}
