import { z } from 'zod';
import { Json, JsonObject } from './json.ts';

/** The TaskMessage of the legacy wire. Exactly these seven fields: one more and the agent loses the message. */
export const TaskMessage = z.strictObject({
  id: z.string(),
  type: z.enum(['task_assignment', 'task_result', 'agent_heartbeat', 'agent_register', 'agent_shutdown']),
  from_agent: z.string(),
  to_agent: z.string(),
  /** Naive local time, ISO without a zone. */
  timestamp: z.string(),
  payload: JsonObject,
  retry_count: z.number().int().optional(),
});
export type TaskMessage = z.infer<typeof TaskMessage>;

/** What one element of a reply list says. `malformed` keeps the reason; the raw element is kept beside it. */
export const ReplyOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('completed'), output: Json }),
  z.object({ kind: z.literal('failed'), error: z.string(), output: Json.optional() }),
  z.object({ kind: z.literal('input_required'), message: z.string() }),
  z.object({ kind: z.literal('auth_required'), message: z.string() }),
  z.object({
    kind: z.literal('progress'),
    progress: z.number().min(0).max(1).optional(),
    message: z.string().optional(),
  }),
  z.object({ kind: z.literal('malformed'), reason: z.string() }),
]);
export type ReplyOutcome = z.infer<typeof ReplyOutcome>;
