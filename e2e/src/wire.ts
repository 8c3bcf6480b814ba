import { randomUUID } from 'node:crypto';
import { rpc, type RpcAnswer } from '@bridge/test-kit';

/** Requests and answers as the two JSON-RPC dialects write them, by hand: an oracle shares nobody's codecs. */
export type Wire = '1.0' | '0.3';

export const WIRES: readonly Wire[] = ['1.0', '0.3'];

interface Dialect {
  readonly headers: Readonly<Record<string, string>>;
  readonly send: string;
  readonly stream: string;
  readonly get: string;
}

export const DIALECT: Readonly<Record<Wire, Dialect>> = {
  '1.0': {
    headers: { 'a2a-version': '1.0' },
    send: 'SendMessage',
    stream: 'SendStreamingMessage',
    get: 'GetTask',
  },
  '0.3': { headers: {}, send: 'message/send', stream: 'message/stream', get: 'tasks/get' },
};

export interface Ask {
  readonly text?: string;
  readonly messageId?: string;
  /** A data part instead of text. */
  readonly data?: unknown;
  /** Answer at once, before the task has ended. */
  readonly atOnce?: boolean;
}

/** The params of a send in that dialect. */
export function sendParams(
  wire: Wire,
  { text, data, messageId = randomUUID(), atOnce = false }: Ask,
): unknown {
  if (wire === '1.0') {
    const parts = data === undefined ? [{ text }] : [{ data }];
    return { message: { messageId, role: 'ROLE_USER', parts }, configuration: { returnImmediately: atOnce } };
  }
  const parts = data === undefined ? [{ kind: 'text', text }] : [{ kind: 'data', data }];
  return {
    message: { kind: 'message', messageId, role: 'user', parts },
    configuration: { blocking: !atOnce },
  };
}

export function send(
  url: string,
  wire: Wire,
  ask: Ask,
  headers: Readonly<Record<string, string>> = {},
): Promise<RpcAnswer> {
  const dialect = DIALECT[wire];
  return rpc(url, dialect.send, sendParams(wire, ask), { ...dialect.headers, ...headers });
}

export function get(
  url: string,
  wire: Wire,
  id: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RpcAnswer> {
  const dialect = DIALECT[wire];
  return rpc(url, dialect.get, { id }, { ...dialect.headers, ...headers });
}

/** What the tests look at in a task, the same words for both dialects. */
export interface SeenTask {
  readonly id: string;
  readonly contextId: string;
  /** As 0.3 spells it: `completed`. */
  readonly state: string;
  /** Text of the status message, if there is one. */
  readonly said: string;
  /** Texts of text parts and values of data parts, artifact by artifact. */
  readonly outputs: readonly unknown[];
}

interface WirePart {
  readonly text?: string;
  readonly data?: unknown;
}
interface WireTask {
  readonly id: string;
  readonly contextId: string;
  readonly status: { readonly state: string; readonly message?: { readonly parts: readonly WirePart[] } };
  readonly artifacts?: readonly { readonly parts: readonly WirePart[] }[];
}

/** The task of a send's or a get's answer. @throws when the answer is an error or no task */
export function taskOf(answer: RpcAnswer): SeenTask {
  if (answer.error !== undefined) throw new Error(`an error came back: ${JSON.stringify(answer.error)}`);
  const result = answer.result as { readonly task?: WireTask } & WireTask;
  const task = result.task ?? result;
  if (typeof task.id !== 'string') throw new Error(`no task came back: ${JSON.stringify(answer.result)}`);
  const values = (parts: readonly WirePart[]): unknown[] => parts.map((part) => part.text ?? part.data);
  return {
    id: task.id,
    contextId: task.contextId,
    state: stateOf(task.status.state),
    said: values(task.status.message?.parts ?? []).join('\n'),
    outputs: (task.artifacts ?? []).flatMap(({ parts }) => values(parts)),
  };
}

/** `TASK_STATE_INPUT_REQUIRED` and `input-required` are the same state. */
export function stateOf(state: string): string {
  return state
    .replace(/^TASK_STATE_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}
