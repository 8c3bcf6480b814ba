import { z } from 'zod';
import { StepId } from './ids.ts';

/** A day: no reply is waited for longer than a run may live by default. */
const MAX_TIMEOUT_MS = 24 * 60 * 60 * 1000;
/** Enough for whole documents; what is larger belongs into a part of its own. */
const MAX_DESCRIPTION = 256 * 1024;
const MAX_STEPS = 1000;
const MAX_PARENTS = MAX_STEPS - 1;

const name = z.string().min(1).max(256);

const work = {
  /** Requirement: this agent and no other. */
  agent: name.optional(),
  /** Requirement: an agent of this type. */
  agentType: name.optional(),
  /** Requirement: an agent that offers this capability. */
  capability: name.optional(),
  /** May it run twice? Only then an unknown outcome is retried. */
  idempotent: z.boolean().optional(),
  /** From the moment the agent has it in its queue to its reply, milliseconds. */
  timeoutMs: z.number().int().positive().max(MAX_TIMEOUT_MS).optional(),
};

const description = z.string().min(1).max(MAX_DESCRIPTION);

/** A step of a submitted workflow. Unknown members are refused: a misspelt dependency must not be overlooked. */
export const WorkflowStep = z.strictObject({
  id: StepId,
  /** Kind of work: a preference for choosing the agent, never a requirement. */
  type: name.optional(),
  description,
  ...work,
  /** Steps that must be completed first. */
  depends_on: z.array(StepId).max(MAX_PARENTS).optional(),
  /** Seconds; today's step lists carry it, nothing reads it. */
  estimated_duration: z.number().optional(),
});
export type WorkflowStep = z.infer<typeof WorkflowStep>;

/** The data part that submits a DAG: `GET /schemas/workflow.v1.json`. */
export const WorkflowRequest = z.strictObject({
  skill: z.literal('orchestration'),
  workflow: z.strictObject({
    schemaVersion: z.literal(1),
    steps: z.array(WorkflowStep).min(1).max(MAX_STEPS),
  }),
});
export type WorkflowRequest = z.infer<typeof WorkflowRequest>;

/** The data part that submits one step for a skill; without a description the text parts are it. */
export const TaskRequest = z.strictObject({
  skill: name,
  description: description.optional(),
  ...work,
});
export type TaskRequest = z.infer<typeof TaskRequest>;

/** What `message.metadata['a2a-bridge']` may ask for; other members there are not ours to judge. */
export const BridgeOptions = z.looseObject({
  onExhausted: z.enum(['park', 'fail']).optional(),
  ...work,
});
export type BridgeOptions = z.infer<typeof BridgeOptions>;
