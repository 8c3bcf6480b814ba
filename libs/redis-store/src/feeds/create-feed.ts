import type { FeedEntry, RunId } from '@bridge/contracts';
import { feedKey, feedOf } from '@bridge/redis-keys';
import { redisCall } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';
import type { Feed } from '../ports.ts';
import { encodeHints } from './hints.ts';

/**
 * Entries are hints: a gateway that falls further behind is told of a gap and polls. So the cap is approximate (`~`):
 * Redis then frees whole nodes of the stream instead of cutting one open at every XADD.
 */
export const FEED_LENGTH = 10_000;

interface Batch {
  /** Per feed, the newest hint of each run: it says all that the older ones said. */
  readonly feeds: Map<number, Map<RunId, FeedEntry>>;
  readonly sent: Promise<void>;
}

/** Hints of one turn of the event loop go out together: one XADD per feed touched. */
export function createFeed(deps: { readonly redis: RedisClient }): Feed {
  const { redis } = deps;
  let open: Batch | null = null;

  async function send(feeds: Batch['feeds']): Promise<void> {
    const added = [...feeds].map(([feed, runs]) =>
      redisCall(
        redis.xadd(feedKey(feed), 'MAXLEN', '~', FEED_LENGTH, '*', 'f', encodeHints([...runs.values()])),
      ),
    );
    await Promise.all(added);
  }

  function openBatch(): Batch {
    const feeds: Batch['feeds'] = new Map();
    const sent = new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        open = null;
        send(feeds).then(resolve, reject);
      });
    });
    return { feeds, sent };
  }

  return {
    publish(entries) {
      if (entries.length === 0) return Promise.resolve();
      open ??= openBatch();
      for (const entry of entries) {
        const feed = feedOf(entry.runId);
        const runs = open.feeds.get(feed) ?? new Map<RunId, FeedEntry>();
        open.feeds.set(feed, runs);
        if ((runs.get(entry.runId)?.n ?? -1) <= entry.n) runs.set(entry.runId, entry);
      }
      return open.sent;
    },
  };
}
