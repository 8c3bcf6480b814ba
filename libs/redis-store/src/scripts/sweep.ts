import { agendaKey, readyKey } from '@bridge/redis-keys';
import type { RedisClient } from '../client/create-redis.ts';
import { LUA } from './lua-sources.ts';
import { readReply } from './read-reply.ts';
import { defineScript, runScript } from './run-script.ts';

const script = defineScript('sweep', LUA.sweep);

export interface SweepReply {
  readonly now: number;
  /** member, score, member, score ... */
  readonly due: readonly string[];
  readonly stale: readonly string[];
  readonly nextDue: number | null;
}

export async function sweep(
  redis: RedisClient,
  partition: number,
  options: { readonly staleMs: number; readonly limit: number },
): Promise<SweepReply> {
  const keys = [agendaKey(partition), readyKey(partition)];
  const reply = readReply(script, await runScript(redis, script, keys, [options.staleMs, options.limit]));
  const next = reply.text(3);
  return {
    now: reply.number(0),
    due: reply.texts(1),
    stale: reply.texts(2),
    nextDue: next === '' ? null : Number(next),
  };
}
