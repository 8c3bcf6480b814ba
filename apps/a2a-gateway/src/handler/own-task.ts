import { RunId, type CoreTask, type Owner } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import type { HandlerDeps } from './deps.ts';

/** A task of this owner. Missing and foreign look the same (law L13). */
export async function ownTask(
  store: HandlerDeps['store'],
  owner: Owner,
  taskId: string,
): Promise<{ readonly runId: RunId; readonly task: CoreTask }> {
  // Ids that clients make up are not even looked for.
  const runId = RunId.safeParse(taskId);
  if (!runId.success) throw new BridgeError('TASK_NOT_FOUND');
  const found = await store.task(runId.data);
  if (found === null || found.owner.tenant !== owner.tenant || found.owner.principal !== owner.principal) {
    throw new BridgeError('TASK_NOT_FOUND');
  }
  return { runId: runId.data, task: found.task };
}
