import type { Owner } from '@bridge/contracts';
import { errorRow, type ErrorCode } from '@bridge/error-policy';
import { sendProblem } from '@bridge/service-kit';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Authenticator } from '../auth/authenticator.ts';
import type { GatewayMetrics } from '../metrics.ts';
import { failureOf } from '../rpc/answer.ts';
import { likelyDialect } from '../rpc/protocol-version.ts';
import { requestedVersion } from '../rpc/request-facts.ts';
import { note, refuse } from './refuse.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; set by `admission`, on the routes that have it. */
    owner: Owner | null;
  }
}

export interface AdmissionOptions {
  readonly authenticator: Authenticator;
  readonly metrics: GatewayMetrics;
  /** Web pages of these origins may call; `*` is every origin. */
  readonly allowedOrigins: readonly string[];
  readonly draining: () => boolean;
}

/**
 * Decides before a byte of the body is read: do we still take work, may this page call, and who is it?
 * A browser sends some requests of foreign pages without asking first, hence the look at `Origin`: on a gateway
 * without authentication every page that somebody opens could otherwise start tasks.
 */
export function admission(options: AdmissionOptions): onRequestHookHandler {
  const { metrics, authenticator } = options;
  const origins = new Set(options.allowedOrigins);

  const decide = (request: FastifyRequest): Owner | ErrorCode => {
    if (options.draining()) return 'SERVICE_DRAINING';
    const { origin } = request.headers;
    if (origin !== undefined && !origins.has(origin) && !origins.has('*')) return 'ORIGIN_FORBIDDEN';
    return authenticator.authenticate(request.headers) ?? 'UNAUTHENTICATED';
  };

  return (request, reply, next) => {
    const decision = decide(request);
    if (typeof decision === 'object') {
      request.owner = decision;
      next();
    } else if (decision === 'SERVICE_DRAINING') {
      refuseDraining(request, reply);
    } else {
      if (decision === 'UNAUTHENTICATED') void reply.header('www-authenticate', authenticator.challenge);
      note(request, decision, undefined, metrics);
      const { http, meaning } = errorRow(decision);
      sendProblem(reply, { status: http, code: decision, detail: meaning });
    }
  };

  function refuseDraining(request: FastifyRequest, reply: FastifyReply): void {
    // The next request of this client shall not come to this process again.
    void reply.header('connection', 'close');
    const dialect = likelyDialect(requestedVersion(request));
    refuse(
      request,
      reply,
      failureOf({ code: 'SERVICE_DRAINING', id: null, requestId: request.id, dialect }),
      metrics,
    );
  }
}
