import type { ErrorCode } from '@bridge/error-policy';
import type { FastifyPluginCallback } from 'fastify';
import { failureOf, failureOfError } from '../rpc/answer.ts';
import { likelyDialect } from '../rpc/protocol-version.ts';
import { requestedVersion } from '../rpc/request-facts.ts';
import { admission, type AdmissionOptions } from './admission.ts';
import { createRpcAnswer, type RpcAnswerOptions } from './rpc-answer.ts';
import { refuse } from './refuse.ts';

export interface RpcRoutesOptions extends AdmissionOptions, RpcAnswerOptions {
  readonly maxBodyBytes: number;
}

/** What Fastify throws while it reads a body. */
const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'JSON_MALFORMED',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'CONTENT_TYPE_UNSUPPORTED',
};

/** Log levels at which lines of one request are worth telling apart by themselves. */
const CHATTY: ReadonlySet<string> = new Set(['debug', 'trace']);

/** POST /rpc and, for clients of the old server, POST /: both JSON-RPC dialects. */
export function rpcRoutes(options: RpcRoutesOptions): FastifyPluginCallback {
  return (app, _options, done) => {
    app.decorateRequest('owner', null);
    // A child logger per request costs more than most requests log: the few lines there are name the request.
    app.setChildLoggerFactory((logger, bindings, options) =>
      CHATTY.has(logger.level) ? logger.child(bindings, options) : logger,
    );
    app.addHook('onRequest', admission(options));
    // The body stays text: what is wrong with it is answered in JSON-RPC, not in Fastify's words.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: options.maxBodyBytes },
      (_request, body, parsed) => {
        parsed(null, body);
      },
    );
    app.setErrorHandler((error, request, reply) => {
      const code =
        error instanceof Error && 'code' in error ? FRAMEWORK_CODES[String(error.code)] : undefined;
      const of = { id: null, requestId: request.id, dialect: likelyDialect(requestedVersion(request)) };
      const failure = code === undefined ? failureOfError(error, of) : failureOf({ ...of, code });
      return refuse(request, reply, failure, options.metrics);
    });
    const answer = createRpcAnswer(options);
    app.post('/rpc', answer);
    app.post('/', answer);
    done();
  };
}
