import { enginesKey } from '@bridge/redis-keys';
import { redisCall } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';
import type { EngineBeats } from '../ports.ts';
import { beat } from '../scripts/beat.ts';

/** How often an engine beats, and after how long without one it counts as dead; all in Redis's time. */
export const BEAT_MS = 1_000;
export const DEAD_MS = 3_000;

export interface EngineBeatsDeps {
  readonly redis: RedisClient;
  /** Unique per process start. */
  readonly engineId: string;
  readonly deadMs?: number;
}

/** One command each. The caller beats every BEAT_MS: this keeps no timer. */
export function createEngineBeats(deps: EngineBeatsDeps): EngineBeats {
  const { redis, engineId, deadMs = DEAD_MS } = deps;
  return {
    beat: () => beat(redis, engineId, deadMs),
    async leave() {
      await redisCall(redis.zrem(enginesKey(), engineId));
    },
  };
}
