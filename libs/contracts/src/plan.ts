import { z } from 'zod';
import { CorePart } from './core-message.ts';
import { StepId } from './ids.ts';

/** One node of a plan. `agent`, `agentType` and `capability` are requirements; `type` is only a preference. */
export const PlannedStep = z.object({
  id: StepId,
  /** What the agent is asked to do; legacy agents read nothing else. */
  description: z.string(),
  dependsOn: z.array(StepId),
  type: z.string().optional(),
  agent: z.string().optional(),
  agentType: z.string().optional(),
  capability: z.string().optional(),
  /** May it run twice? Only then an unknown outcome is retried. */
  idempotent: z.boolean(),
  /** From LPUSH to the reply; the engine's default where absent. */
  replyTimeoutMs: z.number().int().positive().optional(),
  /** Parts that are not text, handed to the agent as `payload.parts`. */
  parts: z.array(CorePart).optional(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

export const Plan = z.object({
  /** The skill that was chosen. */
  skill: z.string(),
  /** Where the choice came from: shown to the client in the task's metadata. */
  decidedBy: z.enum(['data-part', 'metadata', 'words', 'default']),
  reason: z.string(),
  /** In the order of the plan; artifacts keep it. */
  steps: z.array(PlannedStep).min(1),
  /** What happens to a step that cannot be finished. */
  onExhausted: z.enum(['park', 'fail']),
});
export type Plan = z.infer<typeof Plan>;
