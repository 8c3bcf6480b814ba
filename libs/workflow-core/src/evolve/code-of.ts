import { ERROR_TABLE, type ErrorCode } from '@bridge/error-policy';

/** Events carry codes as text; one that this version does not know is a fault of the system, to it. */
export function codeOf(code: string): ErrorCode {
  return isErrorCode(code) ? code : 'INTERNAL';
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}
