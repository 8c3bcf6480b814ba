import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from '../logging/logger.ts';
import { applyCors } from './cors.ts';
import { toProblem } from './http-errors.ts';
import { jsonDepthExceeds } from './json-depth.ts';
import { sendProblem, type Problem } from './problem.ts';
import { requestIdOf } from './request-id.ts';

export interface HttpServerOptions {
  readonly logger: Logger;
  /** Bytes. */
  readonly bodyLimit?: number;
  /** How deep a JSON body may nest. */
  readonly maxJsonDepth?: number;
  /** A client must have sent its whole request by then. Says nothing about how long an answer may take. */
  readonly requestTimeoutMs?: number;
  /** Origins of browsers that may call; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Classifies the app's own errors; `null` leaves it to the defaults. */
  readonly toProblem?: (error: unknown) => Problem | null;
}

/** Overwritten by any route that sets the same header. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** How often Node looks for requests that are overdue; its default of 30 s would double every deadline. */
const CONNECTION_CHECK_MS = 1_000;

/** A Fastify server with what every service of ours needs of one; it listens when the app says so. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { logger, corsOrigins = [], maxJsonDepth = 32, requestTimeoutMs = 15_000 } = options;
  const loggerInstance: FastifyBaseLogger = logger;
  const app: FastifyInstance = fastify({
    loggerInstance,
    bodyLimit: options.bodyLimit ?? 1_048_576,
    requestTimeout: requestTimeoutMs,
    // Not connectionTimeout: it counts silence of the socket, and a blocking answer or a quiet stream is silent.
    http: {
      headersTimeout: Math.min(10_000, requestTimeoutMs),
      connectionsCheckingInterval: CONNECTION_CHECK_MS,
    },
    genReqId: requestIdOf,
    requestIdHeader: false,
    // Access lines are our own: see `logAccess`.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    exposeHeadRoutes: false,
    // Fastify's 100 is too short for an id made of two others.
    routerOptions: { maxParamLength: 256 },
  });

  // Set on the raw reply, so that replies which bypass Fastify (streams, the SDK's own handlers) carry them too.
  app.addHook('onRequest', (request, reply, done) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.raw.setHeader(name, value);
    reply.raw.setHeader('x-request-id', request.id);
    if (!applyCors(request, reply, corsOrigins)) done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    logAccess(request, reply);
    done();
  });

  // Fastify's default parser has no limit of depth; this one looks at the raw text first.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = typeof body === 'string' ? body : body.toString('utf8');
    if (jsonDepthExceeds(text, maxJsonDepth)) done(jsonTooDeep(), undefined);
    else void parseJson(request, text, done);
  });

  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { status: 404, code: 'NOT_FOUND' }));
  app.setErrorHandler((error, request, reply) => {
    const problem = options.toProblem?.(error) ?? toProblem(error);
    if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed');
    else request.log.debug({ err: error, code: problem.code }, 'request refused');
    return sendProblem(reply, problem);
  });
  return app;
}

/** The route, not the URL: a URL can hold ids, cursors and tokens. */
function logAccess(request: FastifyRequest, reply: FastifyReply): void {
  request.log.debug(
    {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    },
    'request',
  );
}

function jsonTooDeep(): Error & { code: string; statusCode: number } {
  return Object.assign(new Error('The body nests deeper than this server accepts.'), {
    code: 'JSON_TOO_DEEP',
    statusCode: 400,
  });
}
