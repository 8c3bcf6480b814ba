import type { FastifyReply, FastifyRequest } from 'fastify';

/** Header, or query parameter of the same name (1.0 allows both); the header wins. */
export function requestedVersion(request: FastifyRequest): string | undefined {
  const header = request.headers['a2a-version'];
  if (typeof header === 'string') return header;
  const { 'A2A-Version': parameter } = request.query as Readonly<Record<string, unknown>>;
  return typeof parameter === 'string' ? parameter : undefined;
}

/** `A2A-Extensions` of 1.0, `X-A2A-Extensions` of 0.3. */
export function requestedExtensions(request: FastifyRequest): string | undefined {
  const header = request.headers['a2a-extensions'] ?? request.headers['x-a2a-extensions'];
  return typeof header === 'string' ? header : undefined;
}

/** W3C trace context, version 00; anything else is no trace context. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export function traceparentOf(request: FastifyRequest): string | null {
  const { traceparent } = request.headers;
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : null;
}

/** `application/json` and its relatives. A request that names no type is taken at its word: it is JSON-RPC. */
export function isJsonContent(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  const mediaType = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return mediaType === 'application/json' || /^application\/[\w.-]+\+json$/.test(mediaType);
}

/** Calls back once when the connection is gone before the answer was complete. */
export function onConnectionGone(reply: FastifyReply, listener: () => void): () => void {
  if (reply.raw.destroyed) {
    listener();
    return () => undefined;
  }
  reply.raw.once('close', listener);
  return () => {
    reply.raw.off('close', listener);
  };
}
