import { TaskMessage, type Json, type JsonObject, type ReplyOutcome } from '@bridge/contracts';
import { z } from 'zod';

/**
 * Reads one element of a reply list.
 *
 * R1 Total: any string gives an outcome, nothing throws.
 * R2 The text of an answer is handed on as it is and never looked at.
 * R3 A reason names the field that is wrong, never what an agent wrote into it, because reasons are logged.
 */

/**
 * What is behind us recurses over values (schemas, JSON.stringify); at some thousand levels it would overflow the
 * stack. No agent answers 200 levels deep on purpose.
 */
export const MAX_REPLY_DEPTH = 200;

/** The payload came out of JSON.parse, so it is JSON; checking all of it again would cost more than parsing did. */
const Envelope = TaskMessage.extend({
  type: z.literal('task_result'),
  payload: z.custom<JsonObject>(isObject),
});

/** @param raw the element, byte for byte */
export function parseReply(raw: string): ReplyOutcome {
  const json = parseJson(raw);
  if (json === undefined) return malformed('not JSON');
  if (!isObject(json)) return malformed('not an object');
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return malformed(reasonOf(envelope.error));
  if (isDeeperThan(envelope.data.payload, MAX_REPLY_DEPTH)) {
    return malformed(`nested deeper than ${String(MAX_REPLY_DEPTH)} levels`);
  }
  return outcomeOf(envelope.data.payload);
}

function outcomeOf(payload: JsonObject): ReplyOutcome {
  const { status } = payload;
  switch (status) {
    case 'completed':
      return completed(payload);
    case 'failed':
      return failed(payload);
    case 'input_required':
    case 'auth_required':
      return asking(status, payload);
    case 'progress':
      return progress(payload);
    default:
      return malformed(status === undefined ? 'payload.status: missing' : 'payload.status: unknown');
  }
}

function outputOf(payload: JsonObject): Json | undefined {
  return payload['result'] ?? payload['output'] ?? undefined;
}

function completed(payload: JsonObject): ReplyOutcome {
  const output = outputOf(payload);
  return output === undefined
    ? malformed('payload: neither result nor output')
    : { kind: 'completed', output };
}

/** That it failed is a known outcome, whether or not the agent says why: only a known outcome may be retried. */
function failed(payload: JsonObject): ReplyOutcome {
  const output = outputOf(payload);
  const error = payload['error'] ?? '';
  const text = typeof error === 'string' ? error : JSON.stringify(error);
  return output === undefined ? { kind: 'failed', error: text } : { kind: 'failed', error: text, output };
}

/** The question is in `message`; agents that know `result` and `output` only may put it there. */
function asking(kind: 'input_required' | 'auth_required', payload: JsonObject): ReplyOutcome {
  const message = payload['message'] ?? outputOf(payload) ?? '';
  return typeof message === 'string' ? { kind, message } : malformed('payload.message: not a string');
}

function progress(payload: JsonObject): ReplyOutcome {
  const share = payload['progress'] ?? undefined;
  const message = payload['message'] ?? undefined;
  if (share !== undefined && !(typeof share === 'number' && share >= 0 && share <= 1)) {
    return malformed('payload.progress: not a number from 0 to 1');
  }
  if (message !== undefined && typeof message !== 'string') return malformed('payload.message: not a string');
  return {
    kind: 'progress',
    ...(share === undefined ? {} : { progress: share }),
    ...(message === undefined ? {} : { message }),
  };
}

function malformed(reason: string): ReplyOutcome {
  return { kind: 'malformed', reason };
}

/** `undefined`, which is no JSON value, for what is no JSON text. */
function parseJson(raw: string): Json | undefined {
  try {
    return JSON.parse(raw) as Json;
  } catch {
    // A SyntaxError, or a RangeError for a text nested beyond the parser's stack. Its message quotes the text (R3).
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Level by level instead of by recursion: it must hold for the values it is there to refuse. */
function isDeeperThan(value: Json, limit: number): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    const next: Json[] = [];
    for (const container of level) {
      for (const child of Object.values(container as JsonObject | Json[])) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return false;
}

function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'not a TaskMessage';
  if (issue.code === 'unrecognized_keys') return `unknown fields: ${String(issue.keys.length)}`;
  const field = issue.path.join('.');
  if (issue.code === 'invalid_type') return `${field}: missing or not ${issue.expected}`;
  if (field === 'payload') return 'payload: missing or not an object';
  return `${field}: not what a task_result has`;
}
