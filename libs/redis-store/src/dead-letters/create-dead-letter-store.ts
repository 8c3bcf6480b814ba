import { DeadLetter } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { deadLetterKey, deadLettersKey } from '@bridge/redis-keys';
import { z } from 'zod';
import { redisCall } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';
import { defineScript, runScript } from '../scripts/run-script.ts';
import { LUA } from './lua-sources.ts';

export const DeadLetterState = z.enum(['open', 'replaying', 'resolved', 'discarded', 'muted']);
export type DeadLetterState = z.infer<typeof DeadLetterState>;

export interface DeadLetterEntry {
  readonly letter: DeadLetter;
  readonly state: DeadLetterState;
  /** Epoch ms. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

export interface DeadLetterPage {
  readonly items: readonly DeadLetterEntry[];
  /** Goes on behind the last item; null at the end. */
  readonly nextCursor: string | null;
}

export interface DeadLetterStore {
  /** Idempotent by (id, epoch): `false` if that epoch, or a newer one, is known. */
  store(letter: DeadLetter): Promise<boolean>;
  get(id: string): Promise<DeadLetterEntry | null>;
  /**
   * Newest first. Index members without an entry are skipped.
   * @throws BridgeError `CURSOR_UNKNOWN` for a cursor that is none of ours
   */
  list(options: { readonly limit: number; readonly cursor?: string }): Promise<DeadLetterPage>;
}

const STORE = defineScript('store-dead-letter', LUA.storeDeadLetter);

/** What the entry's hash holds; written by us, but maybe by another version of us. */
const Stored = z.object({
  letter: z.string(),
  state: DeadLetterState,
  firstSeen: z.coerce.number(),
  lastSeen: z.coerce.number(),
});

/** `<score>:<id>` in base64url: where the last page ended. */
const Cursor = z.tuple([z.coerce.number(), z.string().min(1)]);

function encodeCursor(score: number, id: string): string {
  return Buffer.from(`${String(score)}:${id}`).toString('base64url');
}

function decodeCursor(cursor: string): z.infer<typeof Cursor> {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const colon = text.indexOf(':');
  const parsed = Cursor.safeParse([text.slice(0, colon), text.slice(colon + 1)]);
  if (colon < 1 || !parsed.success || Number.isNaN(parsed.data[0])) throw new BridgeError('CURSOR_UNKNOWN');
  return parsed.data;
}

function toEntry(fields: Record<string, string>): DeadLetterEntry | null {
  if (Object.keys(fields).length === 0) return null;
  const { letter, ...rest } = Stored.parse(fields);
  return { letter: DeadLetter.parse(JSON.parse(letter)), ...rest };
}

export function createDeadLetterStore(redis: RedisClient): DeadLetterStore {
  const index = deadLettersKey();

  async function get(id: string): Promise<DeadLetterEntry | null> {
    return toEntry(await redisCall(redis.hgetall(deadLetterKey(id))));
  }

  /** Up to `limit` index members behind the cursor, newest first, ties by id downwards as Redis orders them. */
  async function idsBehind(
    limit: number,
    cursor: string | undefined,
  ): Promise<readonly (readonly [string, number])[]> {
    const [score, id] = cursor === undefined ? [null, null] : decodeCursor(cursor);
    const found: [string, number][] = [];
    for (let offset = 0; found.length < limit;) {
      const page = await redisCall(
        redis.zrevrangebyscore(index, score ?? '+inf', '-inf', 'WITHSCORES', 'LIMIT', offset, limit),
      );
      for (let i = 0; i + 1 < page.length; i += 2) {
        const member: [string, number] = [page[i] ?? '', Number(page[i + 1])];
        // The cursor's own score comes again: members from its id upwards were on earlier pages.
        if (score !== null && member[1] === score && member[0] >= id) continue;
        if (found.length < limit) found.push(member);
      }
      if (page.length < limit * 2) break;
      offset += limit;
    }
    return found;
  }

  return {
    async store(letter) {
      const stored = await runScript(
        redis,
        STORE,
        [deadLetterKey(letter.id), index],
        [letter.id, letter.epoch, letter.at, JSON.stringify(letter)],
      );
      return stored === 1;
    },
    get,
    async list({ limit, cursor }) {
      const members = await idsBehind(limit + 1, cursor);
      const page = members.slice(0, limit);
      const entries = await Promise.all(page.map(([id]) => get(id)));
      const last = page.at(-1);
      return {
        items: entries.filter((entry) => entry !== null),
        nextCursor: members.length > limit && last !== undefined ? encodeCursor(last[1], last[0]) : null,
      };
    },
  };
}
