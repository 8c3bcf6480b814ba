export { BridgeError, isBridgeError } from './bridge-error.ts';
export { ERROR_TABLE, errorRow, type ErrorCode, type ErrorRow } from './error-table.ts';
