import type { Message } from '@a2a-js/sdk';
import type { CoreMessage } from '@bridge/contracts';
import { fromCorePart, toCorePart } from './parts.ts';
import { fromCoreRole, toCoreRole } from './states.ts';

/**
 * Any client's message as the core sees it; the SDK has translated 0.2.6 and 0.3 to this type already.
 *
 * @throws {TypeError} for what `checkMessage` refuses: it comes first
 */
export function toCoreMessage(message: Message): CoreMessage {
  const role = toCoreRole(message.role);
  if (role === undefined) throw new TypeError('a message without a role was not refused');
  // A 0.3 client may send `null` for what it leaves out, and the SDK passes that on.
  const metadata = message.metadata ?? undefined;
  return {
    messageId: message.messageId,
    role,
    parts: message.parts.map(toCorePart),
    ...(message.contextId === '' ? {} : { contextId: message.contextId }),
    ...(message.taskId === '' ? {} : { taskId: message.taskId }),
    ...(message.referenceTaskIds.length === 0 ? {} : { referenceTaskIds: [...message.referenceTaskIds] }),
    ...(metadata === undefined ? {} : { metadata: metadata }),
    ...(message.extensions.length === 0 ? {} : { extensions: [...message.extensions] }),
  };
}

export function fromCoreMessage(message: CoreMessage): Message {
  return {
    messageId: message.messageId,
    contextId: message.contextId ?? '',
    taskId: message.taskId ?? '',
    role: fromCoreRole(message.role),
    parts: message.parts.map(fromCorePart),
    metadata: message.metadata,
    extensions: message.extensions ?? [],
    referenceTaskIds: message.referenceTaskIds ?? [],
  };
}
