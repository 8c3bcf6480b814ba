import { isBridgeError } from '@bridge/error-policy';
import type { DeadLetterStore } from '@bridge/redis-store';
import { createHttpServer, type Logger, type Problem } from '@bridge/service-kit';
import type { FastifyInstance } from 'fastify';
import type { DlqMetrics } from '../metrics.ts';
import { requireToken } from './admin-auth.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';

export interface AdminAppOptions {
  readonly logger: Logger;
  readonly metrics: DlqMetrics;
  readonly store: DeadLetterStore;
  /** `null`: everybody who can reach it is an operator (loopback only). */
  readonly token: string | null;
}

/** The admin API: routes behind the operators' token; health is mounted by `main`. */
export function createAdminApp({ logger, metrics, store, token }: AdminAppOptions): FastifyInstance {
  const toProblem = (error: unknown): Problem | null => {
    if (!isBridgeError(error)) return null;
    const { code } = error;
    const known =
      code === 'UNAUTHENTICATED' ||
      code === 'REQUEST_MALFORMED' ||
      code === 'CURSOR_UNKNOWN' ||
      code === 'DEAD_LETTER_NOT_FOUND';
    metrics.refusals.inc({ code: known ? code : 'other' });
    return { status: error.row.http, code, detail: error.message };
  };
  const app = createHttpServer({ logger, toProblem });
  void app.register((admin, _options, done) => {
    if (token !== null) admin.addHook('onRequest', requireToken(token));
    void admin.register(deadLetterRoutes(store));
    done();
  });
  return app;
}
