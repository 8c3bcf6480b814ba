import type { A2ARequestHandler, ServerCallContext } from '@a2a-js/sdk/server';
import type { StreamResponse } from '@a2a-js/sdk';
import { BridgeError } from '@bridge/error-policy';
import { fromCoreTask, fromVisibleEvent } from '@bridge/translator';
import { callOf, type Call } from '../rpc/call.ts';
import { cancel } from './cancel.ts';
import type { HandlerDeps } from './deps.ts';
import { ownTask } from './own-task.ts';
import { send } from './send.ts';
import { sendStream, type TaskStream } from './send-stream.ts';
import { readHistoryLength, readSendInput, readTaskId } from './send-input.ts';
import { subscribe } from './subscribe.ts';

/**
 * The SDK's request handler over Redis: every operation of every version and binding ends here. Nothing of a task
 * lives in this process (law L3), so any replica can answer any call.
 *
 * Failures are thrown as `BridgeError` and noted on the call: the SDK passes on only their message.
 */
export function createGatewayRequestHandler(deps: HandlerDeps): A2ARequestHandler {
  return {
    getAgentCard: () => Promise.resolve(deps.card),
    getAuthenticatedExtendedAgentCard: (_params, context) =>
      unsupported(context, 'OPERATION_UNSUPPORTED', 'This server has no extended card.'),

    sendMessage: (params, context) =>
      answered(context, async (call) => {
        const input = readSendInput(params);
        return fromCoreTask(await send(deps, call, input), input);
      }),

    sendMessageStream: (params, context) =>
      streamed(context, (call) => {
        const input = readSendInput(params);
        return { items: sendStream(deps, call, input), historyLength: input.historyLength };
      }),

    resubscribe: (params, context) =>
      streamed(context, (call) => ({
        items: subscribe(deps, call, readTaskId(params.id)),
        historyLength: undefined,
      })),

    getTask: (params, context) =>
      answered(context, async (call) => {
        const historyLength = readHistoryLength(params.historyLength);
        const { task } = await ownTask(deps.store, call.owner, readTaskId(params.id));
        return fromCoreTask(task, { historyLength });
      }),

    cancelTask: (params, context) =>
      answered(context, async (call) => fromCoreTask(await cancel(deps, call, readTaskId(params.id)))),

    listTasks: (_params, context) =>
      unsupported(context, 'OPERATION_UNSUPPORTED', 'Listing tasks is not supported.'),
    createTaskPushNotificationConfig: (_params, context) => unsupported(context, 'PUSH_NOT_SUPPORTED'),
    getTaskPushNotificationConfig: (_params, context) => unsupported(context, 'PUSH_NOT_SUPPORTED'),
    listTaskPushNotificationConfigs: (_params, context) => unsupported(context, 'PUSH_NOT_SUPPORTED'),
    deleteTaskPushNotificationConfig: (_params, context) => unsupported(context, 'PUSH_NOT_SUPPORTED'),
  };
}

/** One answer; how far it got and what was thrown is noted on the call. */
async function answered<T>(context: ServerCallContext, work: (call: Call) => Promise<T>): Promise<T> {
  const call = callOf(context);
  call.progress = 'entered';
  try {
    checkTenant(context, call);
    const result = await work(call);
    call.progress = 'returned';
    return result;
  } catch (error) {
    call.failure = { error };
    throw error;
  }
}

interface Opened {
  readonly items: TaskStream;
  readonly historyLength: number | undefined;
}

/** Many answers; the number of each is on the call when it is yielded, for the SSE id. */
async function* streamed(
  context: ServerCallContext,
  open: (call: Call) => Opened,
): AsyncGenerator<StreamResponse, void, undefined> {
  const call = callOf(context);
  call.progress = 'entered';
  try {
    checkTenant(context, call);
    const { items, historyLength } = open(call);
    let of: { readonly taskId: string; readonly contextId: string } | null = null;
    for await (const item of items) {
      if (item.kind === 'task') {
        of = item.task;
        call.eventNumber = item.task.number;
        yield { payload: { $case: 'task', value: fromCoreTask(item.task, { historyLength }) } };
      } else if (of !== null) {
        call.eventNumber = item.n;
        yield fromVisibleEvent(of.taskId, of.contextId, item.event);
      }
    }
  } catch (error) {
    call.failure = { error };
    throw error;
  }
}

function unsupported(
  context: ServerCallContext,
  code: 'OPERATION_UNSUPPORTED' | 'PUSH_NOT_SUPPORTED',
  message?: string,
): Promise<never> {
  return answered(context, () => Promise.reject(new BridgeError(code, message)));
}

/** The tenant comes from the credential; a request may only repeat it. */
function checkTenant(context: ServerCallContext, { owner }: Call): void {
  const { tenant } = context;
  if (tenant !== undefined && tenant !== '' && tenant !== owner.tenant) {
    throw new BridgeError('REQUEST_MALFORMED', 'tenant is not the one of the credential.');
  }
}
