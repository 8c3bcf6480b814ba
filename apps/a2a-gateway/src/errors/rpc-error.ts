import { errorRow, type ErrorCode } from '@bridge/error-policy';
import type { Dialect } from '../rpc/protocol-version.ts';

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: ErrorInfo[] | LegacyErrorData;
}

/** `google.rpc.ErrorInfo`, as A2A 1.0 wants it in `error.data`. */
interface ErrorInfo {
  readonly '@type': 'type.googleapis.com/google.rpc.ErrorInfo';
  readonly reason: string;
  readonly domain: string;
  readonly metadata: { readonly code: ErrorCode; readonly requestId: string };
}

/** Versions before 1.0 leave the shape of `error.data` to the server. */
interface LegacyErrorData {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly requestId: string;
}

const A2A_DOMAIN = 'a2a-protocol.org';
const OUR_DOMAIN = 'a2a-bridge';

/** The codes for which the protocol has an error, with the protocol's own reason; the others are ours alone. */
const PROTOCOL_REASONS: Partial<Record<ErrorCode, string>> = {
  REQUEST_MALFORMED: 'INVALID_PARAMS',
  VERSION_NOT_SUPPORTED: 'VERSION_NOT_SUPPORTED',
  OPERATION_UNSUPPORTED: 'UNSUPPORTED_OPERATION',
  PUSH_NOT_SUPPORTED: 'PUSH_NOTIFICATION_NOT_SUPPORTED',
  TASK_NOT_FOUND: 'TASK_NOT_FOUND',
  TASK_NOT_CANCELABLE: 'TASK_NOT_CANCELABLE',
};

/** The error member of a JSON-RPC answer: always with our code and the request id. */
export function rpcErrorOf(code: ErrorCode, message: string, requestId: string, dialect: Dialect): RpcError {
  const row = errorRow(code);
  const text = message === '' ? row.meaning : message;
  const protocolReason = PROTOCOL_REASONS[code];
  if (dialect === '0.3') {
    return { code: row.jsonRpc, message: text, data: { code, reason: code, requestId } };
  }
  return {
    code: row.jsonRpc,
    message: text,
    data: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: protocolReason ?? code,
        domain: protocolReason === undefined ? OUR_DOMAIN : A2A_DOMAIN,
        metadata: { code, requestId },
      },
    ],
  };
}

/**
 * The HTTP status under a JSON-RPC error. JSON-RPC answers with 200 and says the rest in the body; only what
 * concerns the transport itself (size, load, credentials, our own faults) shows in the status, where proxies and
 * load balancers look.
 */
const TRANSPORT_CODES: ReadonlySet<ErrorCode> = new Set([
  'BODY_TOO_LARGE',
  'UNAUTHENTICATED',
  'ORIGIN_FORBIDDEN',
  'REDIS_UNAVAILABLE',
  'SERVICE_DRAINING',
  'INTERNAL',
]);

export function httpStatusOf(code: ErrorCode): number {
  return TRANSPORT_CODES.has(code) ? errorRow(code).http : 200;
}
