import type { Redis } from 'ioredis';

/** One key as a person would compare it: sets sorted, sorted sets and streams in their order. */
export interface KeySnapshot {
  readonly type: string;
  /** Seconds; -1 = none. */
  readonly ttl: number;
  readonly value: unknown;
}

/** Every key (or those that `match`), by name, for a comparison key by key. */
export async function snapshotKeys(redis: Redis, match = '*'): Promise<Record<string, KeySnapshot>> {
  const names = new Set<string>();
  let cursor = '0';
  do {
    const [next, page] = await redis.scan(cursor, 'MATCH', match, 'COUNT', 1_000);
    cursor = next;
    for (const name of page) names.add(name);
  } while (cursor !== '0');
  const snapshot: Record<string, KeySnapshot> = {};
  for (const name of [...names].sort()) {
    const type = await redis.type(name);
    if (type === 'none') continue; // expired between SCAN and here
    snapshot[name] = { type, ttl: await redis.ttl(name), value: await valueOf(redis, name, type) };
  }
  return snapshot;
}

async function valueOf(redis: Redis, name: string, type: string): Promise<unknown> {
  switch (type) {
    case 'string':
      return redis.get(name);
    case 'list':
      return redis.lrange(name, 0, -1);
    case 'hash':
      return redis.hgetall(name);
    case 'set':
      return (await redis.smembers(name)).sort();
    case 'zset':
      return pairs(await redis.zrange(name, '0', '-1', 'WITHSCORES'));
    case 'stream':
      return (await redis.xrange(name, '-', '+')).map(([id, fields]) => [
        id,
        Object.fromEntries(pairs(fields)),
      ]);
    default:
      throw new Error(`${name} is a ${type}, which snapshots do not know`);
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((item, index): [string, string][] =>
    index % 2 === 0 ? [[item, flat[index + 1] ?? '']] : [],
  );
}
