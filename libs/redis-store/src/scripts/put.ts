import { partitionOf, type RunId } from '@bridge/contracts';
import { acceptanceKey, inboxKey, inputIdsKey, readyKey } from '@bridge/redis-keys';
import type { RedisClient } from '../client/create-redis.ts';
import { LUA } from './lua-sources.ts';
import { readReply } from './read-reply.ts';
import { defineScript, runScript } from './run-script.ts';

const script = defineScript('put', LUA.put);

const KINDS = { 0: 'unknown-run', 1: 'put', 2: 'duplicate' } as const;

export interface PutArgs {
  readonly runId: RunId;
  readonly inputId: string;
  readonly command: string;
}

export async function put(
  redis: RedisClient,
  args: PutArgs,
): Promise<{ readonly kind: 'unknown-run' | 'put' | 'duplicate'; readonly now: number }> {
  const { runId } = args;
  const keys = [acceptanceKey(runId), inboxKey(runId), inputIdsKey(runId), readyKey(partitionOf(runId))];
  const reply = readReply(script, await runScript(redis, script, keys, [args.inputId, args.command, runId]));
  return { kind: KINDS[reply.number(0) as keyof typeof KINDS], now: reply.number(1) };
}
