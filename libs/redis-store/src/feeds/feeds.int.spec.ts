import { eventually, monitor, useRedis } from '@bridge/test-kit';
import type { FeedEntry } from '@bridge/contracts';
import { FEEDS, feedKey, feedOf } from '@bridge/redis-keys';
import type { Redis } from 'ioredis';
import { createRedis } from '../client/create-redis.ts';
import { recordOf } from '../runs/synthetic-run.fixture.ts';
import { createFeedTail } from './create-feed-tail.ts';
import { createFeed } from './create-feed.ts';

const server = useRedis({ failOnLeaks: false });
let redis: Redis;

beforeEach(async () => {
  redis = server.client({ maxRetriesPerRequest: null, retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  await redis.flushall();
});

function hint(n = 1): FeedEntry {
  return { runId: recordOf().runId, n, state: 'working', parked: false };
}

async function tailing() {
  const seen: FeedEntry[] = [];
  const gaps: string[] = [];
  const tail = createFeedTail({
    redis: createRedis({ url: server.url(), name: 'tail', role: 'blocking', onError: () => undefined }),
    onEntries: (entries) => seen.push(...entries),
    onGap: (reason) => gaps.push(reason),
  });
  server.defer(() => tail.stop());
  await tail.start();
  return { seen, gaps, tail };
}

describe('createFeed', () => {
  it('sends the hints of one turn together: one XADD per feed touched, the newest of each run', async () => {
    const feed = createFeed({ redis });
    const hints = Array.from({ length: 50 }, () => hint());
    const [first] = hints;
    if (first === undefined) throw new Error('none');
    const watch = await monitor(redis);
    await Promise.all([
      ...hints.map((entry) => feed.publish([entry])),
      feed.publish([{ ...first, n: 5 }]),
      feed.publish([first]),
    ]);
    const commands = await watch.commands();
    await watch.stop();
    const added = commands.filter(({ args }) => args[0] === 'XADD');
    expect(added).toHaveLength(new Set(hints.map(({ runId }) => feedOf(runId))).size);
    const sent = added.flatMap(({ args }) => JSON.parse(args.at(-1) ?? '[]') as FeedEntry[]);
    expect(sent).toHaveLength(50);
    expect(sent.find(({ runId }) => runId === first.runId)?.n).toBe(5);
  });

  it('nothing to say, nothing sent; what fails is classified and the next batch goes', async () => {
    const feed = createFeed({ redis });
    await feed.publish([]);
    const entry = hint();
    await redis.set(feedKey(feedOf(entry.runId)), 'not a stream');
    await expect(feed.publish([entry])).rejects.toMatchObject({ code: 'INTERNAL' });
    await redis.del(feedKey(feedOf(entry.runId)));
    await feed.publish([entry]);
    expect(await redis.xlen(feedKey(feedOf(entry.runId)))).toBe(1);
  });

  it('is capped', async () => {
    const feed = createFeed({ redis });
    const entry = hint();
    for (let at = 0; at < 12_000; at += 500) {
      const pipeline = redis.pipeline();
      for (let of = 0; of < 500; of += 1) pipeline.xadd(feedKey(feedOf(entry.runId)), '*', 'f', '[]');
      await pipeline.exec();
      await feed.publish([entry]);
    }
    expect(await redis.xlen(feedKey(feedOf(entry.runId)))).toBeLessThan(10_200);
  });
});

describe('createFeedTail', () => {
  it('hears what is published after start, in order, and nothing before', async () => {
    const feed = createFeed({ redis });
    await feed.publish([hint()]);
    const { seen, gaps } = await tailing();
    const entry = hint();
    for (let n = 1; n <= 100; n += 1) await feed.publish([{ ...entry, n }]);
    await eventually(() => seen.length === 100);
    expect(seen.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    expect(gaps).toEqual([]);
  });

  it('misses nothing over a lost connection, and says so', async () => {
    const { seen, gaps } = await tailing();
    const feed = createFeed({ redis });
    for (let n = 1; n <= 20; n += 1) {
      if (n % 5 === 0) await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await feed.publish([hint(n)]);
    }
    await eventually(() => seen.length === 20);
    expect(gaps.length).toBeGreaterThan(0);
    expect(new Set(gaps)).toEqual(new Set(['lost']));
  });

  it('goes on with a store that lost everything', async () => {
    const { seen, gaps } = await tailing();
    const feed = createFeed({ redis });
    await feed.publish([hint(1)]);
    await eventually(() => seen.length === 1);
    await redis.flushall();
    // As after a failover to a server whose clock is behind: ids below our cursor.
    for (let of = 0; of < FEEDS; of += 1) await redis.xadd(feedKey(of), '1-0', 'f', '[]');
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(() => gaps.includes('lost'));
    const entry = hint(2);
    await redis.xadd(feedKey(feedOf(entry.runId)), '2-0', 'f', JSON.stringify([entry]));
    await eventually(() => seen.some(({ n }) => n === 2));
  });

  it('says when it was overtaken by the trimming, and when it cannot read an entry', async () => {
    const { gaps } = await tailing();
    const key = feedKey(0);
    const burst = redis.multi().xadd(key, '*', 'f', 'not json');
    for (let at = 0; at < 3_000; at += 1) burst.xadd(key, 'MAXLEN', '=', 1_500, '*', 'f', '[]');
    await burst.exec();
    await eventually(() => gaps.includes('behind'));
    await redis.xadd(key, '*', 'f', '{"schemaVersion":2}');
    await eventually(() => gaps.includes('unreadable'));
    expect(gaps).not.toContain('lost');
  });

  it('stops at once, also twice, also while Redis is away', async () => {
    const { tail } = await tailing();
    const started = performance.now();
    await Promise.all([tail.stop(), tail.stop()]);
    const away = createFeedTail({
      redis: createRedis({
        url: 'redis://127.0.0.1:1',
        name: 'tail',
        role: 'blocking',
        onError: () => undefined,
      }),
      onEntries: () => undefined,
      onGap: () => undefined,
    });
    const starting = away.start().catch((error: unknown) => error);
    await away.stop();
    expect(await starting).toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
