import { enginesKey } from '@bridge/redis-keys';
import type { RedisClient } from '../client/create-redis.ts';
import { LUA } from './lua-sources.ts';
import { readReply } from './read-reply.ts';
import { defineScript, runScript } from './run-script.ts';

const script = defineScript('beat', LUA.beat);

export async function beat(
  redis: RedisClient,
  engineId: string,
  deadMs: number,
): Promise<{ readonly now: number; readonly live: readonly string[] }> {
  const reply = readReply(script, await runScript(redis, script, [enginesKey()], [engineId, deadMs]));
  return { now: reply.number(0), live: reply.texts(1) };
}
