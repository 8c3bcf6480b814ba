import type { Owner } from '@bridge/contracts';
import { Extensions } from '@a2a-js/sdk';
import {
  JsonRpcTransportHandler,
  ServerCallContext,
  type A2ARequestHandler,
  type User,
} from '@a2a-js/sdk/server';
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server';
import { callState, type Call } from './call.ts';
import type { RpcRequest } from './envelope.ts';
import type { Dialect } from './protocol-version.ts';

/** An answer as the SDK writes it; only the error is of interest. */
export interface RpcResponse {
  readonly jsonrpc: string;
  readonly error?: unknown;
}

/** One answer, or a stream of them. */
export type Dispatched =
  | { readonly kind: 'answer'; readonly answer: RpcResponse }
  | { readonly kind: 'stream'; readonly answers: AsyncGenerator<RpcResponse, void, undefined> };

export interface DispatchRequest {
  readonly request: RpcRequest;
  readonly dialect: Dialect;
  readonly call: Call;
  readonly extensions: string | undefined;
}

export type Dispatch = (request: DispatchRequest) => Promise<Dispatched>;

/** Both JSON-RPC dialects of the SDK over the same request handler. */
export function createDispatch(handler: A2ARequestHandler): Dispatch {
  const v1 = new JsonRpcTransportHandler(handler);
  const legacy = new LegacyJsonRpcTransportHandler(handler);
  return async ({ request, dialect, call, extensions }) => {
    const context = new ServerCallContext({
      user: userOf(call.owner),
      requestedVersion: dialect,
      state: callState(call),
      ...(extensions === undefined
        ? {}
        : { requestedExtensions: Extensions.parseServiceParameter(extensions) }),
    });
    const out =
      dialect === '1.0'
        ? await v1.handle(request, context)
        : await legacy.handle(withBlockingDefault(request), context);
    if (Symbol.asyncIterator in out) return { kind: 'stream', answers: out };
    return { kind: 'answer', answer: out };
  };
}

function userOf(owner: Owner): User {
  return { isAuthenticated: owner.principal !== 'anonymous', userName: owner.principal };
}

/**
 * A 0.2.x or 0.3 send is blocking unless it says `blocking: false`; the SDK takes a configuration that does not
 * mention it for non-blocking, which no other server of those versions does.
 */
function withBlockingDefault(request: RpcRequest): RpcRequest {
  if (request.method !== 'message/send') return request;
  const params = request.params as { readonly configuration?: unknown } | null | undefined;
  const configuration = params?.configuration;
  if (typeof configuration !== 'object' || configuration === null || Array.isArray(configuration))
    return request;
  if ('blocking' in configuration && configuration.blocking !== null) return request;
  return { ...request, params: { ...params, configuration: { ...configuration, blocking: true } } };
}
