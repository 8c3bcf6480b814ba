import {
  SCHEMA_VERSION,
  TERMINAL_STATES,
  type CoreMessage,
  type CoreTask,
  type RunId,
} from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import type { Call } from '../rpc/call.ts';
import type { HandlerDeps } from './deps.ts';
import { ownTask } from './own-task.ts';

export interface Continued {
  readonly runId: RunId;
  /** The task as it was before the message. */
  readonly before: CoreTask;
  /** This very message had been taken before. */
  readonly seen: boolean;
  /** Puts the message into the run's inbox: our Redis's time, or `null` if it was there already. */
  readonly put: () => Promise<number | null>;
}

/** A message that names a task: checked here, put by the caller once it watches the run. */
export async function continueTask(
  deps: HandlerDeps,
  call: Call,
  message: CoreMessage & { readonly taskId: string },
): Promise<Continued> {
  const { runId, task } = await ownTask(deps.store, call.owner, message.taskId);
  if (message.contextId !== undefined && message.contextId !== task.contextId) {
    throw new BridgeError('REQUEST_MALFORMED', 'contextId is not the one of the task.');
  }
  // A retry of the message that ended the task is answered with the task, like the first time.
  const seen = task.history.some(({ messageId }) => messageId === message.messageId);
  if (TERMINAL_STATES.has(task.status.state) && !seen) {
    throw new BridgeError('OPERATION_UNSUPPORTED', 'The task has ended and takes no more messages.');
  }
  return {
    runId,
    before: task,
    seen,
    put: () => putMessage(deps, call, runId, { ...message, contextId: task.contextId }),
  };
}

async function putMessage(
  deps: HandlerDeps,
  call: Call,
  runId: RunId,
  message: CoreMessage,
): Promise<number | null> {
  const { owner, traceparent } = call;
  const result = await deps.store.put(runId, {
    type: 'message',
    schemaVersion: SCHEMA_VERSION,
    tenant: owner.tenant,
    principal: owner.principal,
    traceparent,
    inputId: deps.identity.inputId(message.messageId, deps.identity.bodyHash(message)),
    message,
  });
  switch (result.kind) {
    case 'put':
      deps.wake(runId);
      return result.now;
    case 'duplicate':
      deps.wake(runId);
      return null;
    case 'unknown-run':
      throw new BridgeError('TASK_NOT_FOUND');
    case 'conflict':
      throw new BridgeError('INTERNAL', undefined, {
        cause: new Error('a message was answered with conflict'),
      });
  }
}
