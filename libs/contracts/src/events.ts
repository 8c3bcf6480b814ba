import type { Attempt, MalformedReply, RevokeReason } from './attempts.ts';
import type { CoreArtifact, CoreMessage, CoreTaskState } from './core-message.ts';
import type { AttemptId, StepId } from './ids.ts';
import type { ReplyElement, RevokeVerdict } from './inputs.ts';
import type { JsonObject } from './json.ts';

/**
 * What happened to a run. `at` is our Redis's time, epoch ms.
 * `status` and `artifact` are what clients see; each is one A2A event with a number of its own (law L10).
 */
export type RunEvent =
  | { readonly type: 'run.started'; readonly at: number; readonly deadlineAt: number }
  | {
      readonly type: 'run.canceling';
      readonly at: number;
      readonly requestedBy: string;
      readonly reason?: string;
      /** Set when it is no wish but a limit: the run ends failed with it. */ readonly code?: string;
    }
  | { readonly type: 'run.ended'; readonly at: number; readonly state: CoreTaskState }
  | {
      readonly type: 'message.received';
      readonly at: number;
      readonly message: CoreMessage;
      /** The awaiting step that it continues. */ readonly stepId?: StepId;
    }
  | {
      readonly type: 'step.held';
      readonly at: number;
      readonly stepId: StepId;
      readonly code: string;
      readonly reason: string;
      readonly until: number;
      readonly retryAt: number;
    }
  | {
      readonly type: 'step.backoff';
      readonly at: number;
      readonly stepId: StepId;
      readonly until: number;
      readonly code: string;
    }
  | {
      readonly type: 'step.awaiting';
      readonly at: number;
      readonly stepId: StepId;
      readonly state: 'input-required' | 'auth-required';
    }
  | { readonly type: 'step.completed'; readonly at: number; readonly stepId: StepId }
  | {
      readonly type: 'step.failed';
      readonly at: number;
      readonly stepId: StepId;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: 'step.canceled';
      readonly at: number;
      readonly stepId: StepId;
      readonly code?: string;
      readonly reason?: string;
    }
  | {
      readonly type: 'step.parked';
      readonly at: number;
      readonly stepId: StepId;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: 'step.dead-lettered'; readonly stepId: StepId; readonly epoch: number }
  | {
      readonly type: 'step.replayed';
      readonly at: number;
      readonly stepId: StepId;
      readonly actor: string;
      readonly reason: string;
      readonly operationId: string;
    }
  | { readonly type: 'attempt.recorded'; readonly stepId: StepId; readonly attempt: Attempt }
  | {
      readonly type: 'attempt.sent';
      readonly stepId: StepId;
      readonly attemptId: AttemptId;
      readonly sentAt: number;
      readonly deadlineAt: number;
    }
  | {
      readonly type: 'attempt.adopted';
      readonly stepId: StepId;
      readonly attemptId: AttemptId;
      readonly found: AttemptId;
      readonly agent: string;
      readonly sentAt: number;
      readonly deadlineAt: number;
    }
  | {
      readonly type: 'attempt.extended';
      readonly stepId: StepId;
      readonly attemptId: AttemptId;
      readonly deadlineAt: number;
    }
  | {
      readonly type: 'attempt.read';
      readonly stepId: StepId;
      readonly attemptId: AttemptId;
      readonly seen: number;
      /** The element just read is no reply: evidence for later. */ readonly malformed?: MalformedReply;
    }
  | {
      readonly type: 'attempt.answered';
      readonly at: number;
      readonly stepId: StepId;
      readonly attemptId: AttemptId;
      readonly element: ReplyElement;
    }
  | {
      readonly type: 'attempt.revoking';
      readonly at: number;
      readonly stepId: StepId;
      readonly attemptId: AttemptId;
      readonly reason: RevokeReason;
    }
  | {
      readonly type: 'attempt.revoked';
      readonly at: number;
      readonly stepId: StepId;
      readonly attemptId: AttemptId;
      readonly verdict: RevokeVerdict;
    }
  | { readonly type: 'attempt.closed'; readonly stepId: StepId; readonly attemptId: AttemptId }
  | VisibleEvent;

export type VisibleEvent =
  | {
      readonly type: 'status';
      readonly at: number;
      readonly state: CoreTaskState;
      readonly message?: CoreMessage;
      readonly metadata?: JsonObject;
    }
  | {
      readonly type: 'artifact';
      readonly at: number;
      readonly stepId: StepId;
      readonly artifact: CoreArtifact;
    };

export function isVisible(event: RunEvent): event is VisibleEvent {
  return event.type === 'status' || event.type === 'artifact';
}

/**
 * An event's place in its run: visible events are `n-0`, with n dense from 1; the others `n-1`, `n-2`, ...
 * behind the last visible one. So a stream id is a place, and `n` is what clients see.
 */
export interface EventPlace {
  readonly n: number;
  readonly k: number;
}

export interface PlacedEvent {
  readonly place: EventPlace;
  readonly event: RunEvent;
}
