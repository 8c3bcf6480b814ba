import type { A2ARequestHandler } from '@a2a-js/sdk/server';
import { createHttpServer, type Logger } from '@bridge/service-kit';
import type { FastifyInstance } from 'fastify';
import type { Authenticator } from './auth/authenticator.ts';
import type { GatewayMetrics } from './metrics.ts';
import { cardRoutes, type Cards } from './routes/cards.ts';
import { rpcRoutes } from './routes/rpc.ts';
import { createDispatch } from './rpc/dispatch.ts';

export interface AppDeps {
  readonly handler: A2ARequestHandler;
  readonly authenticator: Authenticator;
  readonly cards: Cards;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  readonly settings: AppSettings;
  readonly draining: () => boolean;
}

export interface AppSettings {
  /** As clients see us: pages of this origin are our own. */
  readonly publicUrl: string;
  readonly corsOrigins: readonly string[];
  readonly maxBodyBytes: number;
  readonly maxJsonDepth: number;
  readonly heartbeatMs: number;
  readonly stallMs: number;
}

/** The plugin tree: what a request meets, outermost first. Health and metrics are mounted by the service. */
export function createApp(deps: AppDeps): FastifyInstance {
  const { settings, metrics, authenticator, draining } = deps;
  const { corsOrigins, maxBodyBytes, maxJsonDepth, heartbeatMs, stallMs } = settings;
  const app = createHttpServer({ logger: deps.logger, bodyLimit: maxBodyBytes, maxJsonDepth, corsOrigins });
  void app.register(cardRoutes(deps.cards));
  void app.register(
    rpcRoutes({
      dispatch: createDispatch(deps.handler),
      authenticator,
      metrics,
      draining,
      allowedOrigins: [...corsOrigins, new URL(settings.publicUrl).origin],
      maxBodyBytes,
      maxJsonDepth,
      heartbeatMs,
      stallMs,
    }),
  );
  return app;
}
