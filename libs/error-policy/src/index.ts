export { BridgeError, isBridgeError } from './bridge-error.ts';
export { classifyRedisError } from './classify-redis-error.ts';
export { decideFailure, type Failure, type FailureDecision } from './decide-failure.ts';
export { ERROR_TABLE, errorRow, type ErrorCode, type ErrorRow } from './error-table.ts';
