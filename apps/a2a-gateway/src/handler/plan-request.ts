import type { CoreMessage, Plan } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { planOf } from '@bridge/workflow-core';

/** @throws BridgeError WORKFLOW_INVALID, naming the step or member that is wrong */
export function planRequest(message: CoreMessage): Plan {
  const result = planOf(message);
  if (result.ok) return result.plan;
  throw new BridgeError(result.code, result.message);
}
