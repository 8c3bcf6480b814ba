import type {
  AcceptanceRecord,
  Attempt,
  CoreArtifact,
  CoreMessage,
  CoreStatus,
  EventPlace,
  JsonObject,
  StepId,
} from '@bridge/contracts';
import type { ErrorCode } from '@bridge/error-policy';

/**
 * waiting     its parents are not done
 * held        it may run, but no agent can take it now (or none has been asked yet)
 * running     one attempt is open (recorded, sent or revoking)
 * backoff     the next attempt waits for its delay
 * awaiting    the agent asked the caller for input or authorization
 * parked      only an operator can go on (or the run deadline ends it)
 * completed, failed, canceled: final
 */
export type StepStatus =
  'waiting' | 'held' | 'running' | 'backoff' | 'awaiting' | 'parked' | 'completed' | 'failed' | 'canceled';

export const FINAL_STEP_STATUSES: ReadonlySet<StepStatus> = new Set(['completed', 'failed', 'canceled']);

export interface StepState {
  readonly id: StepId;
  readonly status: StepStatus;
  /** Rises with every replay by an operator; older epochs are ignored. */
  readonly epoch: number;
  /** Retries used in this epoch. */
  readonly retries: number;
  /** Oldest first; at most one is open (recorded, sent, revoking). */
  readonly attempts: readonly Attempt[];
  /** held: give up (park QUEUE_WAIT_EXCEEDED) at; ask again at. backoff: next attempt at. Redis time, ms. */
  readonly queueWaitUntil?: number;
  readonly retryAt?: number;
  /** How often in a row it was held: each time it asks a little later. */
  readonly holds?: number;
  /** Index in `RunState.messages` of the message that its next attempts continue with. */
  readonly continuedWith?: number;
  readonly awaiting?: 'input-required' | 'auth-required';
  /** Why it is held, failed or parked. */
  readonly code?: ErrorCode;
  readonly reason?: string;
  /** parked: the dead letter of this epoch was handed over. */
  readonly deadLettered?: boolean;
  readonly parkedAt?: number;
  readonly endedAt?: number;
}

/** What is true of the run as a whole; one small field of the run's hash. */
export interface RunHead {
  readonly phase: 'accepted' | 'open' | 'ended';
  readonly startedAt: number;
  readonly deadlineAt: number;
  readonly canceling?: {
    readonly at: number;
    readonly requestedBy: string;
    readonly reason?: string;
    readonly code?: ErrorCode;
  };
  readonly endedAt?: number;
  /** The place of the last event. */
  readonly place: EventPlace;
}

/**
 * The folded state of a run. Immutable with structural sharing: what did not change is the same object, so
 * the store writes only what differs by reference.
 */
export interface RunState {
  /** Written at acceptance, never changed; kept in its own key. */
  readonly record: AcceptanceRecord;
  /** Number of appends so far; the expected version of the next one. */
  readonly version: number;
  /** Last inbox entry that was decided; `0-0` before the first. */
  readonly cursor: string;
  readonly head: RunHead;
  readonly status: CoreStatus;
  /** Ours, shown to clients under metadata['a2a-bridge']. */
  readonly metadata: JsonObject;
  readonly steps: ReadonlyMap<StepId, StepState>;
  /** By artifact id, in the order of their events. */
  readonly artifacts: ReadonlyMap<string, CoreArtifact>;
  /** Messages after the first one, oldest first. */
  readonly messages: readonly CoreMessage[];
}
