import { BridgeError, isBridgeError } from '@bridge/error-policy';

/** Every failure is one of our codes before it leaves the gateway (law L7); what nobody classified is ours. */
export function classified(error: unknown): BridgeError {
  if (isBridgeError(error)) return error;
  return new BridgeError('INTERNAL', undefined, { cause: error });
}
