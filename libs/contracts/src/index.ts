export { AcceptanceRecord } from './acceptance.ts';
export type { AgentDescriptor, MalformedAgent } from './agents.ts';
export type { Attempt, ChoiceRecord, MalformedReply, RevokeReason } from './attempts.ts';
export {
  CoreArtifact,
  CoreMessage,
  CorePart,
  CoreRole,
  CoreStatus,
  CoreTaskState,
  TERMINAL_STATES,
  type CoreTask,
} from './core-message.ts';
export { ANONYMOUS, DEFAULT_TENANT, Envelope, type Owner } from './envelope.ts';
export { isVisible, type EventPlace, type PlacedEvent, type RunEvent, type VisibleEvent } from './events.ts';
export type { FeedEntry } from './feed.ts';
export {
  AttemptId,
  PARTITIONS,
  RunId,
  SCHEMA_VERSION,
  StepId,
  attemptIdOf,
  legacyTaskIdOf,
  parseAttemptId,
  partitionOf,
  partitionTag,
  replyNameOf,
  type AttemptIdParts,
  type PartitionTag,
} from './ids.ts';
export { Command, type Observation, type ReplyElement, type RevokeVerdict, type RunInput } from './inputs.ts';
export { AttemptSummary, DeadLetter, RunWakeup } from './jobs.ts';
export { Json, JsonObject } from './json.ts';
export { ReplyOutcome, TaskMessage } from './legacy.ts';
export { Plan, PlannedStep } from './plan.ts';
export { BridgeOptions, TaskRequest, WorkflowRequest, WorkflowStep } from './workflow-request.ts';
