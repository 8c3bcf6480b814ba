import { DeadLetter } from '@bridge/contracts';
import { useRedis } from '@bridge/test-kit';
import { createDeadLetterStore, type DeadLetterStore } from './create-dead-letter-store.ts';

const redis = useRedis();

function letter(id: string, fields: Partial<DeadLetter> = {}): DeadLetter {
  return DeadLetter.parse({
    schemaVersion: 1,
    tenant: 'default',
    principal: 'tester',
    traceparent: null,
    id,
    kind: 'step',
    epoch: 0,
    code: 'OUTCOME_UNKNOWN',
    message: 'nobody knows',
    at: 1_000,
    attempts: [],
    ...fields,
  });
}

let store: DeadLetterStore;
beforeEach(async () => {
  await redis.flush();
  store = createDeadLetterStore(redis.client());
});

async function idsByPage(limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const page = await store.list({ limit, ...(cursor === null ? {} : { cursor }) });
    pages.push(page.items.map((item) => item.letter.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return pages;
}

describe('the dead-letter store', () => {
  it('keeps one entry per id: a known epoch changes nothing, a newer one reopens it', async () => {
    expect(await store.store(letter('a'))).toBe(true);
    expect(await store.store(letter('a', { message: 'again' }))).toBe(false);
    expect(await store.get('a')).toMatchObject({
      letter: { message: 'nobody knows' },
      state: 'open',
      firstSeen: 1_000,
    });
    expect(await store.store(letter('a', { epoch: 1, at: 2_000, message: 'failed again' }))).toBe(true);
    expect(await store.get('a')).toMatchObject({
      letter: { message: 'failed again', epoch: 1 },
      firstSeen: 1_000,
      lastSeen: 2_000,
    });
    expect(await store.store(letter('a', { epoch: 0 }))).toBe(false);
  });

  it('takes any id apart from no other', async () => {
    await store.store(letter('run:step'));
    await store.store(letter('run%3Astep'));
    expect((await store.get('run:step'))?.letter.id).toBe('run:step');
    expect((await store.get('run%3Astep'))?.letter.id).toBe('run%3Astep');
    expect(await store.get('run')).toBeNull();
  });

  it('stores the same letter once when 50 arrive together', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, () => store.store(letter('a'))));
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it.each([1, 2, 3, 7, 100])(
    'lists newest first in pages of %i, nothing twice, nothing left out',
    async (limit) => {
      // Ties of the same millisecond are the hard part of a cursor.
      const expected = ['e', 'd', 'c', 'b', 'a', 'z'];
      await store.store(letter('z', { at: 500 }));
      for (const id of ['a', 'b', 'c']) await store.store(letter(id, { at: 1_000 }));
      for (const id of ['d', 'e']) await store.store(letter(id, { at: 2_000 }));
      const pages = await idsByPage(limit);
      expect(pages.flat()).toEqual(expected);
      expect(pages.every((page) => page.length <= limit)).toBe(true);
    },
  );

  it('goes on behind the cursor while entries come and go', async () => {
    for (const [id, at] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
    ] as const)
      await store.store(letter(id, { at }));
    const first = await store.list({ limit: 2 });
    expect(first.items.map((item) => item.letter.id)).toEqual(['d', 'c']);
    await store.store(letter('new', { at: 9 }));
    const second = await store.list({ limit: 2, cursor: first.nextCursor ?? '' });
    expect(second.items.map((item) => item.letter.id)).toEqual(['b', 'a']);
    expect(second.nextCursor).toBeNull();
  });

  it.each(['', 'nonsense', Buffer.from('x:').toString('base64url'), Buffer.from(':a').toString('base64url')])(
    'refuses the cursor %j',
    async (cursor) => {
      await expect(store.list({ limit: 5, cursor })).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' });
    },
  );
});
