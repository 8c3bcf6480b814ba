import { isDeepStrictEqual } from 'node:util';
import { eventually, snapshotKeys, type KeySnapshot } from '@bridge/test-kit';
import type { Redis } from 'ioredis';

/**
 * The only keys that change while nobody calls, each with its reason. Everything else is compared, value by value.
 */
export const RESTLESS: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /^a2ab:engines$/, why: "the engines' beats, once a second" },
  {
    pattern: /^\{a2ab:q:[a-z-]+\}:[a-z-]+:stalled-check$/,
    why: "BullMQ's lock of its own check for stalled jobs",
  },
];

/** Every key but the restless ones, without TTLs that count down by themselves (only whether there is one). */
export async function quietKeys(redis: Redis): Promise<Record<string, unknown>> {
  const all: [string, KeySnapshot][] = Object.entries(await snapshotKeys(redis));
  return Object.fromEntries(
    all
      .filter(([name]) => !RESTLESS.some(({ pattern }) => pattern.test(name)))
      .map(([name, { type, ttl, value }]) => [name, { type, expires: ttl >= 0, value }]),
  );
}

/** The keys once nothing but the restless ones changes any more: the work of earlier tasks has come to rest. */
export async function untilQuiet(redis: Redis): Promise<Record<string, unknown>> {
  let last = await quietKeys(redis);
  await eventually(
    async () => {
      await beatsPass(redis, 2);
      const now = await quietKeys(redis);
      const same = isDeepStrictEqual(now, last);
      last = now;
      return same;
    },
    { timeoutMs: 20_000, what: 'a quiet Redis' },
  );
  return last;
}

/** Resolves when the engines have shown `beats` more signs of life: whatever they do by themselves, they did. */
export async function beatsPass(redis: Redis, beats: number): Promise<void> {
  const last = async (): Promise<number> =>
    Number((await redis.zrevrange('a2ab:engines', 0, 0, 'WITHSCORES'))[1] ?? 0);
  for (let beat = 0; beat < beats; beat += 1) {
    const before = await last();
    await eventually(async () => (await last()) > before, { timeoutMs: 10_000, what: "an engine's beat" });
  }
}
