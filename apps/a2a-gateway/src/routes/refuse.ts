import { errorRow, type ErrorCode } from '@bridge/error-policy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { httpStatusOf } from '../errors/rpc-error.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { Failure } from '../rpc/answer.ts';

/** Seconds after which a refused client may come back: another replica, or Redis after a failover. */
const RETRY_AFTER_S = 1;

export const JSON_CONTENT = 'application/json; charset=utf-8';

/** Writes a JSON-RPC error. Counted and logged once, here (law L11). */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  failure: Failure,
  metrics: GatewayMetrics,
): FastifyReply {
  note(request, failure.code, failure.cause, metrics);
  const status = httpStatusOf(failure.code);
  if (status === 503) void reply.header('retry-after', String(RETRY_AFTER_S));
  return reply.status(status).header('content-type', JSON_CONTENT).send(JSON.stringify(failure.body));
}

/** Counts and logs a refusal or failure at the level its code says. */
export function note(
  request: FastifyRequest,
  code: ErrorCode,
  cause: unknown,
  metrics: GatewayMetrics,
): void {
  metrics.refusals.inc({ code });
  const level = errorRow(code).log;
  // A client's mistake needs no stack, and its cause may quote the request (law L14).
  const about = { requestId: request.id, code };
  if (level === 'error' || level === 'warn') request.log[level]({ ...about, err: cause }, 'failed');
  else request.log[level](about, 'refused');
}
