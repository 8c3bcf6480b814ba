import type { Candidate, Choice, Requirements } from '@bridge/agent-selection';
import {
  AcceptanceRecord,
  RunId,
  StepId,
  type CoreMessage,
  type Json,
  type Plan,
  type PlannedStep,
  type ReplyElement,
  type ReplyOutcome,
} from '@bridge/contracts';

export const RUN_ID = RunId.parse('0a1b2c3d-0000-4000-8000-000000000001');

/** A step by its id, its parents and whatever else matters to the test. */
export function aStep(
  id: string,
  dependsOn: readonly string[] = [],
  over: Partial<PlannedStep> = {},
): PlannedStep {
  return {
    id: StepId.parse(id),
    description: `do ${id}`,
    dependsOn: dependsOn.map((parent) => StepId.parse(parent)),
    idempotent: false,
    ...over,
  };
}

export function aPlan(steps: readonly PlannedStep[], over: Partial<Plan> = {}): Plan {
  return {
    skill: steps.length > 1 ? 'orchestration' : 'task_execution',
    decidedBy: 'default',
    reason: 'for a test',
    steps: [...steps],
    onExhausted: 'park',
    ...over,
  };
}

export function aMessage(messageId: string, text: string): CoreMessage {
  return { messageId, role: 'user', parts: [{ text }] };
}

export function aRecord(plan: Plan, over: Partial<AcceptanceRecord> = {}): AcceptanceRecord {
  return AcceptanceRecord.parse({
    schemaVersion: 1,
    tenant: 'default',
    principal: 'anonymous',
    traceparent: null,
    runId: RUN_ID,
    contextId: 'context-1',
    bodyHash: 'hash',
    acceptedAt: 1,
    message: aMessage('message-1', 'hello'),
    plan,
    ...over,
  });
}

export function aCandidate(id: string, over: Partial<Candidate> = {}): Candidate {
  return {
    id,
    type: 'debug',
    capabilities: [],
    status: 'active',
    lastSeenAt: 0,
    queueLength: 0,
    inFlight: 0,
    breakerState: 'closed',
    ...over,
  };
}

export function chosen(agent: string | Candidate, reason = 'for a test'): Choice {
  const candidate = typeof agent === 'string' ? aCandidate(agent) : agent;
  return {
    kind: 'chosen',
    agent: candidate,
    record: { agent: candidate.id, reason, candidates: 1, scores: [] },
  };
}

export const busy: Choice = { kind: 'hold', code: 'AGENTS_BUSY', reason: 'all busy' };

export function never(requirements: Requirements): Choice {
  const what = requirements.capability ?? requirements.agent ?? requirements.agentType ?? 'nothing';
  return { kind: 'never', code: 'CAPABILITY_UNAVAILABLE', reason: `no registered agent offers '${what}'` };
}

export function anElement(index: number, outcome: ReplyOutcome): ReplyElement {
  return { index, raw: JSON.stringify(outcome), outcome };
}

export const outcomes = {
  completed: (output: Json = 'done'): ReplyOutcome => ({ kind: 'completed', output }),
  failed: (error = 'boom'): ReplyOutcome => ({ kind: 'failed', error }),
  asks: (message = 'which one?'): ReplyOutcome => ({ kind: 'input_required', message }),
  progress: (progress: number, message?: string): ReplyOutcome => ({
    kind: 'progress',
    progress,
    ...(message === undefined ? {} : { message }),
  }),
  malformed: (reason = 'no JSON'): ReplyOutcome => ({ kind: 'malformed', reason }),
};
