import { partitionOf, type RunId } from '@bridge/contracts';
import { acceptanceKey, inboxKey, readyKey } from '@bridge/redis-keys';
import type { RedisClient } from '../client/create-redis.ts';
import { LUA } from './lua-sources.ts';
import { readReply } from './read-reply.ts';
import { defineScript, runScript } from './run-script.ts';

const script = defineScript('accept', LUA.accept);

const KINDS = { 1: 'put', 2: 'duplicate', 3: 'conflict' } as const;

export interface AcceptArgs {
  readonly runId: RunId;
  readonly bodyHash: string;
  readonly record: string;
  readonly start: string;
}

export async function accept(
  redis: RedisClient,
  args: AcceptArgs,
): Promise<{ readonly kind: 'put' | 'duplicate' | 'conflict'; readonly now: number }> {
  const keys = [acceptanceKey(args.runId), inboxKey(args.runId), readyKey(partitionOf(args.runId))];
  const reply = readReply(
    script,
    await runScript(redis, script, keys, [args.bodyHash, args.record, args.start, args.runId]),
  );
  return { kind: KINDS[reply.number(0) as keyof typeof KINDS], now: reply.number(1) };
}
