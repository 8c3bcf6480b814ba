import type { FastifyReply, FastifyRequest } from 'fastify';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const EXPOSED = 'x-request-id, retry-after, location';
const MAX_AGE_S = 600;

/**
 * Cross-origin access for the listed origins only; none by default. `*` lists every origin. Never with
 * credentials: browsers then send no cookies, and an Authorization header is the page's own doing.
 *
 * @returns true if it was a preflight and has been answered
 */
export function applyCors(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): boolean {
  if (origins.length === 0) return false;
  reply.raw.setHeader('vary', 'origin');
  const { origin } = request.headers;
  if (origin === undefined || !(origins.includes(origin) || origins.includes('*'))) return false;
  reply.raw.setHeader('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
    reply.raw.setHeader('access-control-expose-headers', EXPOSED);
    return false;
  }
  void reply
    .status(204)
    .header('access-control-allow-methods', METHODS)
    .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '')
    .header('access-control-max-age', String(MAX_AGE_S))
    .send();
  return true;
}
