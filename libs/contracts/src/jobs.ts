import { z } from 'zod';
import { Envelope } from './envelope.ts';
import { AttemptId, RunId, StepId } from './ids.ts';

/** "These runs have input." A hint, nothing else: the inbox holds the input (law L15). */
export const RunWakeup = z.object({
  schemaVersion: z.number().int().positive(),
  runs: z.array(RunId).min(1),
});
export type RunWakeup = z.infer<typeof RunWakeup>;

/** One attempt as a dead letter shows it. */
export const AttemptSummary = z.object({
  attemptId: AttemptId,
  number: z.number().int(),
  epoch: z.number().int(),
  agent: z.string(),
  agentType: z.string(),
  state: z.string(),
  recordedAt: z.number(),
  sentAt: z.number().optional(),
  deadlineAt: z.number(),
  verdict: z.enum(['never_sent', 'unclaimed', 'claimed_or_lost']).optional(),
  answeredAt: z.number().optional(),
  outcome: z.string().optional(),
  error: z.string().optional(),
  breakerState: z.string(),
});
export type AttemptSummary = z.infer<typeof AttemptSummary>;

export const DeadLetter = Envelope.extend({
  /** `{runId}:{stepId}` for a step: the same entry comes back with a higher epoch. */
  id: z.string(),
  kind: z.enum(['step', 'command', 'push', 'reply', 'job']),
  epoch: z.number().int().nonnegative(),
  runId: RunId.optional(),
  contextId: z.string().optional(),
  stepId: StepId.optional(),
  code: z.string(),
  message: z.string(),
  at: z.number(),
  attempts: z.array(AttemptSummary),
});
export type DeadLetter = z.infer<typeof DeadLetter>;
