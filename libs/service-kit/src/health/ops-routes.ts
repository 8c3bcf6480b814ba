import type { FastifyPluginCallback, FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import type { Health, Verdict } from './health.ts';
import type { ServiceVersion } from './service-version.ts';

export interface OpsRoutesOptions {
  readonly health: Health;
  readonly version: ServiceVersion;
  readonly register: Registry;
}

/** What operators and probes read: /livez, /readyz, /startupz, /version, /metrics. No authentication: see `mountOps`. */
export function opsRoutes({ health, version, register }: OpsRoutesOptions): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get('/livez', (_request, reply) => answer(reply, health.live()));
    app.get('/readyz', async (_request, reply) => answer(reply, await health.ready()));
    app.get('/startupz', (_request, reply) => answer(reply, health.startup()));
    app.get('/version', (_request, reply) => reply.header('cache-control', 'no-store').send(version));
    app.get('/metrics', async (_request, reply) => {
      const text = await register.metrics();
      return reply.header('content-type', register.contentType).send(text);
    });
    done();
  };
}

function answer(reply: FastifyReply, { ok, reasons }: Verdict): FastifyReply {
  return reply
    .status(ok ? 200 : 503)
    .header('cache-control', 'no-store')
    .send({ status: ok ? 'ok' : 'unavailable', reasons });
}
