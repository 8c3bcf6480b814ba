import type { Owner } from '@bridge/contracts';
import type { ServerCallContext } from '@a2a-js/sdk/server';

/** What our request handler knows of the HTTP request behind a call; travels through the SDK in `context.state`. */
export interface Call {
  readonly owner: Owner;
  readonly requestId: string;
  readonly traceparent: string | null;
  /** Calls back once when the client's connection is gone. Returns how to take the listener back. */
  readonly onGone: (listener: () => void) => () => void;
  /** What was thrown by our handler: the SDK only passes on a message, the route needs the code. */
  failure: { readonly error: unknown } | null;
  /** untouched: the SDK could not even read the parameters. */
  progress: 'untouched' | 'entered' | 'returned';
  /** Number of the event that was yielded last; the SSE id of what the SDK makes of it. */
  eventNumber: number;
}

const CALL = 'a2a-bridge.call';

export function callState(call: Call): Map<string, unknown> {
  return new Map([[CALL, call]]);
}

export function callOf(context: ServerCallContext): Call {
  const call = context.state.get(CALL);
  if (call === undefined) throw new Error('the call was not made by one of our routes');
  return call as Call;
}
