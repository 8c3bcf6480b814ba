/** Requests of the mailbox specs. */
import { RunId, StepId, attemptIdOf, type AttemptId } from '@bridge/contracts';
import { agentQueueKey, sentMarkerKey } from '@bridge/redis-keys';
import type { Mailbox, RevokeRequest, SendRequest } from '../ports.ts';

export const runId = RunId.parse('00000007-0000-4000-8000-000000000001');
export const stepId = StepId.parse('step_1');
export const HOUR = 3_600_000;
// Python's json.dumps, with what a codec could spoil: escapes, a float that is whole, an empty list, a large number.
export const message =
  '{"id": "a2a_task_0", "type": "task_assignment", "payload": {"description": "\\u00e9 \\ud83d\\ude00", "timeout": 30.0, "parts": [], "n": 12345678901234567890}, "retry_count": 0}';

let attempts = 0;
export function attempt(): AttemptId {
  attempts += 1;
  return attemptIdOf(runId, attempts.toString(16).padStart(32, '0'));
}
export interface Requests {
  readonly sendOf: (overrides?: Partial<SendRequest>) => SendRequest;
  readonly revokeOf: (sent: SendRequest, overrides?: Partial<RevokeRequest>) => RevokeRequest;
}

/** Requests that are right for the server this mailbox speaks to. */
export function requestsOf(mailbox: () => Mailbox): Requests {
  function sendOf(overrides: Partial<SendRequest> = {}): SendRequest {
    return {
      runId,
      stepId,
      epoch: 0,
      number: 1,
      attemptId: attempt(),
      agent: 'debug-worker-1',
      message,
      timeoutS: 30.7,
      sendBefore: mailbox().server().now() + HOUR,
      ...overrides,
    };
  }
  function revokeOf(sent: SendRequest, overrides: Partial<RevokeRequest> = {}): RevokeRequest {
    return { ...sent, legacyRunId: mailbox().server().runId, ...overrides };
  }
  return { sendOf, revokeOf };
}

export const markerOf = (request: SendRequest | RevokeRequest): string =>
  sentMarkerKey(request.runId, request.stepId, request.epoch, request.number);
export const queueOf = (request: SendRequest): string => agentQueueKey(request.agent);
