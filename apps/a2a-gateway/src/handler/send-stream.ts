import type { Call } from '../rpc/call.ts';
import { acceptTask } from './accept-task.ts';
import { continueTask } from './continue-task.ts';
import type { HandlerDeps } from './deps.ts';
import { follow, type FollowOptions, type StreamItem } from './follow-task.ts';
import { ownTask } from './own-task.ts';
import { acceptedTask, prepareTask } from './prepare-task.ts';
import type { SendInput } from './send-input.ts';

export type TaskStream = AsyncGenerator<StreamItem, void, undefined>;

/** SendStreamingMessage, message/stream: the task as accepted, then every event up to its end or its next question. */
export async function* sendStream(deps: HandlerDeps, call: Call, input: SendInput): TaskStream {
  const { message } = input;
  const { taskId } = message;
  const opened =
    taskId === undefined
      ? await openNew(deps, call, message)
      : await openContinued(deps, call, { ...message, taskId });
  const off = call.onGone(() => {
    opened.watch.close();
  });
  try {
    yield* follow(deps, opened);
  } finally {
    off();
    opened.watch.close();
  }
}

async function openNew(deps: HandlerDeps, call: Call, message: SendInput['message']): Promise<FollowOptions> {
  const record = prepareTask(deps, call, message);
  const { runId } = record;
  const watch = deps.follower.watch(runId);
  try {
    const isNew = (await acceptTask(deps, record)) === 'new';
    const snapshot = isNew ? acceptedTask(record) : (await ownTask(deps.store, call.owner, runId)).task;
    return { runId, watch, snapshot, ends: 'at-question' };
  } catch (error) {
    watch.close();
    throw error;
  }
}

async function openContinued(
  deps: HandlerDeps,
  call: Call,
  message: SendInput['message'] & { readonly taskId: string },
): Promise<FollowOptions> {
  const { runId, before, seen, put } = await continueTask(deps, call, message);
  const watch = deps.follower.watch(runId);
  try {
    if (!seen) await put();
    // The snapshot is the task before the message; everything after it comes as events.
    return { runId, watch, snapshot: before, ends: seen ? 'at-question' : 'at-next-question' };
  } catch (error) {
    watch.close();
    throw error;
  }
}
