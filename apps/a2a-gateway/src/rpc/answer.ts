import { errorRow, type ErrorCode } from '@bridge/error-policy';
import { z } from 'zod';
import { classified } from '../errors/classify.ts';
import { rpcErrorOf, type RpcError } from '../errors/rpc-error.ts';
import type { Call } from './call.ts';
import type { RpcId } from './envelope.ts';
import type { Dialect } from './protocol-version.ts';

/** A refusal or failure, ready to be written: the JSON-RPC answer and what the log and the counters want of it. */
export interface Failure {
  readonly code: ErrorCode;
  readonly body: { readonly jsonrpc: '2.0'; readonly id: RpcId; readonly error: RpcError };
  /** What it was classified from; for the log alone. */
  readonly cause: unknown;
}

export interface FailureInput {
  readonly code: ErrorCode;
  readonly message?: string;
  readonly id: RpcId;
  readonly requestId: string;
  readonly dialect: Dialect;
  readonly cause?: unknown;
}

export function failureOf({ code, message = '', id, requestId, dialect, cause }: FailureInput): Failure {
  return { code, body: { jsonrpc: '2.0', id, error: rpcErrorOf(code, message, requestId, dialect) }, cause };
}

/** Of an error thrown by our handler. What our own faults say about us stays inside: the code is enough. */
export function failureOfError(
  error: unknown,
  of: Omit<FailureInput, 'code' | 'message' | 'cause'>,
): Failure {
  const { code, message } = classified(error);
  return failureOf({ ...of, code, message: errorRow(code).http >= 500 ? '' : message, cause: error });
}

const SdkError = z.object({ code: z.number(), message: z.string() });

/** The SDK's own refusals, made before our handler is asked; everything else it says there is about parameters. */
const SDK_CODES: Readonly<Record<number, ErrorCode>> = {
  [-32601]: 'METHOD_NOT_FOUND',
  [-32600]: 'ENVELOPE_INVALID',
  [-32004]: 'OPERATION_UNSUPPORTED',
};

/**
 * Of an error answer that the SDK wrote. It knows messages only; where our handler threw, the call knows the rest.
 * An error after our handler returned is a fault of ours, one before it means unreadable parameters.
 */
export function failureOfAnswer(
  answered: unknown,
  call: Call,
  of: { readonly id: RpcId; readonly dialect: Dialect },
): Failure {
  const error = SdkError.parse(answered);
  const input = { ...of, requestId: call.requestId };
  if (call.failure !== null) return failureOfError(call.failure.error, input);
  if (call.progress === 'returned') {
    return failureOf({
      ...input,
      code: 'INTERNAL',
      cause: new Error(`the answer could not be written: ${error.message}`),
    });
  }
  const code = SDK_CODES[error.code] ?? 'REQUEST_MALFORMED';
  // A TypeError's words are about our internals, not about the request.
  const message = error.code === -32602 ? error.message : '';
  return failureOf({ ...input, code, message, cause: error.message });
}
