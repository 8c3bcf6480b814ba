import { createHash } from 'node:crypto';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { requestedVersion } from '../rpc/request-facts.ts';

/** One card for every kind of client, as the JSON they get. */
export interface Cards {
  /** 0.2.6, at its own path. */
  readonly v026: object;
  /** 0.3 with the interfaces of 1.0 embedded, for clients that name no version. */
  readonly hybrid: object;
  /** 1.0, for clients that ask for it. */
  readonly v1: object;
}

/** Cards change with a deployment only, but then at once: clients may keep one for five minutes. */
const CACHE_CONTROL = 'public, max-age=300';
/** CORS adds its own `Vary`; this one replaces it, hence both names. */
const VARY = 'A2A-Version, Origin';

interface Rendered {
  readonly text: string;
  readonly etag: string;
}

/** GET /.well-known/agent.json and /.well-known/agent-card.json. Open to everybody: they say how to authenticate. */
export function cardRoutes(cards: Cards): FastifyPluginCallback {
  const v026 = rendered(cards.v026);
  const hybrid = rendered(cards.hybrid);
  const v1 = rendered(cards.v1);
  return (app, _options, done) => {
    app.get('/.well-known/agent.json', (request, reply) => sendCard(request, reply, v026));
    app.get('/.well-known/agent-card.json', (request, reply) =>
      sendCard(request, reply, asksForV1(request) ? v1 : hybrid),
    );
    done();
  };
}

function asksForV1(request: FastifyRequest): boolean {
  return /^1\.0(\.\d+)*$/.test(requestedVersion(request)?.trim() ?? '');
}

function rendered(card: object): Rendered {
  const text = JSON.stringify(card);
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}

function sendCard(request: FastifyRequest, reply: FastifyReply, { text, etag }: Rendered): FastifyReply {
  void reply.header('etag', etag).header('cache-control', CACHE_CONTROL).header('vary', VARY);
  if (matches(request.headers['if-none-match'], etag)) return reply.status(304).send();
  return reply.header('content-type', 'application/json; charset=utf-8').send(text);
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((item) => {
    const tag = item.trim().replace(/^W\//, '');
    return tag === etag || tag === '*';
  });
}
