import { SCHEMA_VERSION, TERMINAL_STATES, type CoreTask } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import type { Call } from '../rpc/call.ts';
import type { HandlerDeps } from './deps.ts';
import { ownTask } from './own-task.ts';
import { whileWatching } from './while-watching.ts';

/** One per run: every further cancel of it says the same. */
const CANCEL_INPUT = 'cancel';

/**
 * CancelTask, tasks/cancel: puts the wish into the run's inbox and waits a bounded time for the end. A task whose
 * step cannot be taken back yet is answered as it stands; its cancellation goes on.
 */
export async function cancel(deps: HandlerDeps, call: Call, taskId: string): Promise<CoreTask> {
  const { runId, task } = await ownTask(deps.store, call.owner, taskId);
  if (TERMINAL_STATES.has(task.status.state)) throw new BridgeError('TASK_NOT_CANCELABLE');
  const watch = deps.follower.watch(runId);
  return whileWatching(call, watch, async () => {
    const result = await deps.store.put(runId, {
      type: 'cancel',
      schemaVersion: SCHEMA_VERSION,
      tenant: call.owner.tenant,
      principal: call.owner.principal,
      traceparent: call.traceparent,
      inputId: CANCEL_INPUT,
      requestedBy: call.owner.principal,
    });
    if (result.kind === 'unknown-run') throw new BridgeError('TASK_NOT_FOUND');
    deps.wake(runId);
    const limit = setTimeout(() => {
      watch.close();
    }, deps.answerWaitMs);
    try {
      await untilEnded();
    } finally {
      clearTimeout(limit);
    }
    const after = (await ownTask(deps.store, call.owner, taskId)).task;
    // It ended otherwise before the wish was read.
    if (TERMINAL_STATES.has(after.status.state) && after.status.state !== 'canceled') {
      throw new BridgeError('TASK_NOT_CANCELABLE');
    }
    return after;
  });

  async function untilEnded(): Promise<void> {
    for (;;) {
      const wake = await watch.until(({ state }) => TERMINAL_STATES.has(state));
      if (wake !== 'poll') return;
      const { task: now } = await ownTask(deps.store, call.owner, taskId);
      if (TERMINAL_STATES.has(now.status.state)) return;
    }
  }
}
