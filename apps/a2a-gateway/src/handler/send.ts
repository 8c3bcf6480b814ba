import type { CoreTask } from '@bridge/contracts';
import type { Call } from '../rpc/call.ts';
import { acceptTask } from './accept-task.ts';
import type { HandlerDeps } from './deps.ts';
import { ownTask } from './own-task.ts';
import { acceptedTask, prepareTask } from './prepare-task.ts';
import type { SendInput } from './send-input.ts';
import { sendToTask } from './send-to-task.ts';
import { waitForAnswer } from './wait.ts';
import { whileWatching } from './while-watching.ts';

/** SendMessage, message/send: the task when its caller is to be answered. */
export async function send(deps: HandlerDeps, call: Call, input: SendInput): Promise<CoreTask> {
  const { message, returnImmediately } = input;
  const { taskId } = message;
  if (taskId !== undefined)
    return sendToTask(deps, call, { message: { ...message, taskId }, returnImmediately });

  const record = prepareTask(deps, call, message);
  const read = async (): Promise<CoreTask> => (await ownTask(deps.store, call.owner, record.runId)).task;
  if (returnImmediately) {
    return (await acceptTask(deps, record)) === 'new' ? acceptedTask(record) : read();
  }
  // Watched before it is accepted: its end may be announced before the answer of the accept is read.
  const watch = deps.follower.watch(record.runId);
  return whileWatching(call, watch, async () => {
    const lookFirst = (await acceptTask(deps, record)) === 'known';
    return waitForAnswer({ watch, read, lookFirst });
  });
}
