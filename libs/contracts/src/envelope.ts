import { z } from 'zod';

/** Who owns a task, and which trace it belongs to. Carried by every record, input, event and job. */
export const Envelope = z.object({
  schemaVersion: z.number().int().positive(),
  tenant: z.string().min(1).max(128),
  principal: z.string().min(1).max(256),
  /** W3C trace context, or null where the caller sent none. */
  traceparent: z.string().max(128).nullable(),
});
export type Envelope = z.infer<typeof Envelope>;

export interface Owner {
  readonly tenant: string;
  readonly principal: string;
}

export const DEFAULT_TENANT = 'default';
/** The one scope that all callers without a credential share. */
export const ANONYMOUS = 'anonymous';
