/** Runs made up for the tests of this lib: real shapes, no engine behind them. */
import { createHash, randomUUID } from 'node:crypto';
import {
  AcceptanceRecord,
  StepId,
  attemptIdOf,
  type Attempt,
  type Command,
  type PlacedEvent,
  type RunId,
} from '@bridge/contracts';
import type { RunState, StepState } from '@bridge/workflow-core';
import type { AppendRequest } from '../ports.ts';
import { bodyHashOf, taskIdOf } from '../deployment/identity.ts';

export const OWNER = { tenant: 'default', principal: 'alice' };
const SECRET = createHash('sha256').update('test').digest('hex');

export function recordOf(
  options: { messageId?: string; text?: string; steps?: number } = {},
): AcceptanceRecord {
  const { messageId = randomUUID(), text = 'hello', steps = 1 } = options;
  const message = { messageId, role: 'user' as const, parts: [{ text }] };
  const bodyHash = bodyHashOf(message);
  return AcceptanceRecord.parse({
    schemaVersion: 1,
    ...OWNER,
    traceparent: null,
    runId: taskIdOf(SECRET, OWNER, messageId, bodyHash),
    contextId: 'context-1',
    bodyHash,
    acceptedAt: 1_700_000_000_000,
    message,
    plan: {
      skill: 'general',
      decidedBy: 'default',
      reason: 'test',
      onExhausted: 'park',
      steps: Array.from({ length: steps }, (_, at) => ({
        id: `step-${String(at)}`,
        description: `part ${String(at)}`,
        dependsOn: [],
        idempotent: false,
      })),
    },
  });
}

export function startingState(record: AcceptanceRecord): RunState {
  return {
    record,
    version: 0,
    cursor: '0-0',
    head: { phase: 'accepted', startedAt: 0, deadlineAt: 0, place: { n: 0, k: 0 } },
    status: { state: 'submitted', at: record.acceptedAt },
    metadata: {},
    steps: new Map(
      record.plan.steps.map(({ id }): [StepId, StepState] => [
        id,
        { id, status: 'waiting', epoch: 0, retries: 0, attempts: [] },
      ]),
    ),
    artifacts: new Map(),
    messages: [],
  };
}

export function stepId(at: number): StepId {
  return StepId.parse(`step-${String(at)}`);
}

export function attemptOf(runId: RunId, number: number): Attempt {
  return {
    attemptId: attemptIdOf(runId, randomUUID().replaceAll('-', '')),
    number,
    epoch: 0,
    agent: 'agent-1',
    agentType: 'general',
    message: '{"parts": [], "big": 9007199254740993}',
    legacyRunId: 'r',
    sendBefore: 1,
    choice: { agent: 'agent-1', reason: 'only one', candidates: 1, scores: [] },
    breakerState: 'closed',
    state: 'recorded',
    recordedAt: 1,
    deadlineAt: 2,
    seen: 0,
    closed: false,
  };
}

/** The step runs one attempt more; everything else is the same object. */
export function withAttempt(state: RunState, at: number, attempt: Attempt): RunState {
  const step = state.steps.get(stepId(at));
  if (step === undefined) throw new Error('no such step');
  const steps = new Map(state.steps);
  steps.set(step.id, { ...step, status: 'running', attempts: [...step.attempts, attempt] });
  return { ...state, steps, head: { ...state.head, phase: 'open' } };
}

export function withArtifact(state: RunState, artifactId: string, text: string): RunState {
  const artifacts = new Map(state.artifacts);
  artifacts.set(artifactId, { artifactId, parts: [{ text }, { data: { parts: [], big: 1.5e300 } }] });
  return { ...state, artifacts };
}

export function ended(state: RunState): RunState {
  return {
    ...state,
    status: { state: 'completed', at: 5 },
    head: { ...state.head, phase: 'ended', endedAt: 5 },
  };
}

/** Appends these events behind the state's last one: the state's place follows. */
export function withEvents(
  state: RunState,
  events: readonly PlacedEvent['event'][],
): { readonly state: RunState; readonly events: readonly PlacedEvent[] } {
  let { n, k } = state.head.place;
  const placed = events.map((event): PlacedEvent => {
    const visible = event.type === 'status' || event.type === 'artifact';
    n = visible ? n + 1 : n;
    k = visible ? 0 : k + 1;
    return { place: { n, k }, event };
  });
  return { state: { ...state, head: { ...state.head, place: { n, k } } }, events: placed };
}

export function requestOf(
  previous: RunState,
  next: RunState,
  more: Partial<AppendRequest> = {},
): AppendRequest {
  return {
    previous,
    next,
    events: [],
    agendaSet: [],
    agendaRemove: [],
    openAdd: [],
    openRemove: [],
    ...more,
  };
}

export function cancelCommand(inputId: string): Command {
  return { type: 'cancel', inputId, requestedBy: 'alice', schemaVersion: 1, ...OWNER, traceparent: null };
}
