import type { Choice, Requirements } from '@bridge/agent-selection';
import type { AcceptanceRecord, AttemptId, CoreMessage, CorePart, PlannedStep } from '@bridge/contracts';

/** How long and how often. All times in milliseconds. */
export interface Limits {
  /** From LPUSH to the reply, for steps that name no time of their own. */
  readonly replyTimeoutMs: number;
  readonly runDeadlineMs: number;
  /** How long a step may wait for an agent with room. */
  readonly queueWaitMs: number;
  /** One delay per retry: their number is how often a step is retried. */
  readonly backoffMs: readonly number[];
  /** After this long nothing is sent under an attempt's marker any more: an hour less than the marker lives. */
  readonly sendHorizonMs: number;
  /** Share of a backoff delay that is drawn by lot, 0 to 1; none where absent. */
  readonly jitter?: number;
}

export const DEFAULT_LIMITS: Limits = {
  replyTimeoutMs: 30_000,
  runDeadlineMs: 24 * 3_600_000,
  queueWaitMs: 300_000,
  backoffMs: [1000, 2000, 4000],
  sendHorizonMs: 23 * 3_600_000,
};

/** What is to be written for an attempt. Everything a legacy agent reads is in `description`. */
export interface AssignmentRequest {
  readonly attemptId: AttemptId;
  /** Agent id, hence the list `queue:{agent}`. */
  readonly agent: string;
  readonly agentType: string;
  /** Where the answer goes. */
  readonly replyName: string;
  /** The reply name again, for agents that answer to `payload.parent` and never to the sender. */
  readonly parent?: string;
  /** The client's context for a single task, the run id for the step of a workflow. */
  readonly contextId: string;
  readonly description: string;
  readonly timeoutMs: number;
  /** Parts that are not text. */
  readonly parts?: readonly CorePart[];
  /** Earlier turns of a continued task, oldest first. */
  readonly history?: readonly CoreMessage[];
  readonly record: AcceptanceRecord;
  readonly step: PlannedStep;
}

/** Everything a decision may know that is not in the state (law L12). */
export interface DecideContext {
  /** Our Redis's time, epoch ms. */
  readonly now: number;
  /** The legacy server's time and its `run_id`. */
  readonly legacyNow: number;
  readonly legacyRunId: string;
  /** 128 random bits as 32 lower-case hex digits; new ones at every call. */
  random(): string;
  /**
   * Picks an agent over a snapshot of the directory. One decision may ask for many steps: the caller counts what
   * it chose since the context was made as in flight, else a fan-out would all go to one agent.
   */
  choose(requirements: Requirements): Choice;
  /** An attempt at this agent settled in this decision, so `choose` may count its slot as free. */
  released?(agent: string): void;
  /** The exact bytes to push. */
  encodeAssignment(request: AssignmentRequest): string;
  /** Number of partitions of this deployment; the usual number where absent. */
  readonly partitions?: number;
  readonly limits: Limits;
}
