/** Requests and answers of both dialects, written by hand. */
import { randomUUID } from 'node:crypto';
import { eventually, rpc, snapshotKeys, type RpcAnswer, type SseEvent } from '@bridge/test-kit';
import type { Redis } from 'ioredis';

export const V1 = { 'a2a-version': '1.0' };

interface Identified {
  readonly messageId: string;
}

export const v1Message = (over: object = {}): Identified => ({
  messageId: randomUUID(),
  ...{ role: 'ROLE_USER', parts: [{ text: 'hello' }] },
  ...over,
});
export const v03Message = (over: object = {}): Identified => ({
  messageId: randomUUID(),
  ...{ kind: 'message', role: 'user', parts: [{ kind: 'text', text: 'hello' }] },
  ...over,
});

export interface V1Task {
  readonly id: string;
  readonly contextId: string;
  readonly status: { readonly state: string };
  readonly artifacts?: { readonly parts: { readonly text: string }[] }[];
  readonly history?: { readonly messageId: string }[];
}

export const v1Task = ({ result, error }: RpcAnswer): V1Task => {
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return (result as { task: V1Task }).task;
};

export async function sendAtOnce(url: string, over: object = {}): Promise<V1Task> {
  const params = { message: v1Message(over), configuration: { returnImmediately: true } };
  return v1Task(await rpc(url, 'SendMessage', params, V1));
}

export async function getTask(url: string, id: string): Promise<V1Task> {
  return (await rpc(url, 'GetTask', { id }, V1)).result as V1Task;
}

/** The id of the task that a message has made, as soon as it is accepted. */
export function acceptedTaskId(redis: Redis, { messageId }: Identified): Promise<string> {
  return eventually(async () => {
    const keys = await snapshotKeys(redis, 'a2ab:{p*}:accept:*');
    const found = Object.values(keys).find(({ value }) => JSON.stringify(value).includes(messageId));
    if (found === undefined) return null;
    return (JSON.parse((found.value as { record: string }).record) as { runId: string }).runId;
  });
}

export interface Event {
  readonly id: number;
  readonly result: Readonly<Record<string, unknown>>;
}

export async function readAll(events: AsyncIterable<SseEvent>): Promise<Event[]> {
  const all: Event[] = [];
  for await (const { id, data } of events) {
    all.push({ id: Number(id), result: (JSON.parse(data) as { result: Event['result'] }).result });
  }
  return all;
}
