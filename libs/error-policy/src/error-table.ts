/**
 * What every error code means and what is done about it: the one policy table (law L7).
 *
 * Codes are `DOMAIN_CONDITION`, stable for ever and never reused.
 */
export interface ErrorRow {
  /** Is another try worth it, by itself? `if-idempotent`: it may have run, so only if running twice does no harm. */
  readonly retry: 'backoff' | 'if-idempotent' | 'never';
  /** Does it count against the agent's breaker? Only an agent's own faults do. */
  readonly breaker: 'counts' | 'ignores';
  /** Does a step that ends with it become a dead letter (when it may park)? */
  readonly deadLetter: boolean;
  /** HTTP status, outside JSON-RPC or when the envelope itself is refused. */
  readonly http: number;
  /** JSON-RPC / A2A error code. */
  readonly jsonRpc: number;
  /** Canonical gRPC status. */
  readonly grpc:
    | 'INVALID_ARGUMENT'
    | 'NOT_FOUND'
    | 'ALREADY_EXISTS'
    | 'FAILED_PRECONDITION'
    | 'UNAUTHENTICATED'
    | 'UNAVAILABLE'
    | 'DEADLINE_EXCEEDED'
    | 'OUT_OF_RANGE'
    | 'RESOURCE_EXHAUSTED'
    | 'UNIMPLEMENTED'
    | 'INTERNAL';
  readonly log: 'debug' | 'info' | 'warn' | 'error';
  /** One sentence for a human; docs/reference/errors.md is made of these. */
  readonly meaning: string;
}

const clientError = { retry: 'never', breaker: 'ignores', deadLetter: false, log: 'info' } as const;
const stepError = { http: 500, jsonRpc: -32603, grpc: 'INTERNAL', log: 'warn' } as const;

// A row is read across and compared with the rows around it, so each stays on one line.
// prettier-ignore
export const ERROR_TABLE = {
  // What a client did.
  REQUEST_MALFORMED: { ...clientError, http: 400, jsonRpc: -32602, grpc: 'INVALID_ARGUMENT', meaning: 'The request does not have the shape its operation needs.' },
  JSON_MALFORMED: { ...clientError, http: 400, jsonRpc: -32700, grpc: 'INVALID_ARGUMENT', meaning: 'The body is not JSON.' },
  ENVELOPE_INVALID: { ...clientError, http: 400, jsonRpc: -32600, grpc: 'INVALID_ARGUMENT', meaning: 'The body is JSON but no JSON-RPC 2.0 request.' },
  BODY_TOO_LARGE: { ...clientError, http: 413, jsonRpc: -32600, grpc: 'RESOURCE_EXHAUSTED', meaning: 'The body is larger than this server accepts.' },
  JSON_TOO_DEEP: { ...clientError, http: 400, jsonRpc: -32600, grpc: 'INVALID_ARGUMENT', meaning: 'The body nests deeper than this server accepts.' },
  METHOD_NOT_FOUND: { ...clientError, http: 404, jsonRpc: -32601, grpc: 'UNIMPLEMENTED', meaning: 'There is no such method.' },
  VERSION_NOT_SUPPORTED: { ...clientError, http: 400, jsonRpc: -32009, grpc: 'FAILED_PRECONDITION', meaning: 'This protocol version is not served here.' },
  OPERATION_UNSUPPORTED: { ...clientError, http: 400, jsonRpc: -32004, grpc: 'UNIMPLEMENTED', meaning: 'The operation is not supported, here or in this state.' },
  PUSH_NOT_SUPPORTED: { ...clientError, http: 400, jsonRpc: -32003, grpc: 'FAILED_PRECONDITION', meaning: 'Push notifications are not supported.' },
  TASK_NOT_FOUND: { ...clientError, http: 404, jsonRpc: -32001, grpc: 'NOT_FOUND', meaning: 'There is no such task, or it belongs to somebody else.' },
  TASK_NOT_CANCELABLE: { ...clientError, http: 400, jsonRpc: -32002, grpc: 'FAILED_PRECONDITION', meaning: 'The task has ended and cannot be canceled.' },
  DEAD_LETTER_NOT_FOUND: { ...clientError, http: 404, jsonRpc: -32001, grpc: 'NOT_FOUND', meaning: 'There is no dead letter with this id.' },
  MESSAGE_ID_CONFLICT: { ...clientError, http: 409, jsonRpc: -32602, grpc: 'ALREADY_EXISTS', meaning: 'This messageId was used before with another body.' },
  WORKFLOW_INVALID: { ...clientError, http: 400, jsonRpc: -32602, grpc: 'INVALID_ARGUMENT', meaning: 'The submitted workflow is not a valid plan; the message names the step.' },
  UNAUTHENTICATED: { ...clientError, http: 401, jsonRpc: -32600, grpc: 'UNAUTHENTICATED', meaning: 'No valid credential was presented.' },
  ORIGIN_FORBIDDEN: { ...clientError, http: 403, jsonRpc: -32600, grpc: 'UNAUTHENTICATED', meaning: 'The page that sent this is of an origin that may not call this server.' },
  CONTENT_TYPE_UNSUPPORTED: { ...clientError, http: 400, jsonRpc: -32005, grpc: 'INVALID_ARGUMENT', meaning: 'The body is of a media type that is not served here.' },
  CURSOR_UNKNOWN: { ...clientError, http: 409, jsonRpc: -32602, grpc: 'OUT_OF_RANGE', meaning: 'The cursor is newer than what exists, or older than what is kept.' },

  // What an agent or the fleet did.
  AGENT_TIMEOUT: { ...stepError, retry: 'backoff', breaker: 'counts', deadLetter: true, meaning: 'The agent did not answer before the reply deadline, and did not take the work.' },
  AGENT_FAILED: { ...stepError, retry: 'backoff', breaker: 'ignores', deadLetter: true, meaning: 'The agent answered that it failed.' },
  AGENT_REPLY_MALFORMED: { ...stepError, retry: 'never', breaker: 'counts', deadLetter: true, meaning: 'What the agent answered cannot be read as a reply.' },
  OUTCOME_UNKNOWN: { ...stepError, retry: 'if-idempotent', breaker: 'counts', deadLetter: true, meaning: 'The agent took the work and did not answer; it may have run, so unless the step is idempotent only an operator may run it again.' },
  RETRIES_EXHAUSTED: { ...stepError, retry: 'never', breaker: 'ignores', deadLetter: true, meaning: 'Every allowed retry was used.' },
  QUEUE_WAIT_EXCEEDED: { ...stepError, retry: 'never', breaker: 'ignores', deadLetter: true, meaning: 'No suitable agent had room before the queue-wait deadline.' },
  CAPABILITY_UNAVAILABLE: { ...clientError, http: 400, jsonRpc: -32004, grpc: 'FAILED_PRECONDITION', meaning: 'No registered agent could ever serve what the request requires.' },
  AGENTS_BUSY: { ...stepError, retry: 'backoff', breaker: 'ignores', deadLetter: false, log: 'debug', meaning: 'Suitable agents exist but have no room at the moment; the step is held.' },
  RUN_DEADLINE_EXCEEDED: { ...stepError, retry: 'never', breaker: 'ignores', deadLetter: true, meaning: 'The run did not end before its deadline.' },
  STEP_PARENT_FAILED: { ...stepError, retry: 'never', breaker: 'ignores', deadLetter: false, meaning: 'A step that this one depends on did not complete.' },

  // What the system did.
  INPUT_POISONED: { ...stepError, retry: 'never', breaker: 'ignores', deadLetter: true, log: 'error', meaning: 'An input could not be decoded or decided three times and was set aside.' },
  REDIS_UNAVAILABLE: { retry: 'backoff', breaker: 'ignores', deadLetter: false, http: 503, jsonRpc: -32603, grpc: 'UNAVAILABLE', log: 'error', meaning: 'Redis did not answer in time; a retry with the same messageId is safe.' },
  SERVICE_DRAINING: { retry: 'backoff', breaker: 'ignores', deadLetter: false, http: 503, jsonRpc: -32603, grpc: 'UNAVAILABLE', log: 'info', meaning: 'The process is shutting down; another replica will answer.' },
  SCHEMA_NEWER: { retry: 'backoff', breaker: 'ignores', deadLetter: false, http: 503, jsonRpc: -32603, grpc: 'UNAVAILABLE', log: 'warn', meaning: 'What is stored was written by a newer version of this system and is left for it.' },
  INTERNAL: { retry: 'never', breaker: 'ignores', deadLetter: false, http: 500, jsonRpc: -32603, grpc: 'INTERNAL', log: 'error', meaning: 'A fault of this system. The request id leads to the log.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export function errorRow(code: ErrorCode): ErrorRow {
  return ERROR_TABLE[code];
}
