import { setImmediate as turn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { RedisClient } from './create-redis.ts';

const closing = new WeakMap<RedisClient, Promise<void>>();

/** How long commands in flight may take to finish before the connection is cut. */
const GRACE_MS = 1_000;
/** ioredis destroys a socket that does not end by itself after 2 s. */
const CUT_MS = 3_000;

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
  // Whether it failed is no news: the connection is cut next, which is what was asked for.
  await Promise.race([work.then(undefined, () => undefined), limit]);
  clearTimeout(timer);
}

/** QUIT is not autopipelined, so it would overtake commands that wait for the end of this turn. */
async function quit(redis: RedisClient): Promise<void> {
  while (redis.autoPipelineQueueSize > 0 && redis.status === 'ready') await turn();
  await redis.quit();
}

async function close(redis: RedisClient, graceMs: number): Promise<void> {
  const end = ended(redis);
  if (redis instanceof Redis) redis.options.retryStrategy = () => null;
  else redis.options.clusterRetryStrategy = () => null;
  if (redis.status === 'ready' && graceMs > 0) await within(graceMs, quit(redis));
  // `disconnect` between two attempts would leave queued commands hanging and never say `end`: a last attempt does.
  if (redis.status === 'reconnecting') await within(GRACE_MS, redis.connect());
  if (redis.status !== 'end') redis.disconnect();
  // Bounded: a cluster that is told to disconnect while it connects may have nothing left that could say `end`.
  await within(CUT_MS, end);
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
