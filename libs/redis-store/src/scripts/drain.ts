import type { RunId } from '@bridge/contracts';
import { acceptanceKey, inboxKey, outputsKey, runKeyOf } from '@bridge/redis-keys';
import type { RedisClient } from '../client/create-redis.ts';
import { LUA } from './lua-sources.ts';
import { readReply } from './read-reply.ts';
import { readStream, type StreamEntry } from './read-stream.ts';
import { defineScript, runScript } from './run-script.ts';

const script = defineScript('drain', LUA.drain);

/** A batch that is decided at once; the rest comes with the next drain. */
export const DRAIN_ENTRIES = 200;
export const DRAIN_BYTES = 1_048_576;

export interface DrainReply {
  readonly now: number;
  /** JSON; null if the caller holds a version. */
  readonly record: string | null;
  /** Flat field-value lists; null if the version that the caller holds is the stored one. */
  readonly stored: { readonly run: readonly string[]; readonly outputs: readonly string[] } | null;
  readonly entries: readonly StreamEntry[];
}

/** `null`: no acceptance record. */
export async function drain(
  redis: RedisClient,
  runId: RunId,
  heldVersion: number | null,
): Promise<DrainReply | null> {
  const keys = [acceptanceKey(runId), runKeyOf(runId), outputsKey(runId), inboxKey(runId)];
  const args = [heldVersion === null ? '' : String(heldVersion), DRAIN_ENTRIES, DRAIN_BYTES];
  const reply = readReply(script, await runScript(redis, script, keys, args));
  if (reply.number(0) === 0) return null;
  return {
    now: reply.number(1),
    record: reply.isNull(2) ? null : reply.text(2),
    stored: reply.isNull(3) ? null : { run: reply.texts(3), outputs: reply.texts(4) },
    entries: readStream(reply.list(5)),
  };
}
