/** What a key holds, as Redis calls it. */
export type KeyType = 'string' | 'hash' | 'list' | 'set' | 'zset' | 'stream';

/** Seconds, or for ever with the reason why that is right. */
export type KeyTtl = number | { readonly forever: string };

export interface KeyDeclaration<Args extends readonly unknown[]> {
  /** Unique name, also the row's name in docs/reference/redis-keys.md. */
  readonly name: string;
  /** As documented: `{braces}` are a Redis hash tag, `<angles>` a variable part. */
  readonly pattern: string;
  readonly type: KeyType;
  readonly ttl: KeyTtl;
  /** The only room that writes it. */
  readonly owner: 'gateway' | 'engine' | 'dlq' | 'agents' | 'any service';
  /** Which server it lives on. */
  readonly server: 'ours' | 'legacy';
  readonly holds: string;
  readonly build: (...args: Args) => string;
}

export interface Key<Args extends readonly unknown[]> extends KeyDeclaration<Args> {
  (...args: Args): string;
}

const declared: KeyDeclaration<never[]>[] = [];

/** Declares a key: the result builds the key's name and carries its declaration. */
export function defineKey<Args extends readonly unknown[]>(declaration: KeyDeclaration<Args>): Key<Args> {
  declared.push(declaration as unknown as KeyDeclaration<never[]>);
  // `name` of a function is read-only by assignment, so it is redefined together with the rest.
  const build = (...args: Args): string => declaration.build(...args);
  for (const [field, value] of Object.entries(declaration)) {
    Object.defineProperty(build, field, { value, enumerable: true });
  }
  return build as Key<Args>;
}

/** Every declared key, for the docs, the ACL rules and the tests. */
export function declaredKeys(): readonly KeyDeclaration<never[]>[] {
  return declared;
}

/** Free text (tenant, principal) as a part of a key: no colon, brace or space survives. */
export function keyPart(text: string): string {
  return encodeURIComponent(text).replaceAll('*', '%2A').replaceAll("'", '%27');
}
