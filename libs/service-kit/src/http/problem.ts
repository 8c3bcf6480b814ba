import type { FastifyReply } from 'fastify';
import { STATUS_CODES } from 'node:http';

/** RFC 9457, with our stable code and the id that leads to the log. */
export interface Problem {
  readonly status: number;
  /** `DOMAIN_CONDITION`, stable for ever. */
  readonly code: string;
  /** For this occurrence, safe to show. */
  readonly detail?: string;
  /** Default: the name of the status. */
  readonly title?: string;
  readonly retryAfterS?: number;
  /** Further members. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, code, detail, title, retryAfterS, extra = {} } = problem;
  if (retryAfterS !== undefined) void reply.header('retry-after', String(retryAfterS));
  const body = {
    ...extra,
    type: 'about:blank',
    title: title ?? STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail === undefined ? {} : { detail }),
    code,
    requestId: reply.request.id,
  };
  // Serialised here: a route's response schema is for its successes.
  return reply
    .status(status)
    .header('content-type', 'application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}
