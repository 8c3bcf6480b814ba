import { createHash, timingSafeEqual } from 'node:crypto';
import { ANONYMOUS, DEFAULT_TENANT, type Owner } from '@bridge/contracts';
import { z } from 'zod';

/** Request headers as Node gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface Authenticator {
  /** Who calls, from the credential alone; `null` = no valid credential. */
  authenticate(headers: Headers): Owner | null;
  /** Value of `WWW-Authenticate`. */
  readonly challenge: string;
  readonly scheme: 'none' | 'api-key';
}

/** One entry of API_KEYS: the key itself is never configured, only its SHA-256. */
export const ApiKey = z.strictObject({
  principal: z
    .string()
    .min(1)
    .max(256)
    .refine((name) => name !== ANONYMOUS, 'anonymous is nobody in particular'),
  tenant: z.string().min(1).max(128).default(DEFAULT_TENANT),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits')
    .transform((hex) => hex.toLowerCase()),
});
export type ApiKey = z.infer<typeof ApiKey>;

const ANYBODY: Owner = { tenant: DEFAULT_TENANT, principal: ANONYMOUS };

/** AUTH=none: everybody shares one scope. */
export function createOpenAuthenticator(): Authenticator {
  return { scheme: 'none', challenge: '', authenticate: () => ANYBODY };
}

/** AUTH=api-key: `x-api-key: <key>` or `Authorization: Bearer <key>`. */
export function createApiKeyAuthenticator(keys: readonly ApiKey[]): Authenticator {
  const entries = keys.map(({ principal, tenant, sha256 }) => ({
    owner: { tenant, principal },
    digest: Buffer.from(sha256, 'hex'),
  }));
  return {
    scheme: 'api-key',
    challenge: 'Bearer realm="a2a"',
    authenticate(headers) {
      const key = presentedKey(headers);
      if (key === null) return null;
      const digest = createHash('sha256').update(key).digest();
      // Every entry is compared, so the time says nothing about which one matched.
      let found: Owner | null = null;
      for (const entry of entries) {
        if (timingSafeEqual(entry.digest, digest)) found = entry.owner;
      }
      return found;
    },
  };
}

function presentedKey(headers: Headers): string | null {
  const own = headers['x-api-key'];
  if (typeof own === 'string' && own !== '') return own;
  const authorization = headers.authorization;
  if (typeof authorization !== 'string') return null;
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null;
}
