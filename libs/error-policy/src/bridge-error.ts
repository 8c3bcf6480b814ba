import { errorRow, type ErrorCode, type ErrorRow } from './error-table.ts';

/** The one error that crosses rooms: a code of the table, a message for humans, the cause it was classified from. */
export class BridgeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message ?? errorRow(code).meaning, options);
    this.name = 'BridgeError';
    this.code = code;
  }

  get row(): ErrorRow {
    return errorRow(this.code);
  }
}

/** Narrow on the code, not on the class: a bundle may hold two copies of it. */
export function isBridgeError(error: unknown): error is BridgeError {
  return error instanceof Error && 'code' in error && error.name === 'BridgeError';
}
