import { inspect } from 'node:util';
import { z } from 'zod';

const REDACTED = '[redacted]';
const secrets = new WeakSet<object>();

/** A value that JSON, `inspect`, string concatenation and the logger show only in its redacted form. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** @param shown what may be seen of it, e.g. a URL without its credentials */
export function createSecret(value: string, shown: string = REDACTED): Secret {
  // The value lives in the closure, so no enumeration, clone or debugger print of the object reaches it.
  const shownOnly = (): string => shown;
  const wrapped = Object.freeze({
    reveal: () => value,
    toString: shownOnly,
    toJSON: shownOnly,
    [inspect.custom]: shownOnly,
    [Symbol.toPrimitive]: shownOnly,
  });
  secrets.add(wrapped);
  return wrapped;
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && secrets.has(value);
}

/** A variable nobody may see: API keys, tokens, passwords. */
export function secret(options: { readonly minLength?: number } = {}): z.ZodType<Secret, string> {
  const { minLength = 1 } = options;
  return z
    .string()
    .min(minLength)
    .transform((value) => createSecret(value))
    .meta({ expects: `a secret of at least ${String(minLength)} characters`, secret: true });
}

/** A URL whose user and password are hidden while host, port and path stay readable. */
export function secretUrl(protocols: readonly string[]): z.ZodType<Secret, string> {
  const expects = `a URL starting with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`;
  return z
    .string()
    .transform((text, context) => {
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url === null || !protocols.includes(url.protocol.slice(0, -1))) {
        context.addIssue({ code: 'custom', message: `is not ${expects}` });
        return z.NEVER;
      }
      return createSecret(text, withoutCredentials(url));
    })
    .meta({ expects, secret: true });
}

function withoutCredentials(url: URL): string {
  const shown = new URL(url);
  if (shown.username !== '' || shown.password !== '') {
    shown.username = '***';
    shown.password = '';
  }
  // Options of a connection may carry a password as well; none of them helps whoever reads a log.
  shown.search = '';
  shown.hash = '';
  return shown.href;
}
