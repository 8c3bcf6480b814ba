import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_TABLE } from '@bridge/error-policy';
import { declaredKeys } from '@bridge/redis-keys';
import { markdownTable } from './markdown-table.ts';
import { pages } from './pages.ts';
import { redisKeysPage } from './redis-keys-page.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const made = await pages(root);

describe('the generated reference pages', () => {
  it.each(made)(
    '$path is what the code says now (else: npx nx run @bridge/docs:generate)',
    async ({ path, text }) => {
      expect(await readFile(join(root, path), 'utf8')).toBe(text);
    },
  );

  it('hold a row for every code and for every key', () => {
    const [errors, keys] = made.map(({ text }) => text);
    for (const code of Object.keys(ERROR_TABLE)) expect(errors?.split(`\n| \`${code}\` `)).toHaveLength(3);
    for (const { pattern } of declaredKeys()) expect(keys).toContain(`| \`${pattern}\``);
  });

  it('tell a time to live from its absence, and say why', () => {
    const key = {
      name: 'k',
      pattern: 'k',
      type: 'string',
      owner: 'engine',
      server: 'ours',
      holds: 'x',
    } as const;
    expect(redisKeysPage([{ ...key, ttl: 86_400 }])).toContain('| 24 h |');
    expect(redisKeysPage([{ ...key, ttl: 90 }])).toContain('| 90 s |');
    expect(redisKeysPage([{ ...key, ttl: { forever: 'because' } }])).toContain('| none: because |');
  });
});

describe('markdownTable', () => {
  it('keeps every cell a cell', () => {
    expect(
      markdownTable(
        ['a', 'b'],
        [
          ['x|y', 'one <b>'],
          ['`<id>`', ''],
        ],
      ),
    ).toBe('| a | b |\n| --- | --- |\n| x\\|y | one &lt;b> |\n| `<id>` |  |');
  });
});
