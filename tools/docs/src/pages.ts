import { format, resolveConfig } from 'prettier';
import { errorsPage } from './errors-page.ts';
import { redisKeysPage } from './redis-keys-page.ts';

export interface Page {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** As the repository's own formatter leaves it, so that the format check has nothing to say. */
  readonly text: string;
}

/** The pages of docs/reference that are made of tables in the code. */
export async function pages(root: string): Promise<readonly Page[]> {
  const texts: Readonly<Record<string, string>> = {
    'docs/reference/errors.md': errorsPage(),
    'docs/reference/redis-keys.md': redisKeysPage(),
  };
  return Promise.all(
    Object.entries(texts).map(async ([path, text]) => {
      const config = await resolveConfig(`${root}/${path}`);
      return { path, text: await format(text, { ...config, parser: 'markdown' }) };
    }),
  );
}
