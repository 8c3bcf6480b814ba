import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayMetrics } from '../metrics.ts';
import { failureOf, failureOfAnswer, failureOfError, type Failure } from '../rpc/answer.ts';
import type { Call } from '../rpc/call.ts';
import type { Dispatch, Dispatched } from '../rpc/dispatch.ts';
import { parseEnvelope, type RpcRequest } from '../rpc/envelope.ts';
import { dialectOf, likelyDialect, methodLabel, type Dialect } from '../rpc/protocol-version.ts';
import {
  isJsonContent,
  onConnectionGone,
  requestedExtensions,
  requestedVersion,
  traceparentOf,
} from '../rpc/request-facts.ts';
import { JSON_CONTENT, refuse } from './refuse.ts';
import { streamAnswers, type StreamOptions } from './rpc-stream.ts';

export interface RpcAnswerOptions extends StreamOptions {
  readonly dispatch: Dispatch;
  readonly metrics: GatewayMetrics;
  readonly maxJsonDepth: number;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** What a request turned out to be, once it could be read. */
interface Readable {
  readonly request: RpcRequest;
  readonly dialect: Dialect;
}

/** Reads the envelope, finds the dialect, lets the SDK and our handler answer, and writes what they say. */
export function createRpcAnswer(options: RpcAnswerOptions): Handler {
  const { metrics, dispatch } = options;

  function read(request: FastifyRequest): Readable | Failure {
    const requested = requestedVersion(request);
    const of = { requestId: request.id, dialect: likelyDialect(requested) };
    if (!isJsonContent(request.headers['content-type'])) {
      return failureOf({ ...of, id: null, code: 'CONTENT_TYPE_UNSUPPORTED' });
    }
    const parsed = parseEnvelope(request.body, options.maxJsonDepth);
    if (parsed.kind === 'refused') return failureOf({ ...of, ...parsed });
    const dialect = dialectOf(requested, parsed.request.method);
    if (dialect === null) {
      const message = 'This protocol version is not served here; served are 1.0, 0.3 and 0.2.6.';
      return failureOf({ ...of, code: 'VERSION_NOT_SUPPORTED', message, id: parsed.request.id ?? null });
    }
    return { request: parsed.request, dialect };
  }

  return async (request, reply) => {
    const startedAt = performance.now();
    const readable = read(request);
    if ('code' in readable) return refuse(request, reply, readable, metrics);
    const { dialect, request: rpc } = readable;
    const method = methodLabel(rpc.method);
    const call = callOf(request, reply);
    const of = { id: rpc.id ?? null, dialect, requestId: request.id };
    const answered = (outcome: 'ok' | Failure['code']): void => {
      metrics.requests.inc({ method, dialect, outcome });
      metrics.duration.observe({ method }, (performance.now() - startedAt) / 1_000);
    };
    const refuseWith = (failure: Failure): FastifyReply => {
      answered(failure.code);
      return refuse(request, reply, failure, metrics);
    };

    let out: Dispatched;
    try {
      out = await dispatch({ request: rpc, dialect, call, extensions: requestedExtensions(request) });
    } catch (error) {
      return refuseWith(failureOfError(error, of));
    }
    if (out.kind === 'stream') {
      const failed = await streamAnswers({
        request,
        reply,
        answers: out.answers,
        call,
        of,
        options,
        onOpen: () => {
          answered('ok');
        },
      });
      return failed === null ? reply : refuseWith(failed);
    }
    if (out.answer.error !== undefined) return refuseWith(failureOfAnswer(out.answer.error, call, of));
    answered('ok');
    return reply.header('content-type', JSON_CONTENT).send(JSON.stringify(out.answer));
  };
}

function callOf(request: FastifyRequest, reply: FastifyReply): Call {
  const { owner } = request;
  if (owner === null) throw new Error('the route has no admission');
  return {
    owner,
    requestId: request.id,
    traceparent: traceparentOf(request),
    onGone: (listener) => onConnectionGone(reply, listener),
    failure: null,
    progress: 'untouched',
    eventNumber: 0,
  };
}
