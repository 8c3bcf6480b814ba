import type { CoreMessage, CoreTask, FeedEntry } from '@bridge/contracts';
import type { Watch } from '../follow/task-follower.ts';
import type { Call } from '../rpc/call.ts';
import { continueTask } from './continue-task.ts';
import type { HandlerDeps } from './deps.ts';
import { ownTask } from './own-task.ts';
import { waitForAnswer } from './wait.ts';
import { whileWatching } from './while-watching.ts';

export interface SendToTask {
  readonly message: CoreMessage & { readonly taskId: string };
  readonly returnImmediately: boolean;
}

/** A send that names a task: the task once the engine has taken the message, and for a blocking send its answer. */
export async function sendToTask(deps: HandlerDeps, call: Call, input: SendToTask): Promise<CoreTask> {
  const { message, returnImmediately } = input;
  const { runId, before, seen, put } = await continueTask(deps, call, message);
  if (seen && returnImmediately) return before;
  const read = async (): Promise<CoreTask> => (await ownTask(deps.store, call.owner, runId)).task;
  const watch = deps.follower.watch(runId);
  return whileWatching(call, watch, async () => {
    const since = seen ? null : await put();
    if (since !== null) {
      const isTaken = (task: CoreTask): boolean =>
        task.number > before.number || task.history.some(({ messageId }) => messageId === message.messageId);
      await untilTaken(watch, read, isTaken, deps.answerWaitMs);
    }
    if (returnImmediately) return read();
    return waitForAnswer({ watch, read, lookFirst: true, since: since ?? 0 });
  });
}

/**
 * Until the engine has taken the message the task is still what it was. Bounded: at the limit the watch is closed,
 * and the caller hears how the task stands.
 */
async function untilTaken(
  watch: Watch,
  read: () => Promise<CoreTask>,
  isTaken: (task: CoreTask) => boolean,
  limitMs: number,
): Promise<void> {
  const limit = setTimeout(() => {
    watch.close();
  }, limitMs);
  try {
    let known: FeedEntry | null = null;
    for (;;) {
      const old = known;
      if ((await watch.until((hint) => hint !== old)) === 'closed') return;
      known = watch.hint;
      if (isTaken(await read())) return;
    }
  } finally {
    clearTimeout(limit);
  }
}
