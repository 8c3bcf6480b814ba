import type { RunId } from '@bridge/contracts';
import { acceptanceKey, outputsKey, runKeyOf } from '@bridge/redis-keys';
import type { RedisClient } from '../client/create-redis.ts';
import { LUA } from './lua-sources.ts';
import { readReply } from './read-reply.ts';
import { defineScript, runScript } from './run-script.ts';

const script = defineScript('task', LUA.task);

export interface TaskReply {
  readonly record: string;
  /** null before the first append. */
  readonly run: {
    readonly schemaVersion: string;
    readonly head: string;
    readonly status: string;
    readonly meta: string;
    readonly msgs: string;
  } | null;
  /** Flat field-value list. */
  readonly outputs: readonly string[];
}

/** `null`: no acceptance record. */
export async function task(redis: RedisClient, runId: RunId): Promise<TaskReply | null> {
  const keys = [acceptanceKey(runId), runKeyOf(runId), outputsKey(runId)];
  const reply = readReply(script, await runScript(redis, script, keys, []));
  if (reply.length === 0) return null;
  const fields = readReply(script, reply.list(1));
  return {
    record: reply.text(0),
    run: fields.isNull(0)
      ? null
      : {
          schemaVersion: fields.text(0),
          head: fields.text(1),
          status: fields.text(2),
          meta: fields.text(3),
          msgs: fields.text(4),
        },
    outputs: reply.texts(2),
  };
}
