import type { SendMessageRequest } from '@a2a-js/sdk';
import { CoreMessage } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { checkHistoryLength, checkMessage, toCoreMessage } from '@bridge/translator';

/** A send, in whatever version it came, as the handler wants it. */
export interface SendInput {
  readonly message: CoreMessage;
  readonly returnImmediately: boolean;
  /** The newest messages to answer with; all of them where `undefined`. */
  readonly historyLength: number | undefined;
}

/** The SDK translates versions and checks little: the whole message is parsed here, once, at the trust edge. */
export function readSendInput({ message, configuration }: SendMessageRequest): SendInput {
  const malformed = checkMessage(message);
  if (malformed !== null || message === undefined) throw refused(malformed?.message);
  const parsed = CoreMessage.safeParse(toCoreMessage(message));
  if (!parsed.success) throw refused(describe(parsed.error.issues));
  // Accepting the wish for notifications and never sending one would be worse than saying no.
  if (configuration?.taskPushNotificationConfig !== undefined) throw new BridgeError('PUSH_NOT_SUPPORTED');
  return {
    message: parsed.data,
    returnImmediately: configuration?.returnImmediately ?? false,
    historyLength: readHistoryLength(configuration?.historyLength),
  };
}

/** @param value what the SDK read; a `null` of a 0.3 client means absent */
export function readHistoryLength(value: number | null | undefined): number | undefined {
  const length = value ?? undefined;
  const malformed = checkHistoryLength(length);
  if (malformed !== null) throw refused(malformed.message);
  return length;
}

/** @param value as the SDK passes it on: of a 0.3 request it may be anything */
export function readTaskId(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw refused('id is missing');
  return value;
}

function refused(message: string | undefined): BridgeError {
  return new BridgeError('REQUEST_MALFORMED', message);
}

/** Names the member; of the values nothing is repeated. */
function describe(issues: readonly { readonly path: readonly PropertyKey[] }[]): string {
  const path = issues[0]?.path.map(String).join('.') ?? '';
  return `message${path === '' ? '' : `.${path}`} is not of the right type`;
}
