import type { FastifyInstance } from 'fastify';
import { isIP } from 'node:net';
import { createHttpServer } from '../http/create-http-server.ts';
import type { Logger } from '../logging/logger.ts';
import { opsRoutes, type OpsRoutesOptions } from './ops-routes.ts';

export interface MountOpsOptions extends OpsRoutesOptions {
  /** The app's own server, not listening yet. */
  readonly app: FastifyInstance;
  /** Where the app's server is going to listen. */
  readonly host: string;
  readonly metricsPort?: number | undefined;
  readonly logger: Logger;
}

export interface MountedOps {
  /** Where the routes answer; `null` if they are on the app's own server. */
  readonly ownServer: FastifyInstance | null;
  listen(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Health and metrics tell strangers about the inside, so they share the public port only on loopback;
 * elsewhere they get METRICS_PORT.
 *
 * @throws TypeError if `host` is not loopback and there is no `metricsPort`
 */
export async function mountOps(options: MountOpsOptions): Promise<MountedOps> {
  const { app, host, metricsPort, logger } = options;
  if (metricsPort === undefined) {
    if (!isLoopback(host)) {
      throw new TypeError(`HOST ${host} is not loopback: health and metrics need METRICS_PORT`);
    }
    await app.register(opsRoutes(options));
    return { ownServer: null, listen: () => Promise.resolve(), close: () => Promise.resolve() };
  }
  const ownServer = createHttpServer({ logger });
  await ownServer.register(opsRoutes(options));
  return {
    ownServer,
    listen: async () => {
      await ownServer.listen({ host, port: metricsPort });
    },
    close: () => ownServer.close(),
  };
}

export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
