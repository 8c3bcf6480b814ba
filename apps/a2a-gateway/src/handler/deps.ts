import type { AcceptanceRecord, CoreMessage, Owner, Plan, RunId } from '@bridge/contracts';
import type { AgentCard } from '@a2a-js/sdk';
import type { GuardedStore } from '../guarded-store.ts';
import type { ReadEvents } from '../follow/shared-reads.ts';
import type { TaskFollower } from '../follow/task-follower.ts';

/** What our request handler stands on. Every call to Redis is already bounded in time and classified. */
export interface HandlerDeps {
  readonly store: Pick<GuardedStore, 'accept' | 'put' | 'task'>;
  readonly readEvents: ReadEvents;
  readonly follower: TaskFollower;
  /** Tells an engine that the run has input. A hint: it never fails, what is lost is found by the sweep. */
  readonly wake: (runId: RunId) => void;
  readonly identity: TaskIdentity;
  /** Refuses with WORKFLOW_INVALID, before anything is written. */
  readonly plan: (message: CoreMessage) => Plan;
  readonly card: AgentCard;
  readonly now: () => number;
  /** How long a cancel, or a message to a task, waits for the engine's answer. */
  readonly answerWaitMs: number;
  readonly observe: HandlerObserver;
}

/** Where ids come from: the deployment's secret, never the client's choice. */
export interface TaskIdentity {
  bodyHash(message: CoreMessage): string;
  taskId(owner: Owner, messageId: string, bodyHash: string): RunId;
  /** The contextId we make for a client that brings none: the same for every retry. */
  contextId(taskId: RunId): string;
  /** Dedupes a message that continues a task. */
  inputId(messageId: string, bodyHash: string): string;
}

/** What is counted on the way (law L11). */
export interface HandlerObserver {
  accepted(record: AcceptanceRecord, result: 'put' | 'duplicate' | 'conflict'): void;
  /** The poll found events that no hint had announced. */
  missedHint(): void;
  /** A read of a stream failed; it is tried again at the next wake. */
  readFailed(error: unknown): void;
}
