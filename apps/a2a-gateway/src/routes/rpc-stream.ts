import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayMetrics } from '../metrics.ts';
import { failureOfAnswer, failureOfError, type Failure } from '../rpc/answer.ts';
import type { Call } from '../rpc/call.ts';
import type { RpcResponse } from '../rpc/dispatch.ts';
import type { RpcId } from '../rpc/envelope.ts';
import type { Dialect } from '../rpc/protocol-version.ts';
import { createSseWriter } from '../rpc/sse-writer.ts';
import { note } from './refuse.ts';

export interface StreamOptions {
  readonly metrics: GatewayMetrics;
  readonly heartbeatMs: number;
  readonly stallMs: number;
  readonly draining: () => boolean;
}

interface StreamRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly answers: AsyncGenerator<RpcResponse, void, undefined>;
  readonly call: Call;
  readonly of: { readonly id: RpcId; readonly dialect: Dialect; readonly requestId: string };
  readonly options: StreamOptions;
  readonly onOpen: () => void;
}

/**
 * Writes a stream of answers as server-sent events, with the number of each event as its id.
 * What fails before the first event is given back, to be answered in plain JSON.
 */
export async function streamAnswers(stream: StreamRequest): Promise<Failure | null> {
  const { request, reply, answers, call, of, options } = stream;
  const { metrics } = options;
  let step: IteratorResult<RpcResponse, void>;
  try {
    step = await answers.next();
  } catch (error) {
    return failureOfError(call.failure?.error ?? error, of);
  }
  if (step.done !== true && step.value.error !== undefined)
    return failureOfAnswer(step.value.error, call, of);

  reply.hijack();
  const writer = createSseWriter(reply.raw, {
    heartbeatMs: options.heartbeatMs,
    stallMs: options.stallMs,
    onStalled: () => {
      metrics.stalledStreams.inc();
      request.log.warn(
        { requestId: request.id, eventNumber: call.eventNumber },
        'a stream was dropped: its reader takes nothing',
      );
    },
  });
  metrics.streams.inc();
  stream.onOpen();
  try {
    while (step.done !== true) {
      // The generators record the number before they yield, and one item is asked for at a time.
      await writer.send({ id: call.eventNumber, data: step.value });
      metrics.streamEvents.inc();
      if (reply.raw.destroyed) break;
      step = await answers.next();
    }
  } catch (error) {
    const failure = failureOfError(call.failure?.error ?? error, of);
    note(request, failure.code, failure.cause, metrics);
    await writer.send({ id: call.eventNumber, data: failure.body });
  } finally {
    metrics.streams.dec();
    // Ends the generators behind it, and with them the watch.
    await answers.return();
    writer.end(options.draining() ? 'this server is stopping; subscribe again' : undefined);
  }
  return null;
}
