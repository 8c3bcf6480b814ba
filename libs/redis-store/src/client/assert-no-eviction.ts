import { BridgeError } from '@bridge/error-policy';
import { Redis } from 'ioredis';
import { redisCall } from './classify-redis-error.ts';
import type { RedisClient } from './create-redis.ts';

/** CONFIG is often denied (managed services, ACLs); INFO says the same. */
async function policyOf(node: Redis): Promise<string | undefined> {
  const asked = await node.config('GET', 'maxmemory-policy').then(
    (reply) => (Array.isArray(reply) ? String(reply[1]) : undefined),
    () => undefined,
  );
  if (asked !== undefined) return asked;
  const info = await redisCall(node.info('memory'));
  return /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
}

/**
 * Refuses to go on unless every primary keeps what it was given: a store that evicts loses accepted work (law L1).
 * @throws BridgeError `INTERNAL` that names the policy found; `REDIS_UNAVAILABLE`
 */
export async function assertNoEviction(redis: RedisClient): Promise<void> {
  if (!(redis instanceof Redis)) await redisCall(redis.ping());
  const nodes = redis instanceof Redis ? [redis] : redis.nodes('master');
  for (const node of nodes) {
    const policy = await policyOf(node);
    if (policy !== 'noeviction') {
      throw new BridgeError(
        'INTERNAL',
        `Redis has maxmemory-policy "${policy ?? 'unknown'}" and may forget accepted work; it must be "noeviction".`,
      );
    }
  }
}
