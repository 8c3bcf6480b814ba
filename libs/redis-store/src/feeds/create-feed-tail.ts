/**
 * Follows all feeds from the moment `start` resolves.
 *
 * F1  From then on every hint is handed on in order, or `onGap` is called.
 * F2  The cursors are explicit ids, never `$`: nothing is lost between two reads.
 * F3  `onGap` comes after the tail listens again, so that whoever polls then misses nothing later.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { FeedEntry } from '@bridge/contracts';
import { FEEDS, feedKey } from '@bridge/redis-keys';
import { Redis } from 'ioredis';
import { classifyRedisError, redisCall } from '../client/classify-redis-error.ts';
import { closeRedis } from '../client/close-redis.ts';
import { DEFAULT_BLOCK_MS, type RedisClient } from '../client/create-redis.ts';
import type { FeedTail } from '../ports.ts';
import { decodeHints } from './hints.ts';
import { isAfter } from './stream-ids.ts';

/** lost: the connection went. behind: a stream was trimmed past our cursor. unreadable: an entry is not of our making. */
export type FeedGap = 'lost' | 'behind' | 'unreadable';

export interface FeedTailDeps {
  /** A client of role `blocking`, for the tail alone: `stop` closes it. */
  readonly redis: RedisClient;
  readonly onEntries: (entries: FeedEntry[]) => void;
  /** Hints may have been missed: look at every run that somebody waits for. */
  readonly onGap: (reason: FeedGap, cause?: Error) => void;
  /** At most the client's own `blockMs`. */
  readonly blockMs?: number;
}

/** Entries of one feed taken at once; a full batch is a sign of having been away. Far below FEED_LENGTH. */
const BATCH = 1_000;
/** Between two tries to reach a Redis that is away. */
const RETRY_MS = 100;

/** One connection and the feeds that it reads: feed key -> id of the last entry seen. */
interface Reader {
  readonly client: RedisClient;
  readonly cursors: Map<string, string>;
}

/** In a cluster every feed has a slot of its own, hence a read and a connection of its own. */
function split(redis: RedisClient): { readonly client: RedisClient; readonly keys: readonly string[] }[] {
  const keys = Array.from({ length: FEEDS }, (_, feed) => feedKey(feed));
  if (redis instanceof Redis) return [{ client: redis, keys }];
  return keys.map((key, at) => ({ client: at === 0 ? redis : redis.duplicate(), keys: [key] }));
}

async function lastIdOf(client: RedisClient, key: string): Promise<string> {
  const [last] = await redisCall(client.xrevrange(key, '+', '-', 'COUNT', 1));
  return last?.[0] ?? '0-0';
}

async function firstIdOf(client: RedisClient, key: string): Promise<string> {
  const [first] = await redisCall(client.xrange(key, '-', '+', 'COUNT', 1));
  return first?.[0] ?? '0-0';
}

async function open(client: RedisClient, keys: readonly string[]): Promise<Reader> {
  const heads = await Promise.all(keys.map(async (key) => [key, await lastIdOf(client, key)] as const));
  return { client, cursors: new Map(heads) };
}

/** Cursors stay where they are, unless the stream went back (a store that lost its newest entries). */
async function reopen({ client, cursors }: Reader): Promise<void> {
  for (const [key, cursor] of cursors) {
    const head = await lastIdOf(client, key);
    if (isAfter(cursor, head)) cursors.set(key, head);
  }
}

export function createFeedTail(deps: FeedTailDeps): FeedTail {
  const { redis, onEntries, onGap, blockMs = DEFAULT_BLOCK_MS } = deps;
  const stopping = new AbortController();
  // A function: the flag changes while others wait, which a narrowed property would not show.
  const stopped = (): boolean => stopping.signal.aborted;
  const clients = new Set([redis]);
  let loops: Promise<void>[] = [];

  function handOn(items: readonly [id: string, fields: string[]][]): void {
    const hints = items.map(([, fields]) => decodeHints(fields[1] ?? ''));
    const entries = hints.flatMap((list) => list ?? []);
    if (entries.length > 0) onEntries(entries);
    if (hints.includes(null)) onGap('unreadable');
  }

  async function readOnce({ client, cursors }: Reader): Promise<void> {
    const streams = [...cursors.keys(), ...cursors.values()];
    const reply = await client.xread('COUNT', BATCH, 'BLOCK', blockMs, 'STREAMS', ...streams);
    for (const [key, items] of reply ?? []) {
      const before = cursors.get(key) ?? '0-0';
      cursors.set(key, items.at(-1)?.[0] ?? before);
      handOn(items);
      // Trimming overtakes only who is far behind, and then the batch is full.
      if (items.length >= BATCH && isAfter(await firstIdOf(client, key), before)) onGap('behind');
    }
  }

  async function listenAgain(reader: Reader): Promise<void> {
    while (!stopped()) {
      const back = await reopen(reader).then(
        () => true,
        () => false,
      );
      if (back) return;
      await pause(RETRY_MS);
    }
  }

  async function follow(reader: Reader): Promise<void> {
    while (!stopped()) {
      try {
        await readOnce(reader);
      } catch (error) {
        if (stopped()) return;
        await pause(RETRY_MS);
        await listenAgain(reader);
        if (!stopped()) onGap('lost', classifyRedisError(error));
      }
    }
  }

  return {
    async start() {
      const parts = split(redis);
      for (const { client } of parts) clients.add(client);
      const readers = await Promise.all(parts.map(({ client, keys }) => open(client, keys)));
      loops = readers.map(follow);
    },

    async stop() {
      stopping.abort();
      await Promise.all([...clients].map((client) => closeRedis(client, 0)));
      await Promise.all(loops);
    },
  };
}
