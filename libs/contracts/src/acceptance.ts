import { z } from 'zod';
import { CoreMessage } from './core-message.ts';
import { Envelope } from './envelope.ts';
import { RunId } from './ids.ts';
import { Plan } from './plan.ts';

/** Written once when a task is accepted (law L1); the run is folded on top of it. Never changed. */
export const AcceptanceRecord = Envelope.extend({
  runId: RunId,
  contextId: z.string().min(1).max(256),
  /** Hash of the canonical core message: the same for every honest retry. */
  bodyHash: z.string(),
  /** Epoch milliseconds at the gateway; the run's own times come from our Redis. */
  acceptedAt: z.number(),
  message: CoreMessage,
  plan: Plan,
});
export type AcceptanceRecord = z.infer<typeof AcceptanceRecord>;
