import type { ErrorCode } from '@bridge/error-policy';
import { jsonDepthExceeds } from '@bridge/service-kit';

export type RpcId = string | number | null;

/** A JSON-RPC 2.0 request whose envelope holds; `params` are still anybody's guess. */
export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id?: RpcId;
  readonly method: string;
  readonly params?: unknown;
  readonly [member: string]: unknown;
}

export type ParsedEnvelope =
  | { readonly kind: 'request'; readonly request: RpcRequest }
  /** `id` as far as it could be read: JSON-RPC wants it back even then. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string; readonly id: RpcId };

/** Method names are labels and log fields, so an absurd one is refused before it gets anywhere. */
const MAX_METHOD_LENGTH = 128;
const MAX_ID_LENGTH = 256;

/**
 * Reads the body of a JSON-RPC call: size is the server's limit, here come depth, JSON and the envelope.
 * Batches are refused: no version of A2A has them. Of a member that is written twice the last one counts.
 */
export function parseEnvelope(body: unknown, maxDepth: number): ParsedEnvelope {
  if (typeof body !== 'string' || body.length === 0) return refused('JSON_MALFORMED', 'The body is empty.');
  if (jsonDepthExceeds(body, maxDepth)) {
    return refused('JSON_TOO_DEEP', `The body nests deeper than ${String(maxDepth)} levels.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    // The parser's own message quotes the body, which is message text: it stays out of answers and logs.
    if (error instanceof SyntaxError) return refused('JSON_MALFORMED');
    throw error;
  }
  return checkEnvelope(value);
}

function checkEnvelope(value: unknown): ParsedEnvelope {
  if (Array.isArray(value)) return refused('ENVELOPE_INVALID', 'Batches are not supported.');
  if (typeof value !== 'object' || value === null) {
    return refused('ENVELOPE_INVALID', 'The body must be a JSON object.');
  }
  const { jsonrpc, method, id } = value as Record<string, unknown>;
  if (!isRpcId(id)) {
    return refused('ENVELOPE_INVALID', 'id must be a string of at most 256 characters, an integer or null.');
  }
  const knownId = id ?? null;
  if (jsonrpc !== '2.0') return refused('ENVELOPE_INVALID', 'jsonrpc must be "2.0".', knownId);
  if (typeof method !== 'string' || method.length === 0 || method.length > MAX_METHOD_LENGTH) {
    return refused('ENVELOPE_INVALID', 'method must be the name of a method.', knownId);
  }
  return { kind: 'request', request: value as RpcRequest };
}

function isRpcId(id: unknown): id is RpcId | undefined {
  if (id === undefined || id === null) return true;
  if (typeof id === 'string') return id.length <= MAX_ID_LENGTH;
  return Number.isSafeInteger(id);
}

function refused(code: ErrorCode, message = '', id: RpcId = null): ParsedEnvelope {
  return { kind: 'refused', code, message, id };
}
