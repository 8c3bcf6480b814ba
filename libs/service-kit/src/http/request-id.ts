import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Anything else could break log lines or headers, or smuggle text into them. */
const SANE = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's `x-request-id` if it is sane, so that one id spans several systems; else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
