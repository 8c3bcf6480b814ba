import type { Message, Part } from '@a2a-js/sdk';
import { toCoreRole } from './states.ts';

/** What a client sent cannot be worked with. `code` is a row of the error table; `message` is for the client. */
export interface Malformed {
  readonly code: 'REQUEST_MALFORMED';
  readonly message: string;
}

/** The core's bound on every id a client makes (`libs/contracts`). */
const MAX_ID_LENGTH = 256;

/**
 * What the SDK lets through although nothing can be done with it.
 *
 * @returns `null` when `toCoreMessage` may be called
 */
export function checkMessage(message: Message | undefined): Malformed | null {
  if (message === undefined) return malformed('message is missing');
  if (message.messageId === '') return malformed('message.messageId is missing');
  for (const id of ['messageId', 'contextId', 'taskId'] as const) {
    if (message[id].length > MAX_ID_LENGTH) {
      return malformed(`message.${id} is longer than ${String(MAX_ID_LENGTH)} characters`);
    }
  }
  if (toCoreRole(message.role) === undefined) return malformed('message.role is missing or unknown');
  if (message.parts.length === 0) return malformed('message.parts is empty');
  const empty = message.parts.findIndex((part) => !hasContent(part));
  return empty === -1 ? null : malformed(`message.parts[${String(empty)}] has none of text, raw, url, data`);
}

/** @param value `historyLength` of a send, get or list; absent means all of it */
export function checkHistoryLength(value: number | undefined): Malformed | null {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return null;
  return malformed('historyLength is not a whole number from 0 on');
}

/** A data part from a protobuf Value of no kind has the case, but nothing in it. */
function hasContent({ content }: Part): boolean {
  return content !== undefined && content.value !== undefined;
}

function malformed(message: string): Malformed {
  return { code: 'REQUEST_MALFORMED', message };
}
