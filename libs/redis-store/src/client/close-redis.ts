import { Redis } from 'ioredis';
import type { RedisClient } from './create-redis.ts';

const closing = new WeakMap<RedisClient, Promise<void>>();

/** How long commands in flight may take to finish before the connection is cut. */
const GRACE_MS = 1_000;

function ended(redis: RedisClient): Promise<void> {
  return new Promise((resolve) => {
    if (redis.status === 'end') resolve();
    else redis.once('end', resolve);
  });
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  // A QUIT that fails is no news: the connection is cut next, which is what was asked for.
  await Promise.race([work.then(undefined, () => undefined), limit]);
  clearTimeout(timer);
}

async function close(redis: RedisClient, graceMs: number): Promise<void> {
  const end = ended(redis);
  if (redis instanceof Redis) redis.options.retryStrategy = () => null;
  else redis.options.clusterRetryStrategy = () => null;
  if (redis.status === 'ready' && graceMs > 0) await within(graceMs, redis.quit());
  if (redis instanceof Redis && redis.status === 'reconnecting') {
    // `disconnect` between two attempts would leave the queued commands hanging: a last attempt ends it properly.
    redis.connect().then(undefined, () => undefined);
  }
  if (redis.status !== 'end') redis.disconnect();
  await end;
}

/**
 * Ends a client: commands in flight get `graceMs`, everything else is rejected. Idempotent; never throws.
 * Use 0 for a client with a blocking read in flight: QUIT would wait behind it.
 */
export function closeRedis(redis: RedisClient, graceMs: number = GRACE_MS): Promise<void> {
  const known = closing.get(redis);
  if (known !== undefined) return known;
  const done = close(redis, graceMs);
  closing.set(redis, done);
  return done;
}
