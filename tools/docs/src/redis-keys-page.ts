import { declaredKeys, type KeyDeclaration, type KeyTtl } from '@bridge/redis-keys';
import { markdownTable } from './markdown-table.ts';

type Declared = Pick<
  KeyDeclaration<never[]>,
  'name' | 'pattern' | 'type' | 'ttl' | 'owner' | 'server' | 'holds'
>;

/** docs/reference/redis-keys.md */
export function redisKeysPage(keys: readonly Declared[] = declaredKeys()): string {
  return `# Redis keys

Made of the declarations in \`libs/redis-keys/src\` by \`npx nx run @bridge/docs:generate\`. Do not edit.

In the patterns \`{braces}\` are a Redis hash tag and stand in the key as they are, \`<angles>\` are a variable part, and \`pNN\` is the partition of the run, \`p00\` to \`p63\`. The owner is the only one that writes the key.

## Ours (\`REDIS_URL\`)

${tableOf(keys.filter(({ server }) => server === 'ours'))}

BullMQ builds its own keys below \`{a2ab:q:<queue>}\`: one hash tag per queue.

## The agents' (\`LEGACY_REDIS_URL\`)

What the agents read and write stays byte for byte as it is. Of ours there are only markers under \`a2a_bridge:\` and reply lists under \`queue:a2a_bridge:\`.

${tableOf(keys.filter(({ server }) => server === 'legacy'))}
`;
}

function tableOf(keys: readonly Declared[]): string {
  return markdownTable(
    ['Name', 'Key', 'Type', 'Owner', 'TTL', 'Holds'],
    keys.map(({ name, pattern, type, owner, ttl, holds }) => [
      name,
      `\`${pattern}\``,
      type,
      owner,
      ttlText(ttl),
      holds,
    ]),
  );
}

function ttlText(ttl: KeyTtl): string {
  if (typeof ttl !== 'number') return `none: ${ttl.forever}`;
  return ttl % 3600 === 0 ? `${String(ttl / 3600)} h` : `${String(ttl)} s`;
}
