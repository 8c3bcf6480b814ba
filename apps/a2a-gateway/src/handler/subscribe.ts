import { TERMINAL_STATES } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import type { Call } from '../rpc/call.ts';
import type { HandlerDeps } from './deps.ts';
import { follow } from './follow-task.ts';
import { ownTask } from './own-task.ts';
import type { TaskStream } from './send-stream.ts';

/** SubscribeToTask, tasks/resubscribe: the task as it stands, then every later event up to its end. */
export async function* subscribe(deps: HandlerDeps, call: Call, taskId: string): TaskStream {
  // Two reads: the first one says whose task it is, so that nobody else's is ever watched.
  const { runId } = await ownTask(deps.store, call.owner, taskId);
  const watch = deps.follower.watch(runId);
  const off = call.onGone(() => {
    watch.close();
  });
  try {
    const { task } = await ownTask(deps.store, call.owner, taskId);
    if (TERMINAL_STATES.has(task.status.state)) {
      throw new BridgeError('OPERATION_UNSUPPORTED', 'The task has ended; there is nothing to subscribe to.');
    }
    yield* follow(deps, { runId, watch, snapshot: task, ends: 'at-end' });
  } finally {
    off();
    watch.close();
  }
}
