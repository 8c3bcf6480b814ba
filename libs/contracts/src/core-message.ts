import { z } from 'zod';
import { Json, JsonObject } from './json.ts';

const partExtras = {
  metadata: JsonObject.optional(),
  filename: z.string().optional(),
  mediaType: z.string().optional(),
};

/** The core part is the part of A2A 1.0 as JSON: the member that is present says what it is. */
export const CorePart = z.union([
  z.object({ text: z.string(), ...partExtras }),
  /** base64 */
  z.object({ raw: z.string(), ...partExtras }),
  z.object({ url: z.string(), ...partExtras }),
  z.object({ data: Json, ...partExtras }),
]);
export type CorePart = z.infer<typeof CorePart>;

export const CoreRole = z.enum(['user', 'agent']);
export type CoreRole = z.infer<typeof CoreRole>;

export const CoreMessage = z.object({
  messageId: z.string().min(1).max(256),
  role: CoreRole,
  parts: z.array(CorePart).min(1),
  contextId: z.string().max(256).optional(),
  taskId: z.string().max(256).optional(),
  referenceTaskIds: z.array(z.string()).optional(),
  metadata: JsonObject.optional(),
  extensions: z.array(z.string()).optional(),
});
export type CoreMessage = z.infer<typeof CoreMessage>;

/** Core task states; every version's names are translated to and from these. */
export const CoreTaskState = z.enum([
  'submitted',
  'working',
  'input-required',
  'auth-required',
  'completed',
  'failed',
  'canceled',
  'rejected',
]);
export type CoreTaskState = z.infer<typeof CoreTaskState>;

export const TERMINAL_STATES: ReadonlySet<CoreTaskState> = new Set([
  'completed',
  'failed',
  'canceled',
  'rejected',
]);

export const CoreArtifact = z.object({
  artifactId: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  parts: z.array(CorePart),
  metadata: JsonObject.optional(),
});
export type CoreArtifact = z.infer<typeof CoreArtifact>;

export const CoreStatus = z.object({
  state: CoreTaskState,
  /** Epoch milliseconds, in the time of our Redis. */
  at: z.number(),
  message: CoreMessage.optional(),
});
export type CoreStatus = z.infer<typeof CoreStatus>;

/** What a client may see of a task; `number` is the last event it contains (0 before the run exists). */
export interface CoreTask {
  readonly taskId: string;
  readonly contextId: string;
  readonly status: CoreStatus;
  readonly artifacts: readonly CoreArtifact[];
  readonly history: readonly CoreMessage[];
  readonly metadata?: JsonObject;
  readonly number: number;
}
