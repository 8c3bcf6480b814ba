import { ownerTasksKey } from '@bridge/redis-keys';
import { redisCall } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';
import type { OwnerIndex } from '../ports.ts';

/** One command each. A projection: it may miss or keep a member for a while and can be rebuilt from the runs. */
export function createOwnerIndex(deps: { readonly redis: RedisClient }): OwnerIndex {
  const { redis } = deps;
  const forward = async (...[owner, runId, at]: Parameters<OwnerIndex['add']>): Promise<void> => {
    await redisCall(redis.zadd(ownerTasksKey(owner), 'GT', at, runId));
  };
  return {
    // GT as well: a client's retry, days later and by another gateway's clock, must not move a task back.
    add: forward,
    touch: forward,
    async remove(owner, runId) {
      await redisCall(redis.zrem(ownerTasksKey(owner), runId));
    },
  };
}
