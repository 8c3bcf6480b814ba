import { ERROR_TABLE, type ErrorCode } from '@bridge/error-policy';
import { defineMetrics, type MetricsOf } from '@bridge/service-kit';
import { GUARD_OUTCOMES } from '@bridge/resilience';
import { METHODS } from './rpc/protocol-version.ts';

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];

/** Every metric of the gateway. Labels are closed sets: never an id, a tenant or a name that a client chose. */
export const METRICS = {
  requests: {
    type: 'counter',
    name: 'a2a_gateway_requests_total',
    help: 'JSON-RPC calls that were answered, by method, dialect and outcome (ok, or the code of the error).',
    labels: {
      method: [...METHODS, 'unknown'],
      dialect: ['1.0', '0.3'],
      outcome: ['ok', ...CODES],
    },
  },
  refusals: {
    type: 'counter',
    name: 'a2a_gateway_refusals_total',
    help: 'Requests of any kind that were refused or failed, by code.',
    labels: { code: CODES },
  },
  duration: {
    type: 'histogram',
    name: 'a2a_gateway_request_duration_seconds',
    help: 'From the parsed request to the answer; of streams, to their first event.',
    labels: { method: [...METHODS, 'unknown'] },
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  accepts: {
    type: 'counter',
    name: 'a2a_gateway_accepts_total',
    help: 'Answers of Redis to an accept: put (a new task), duplicate (a retry), conflict.',
    labels: { result: ['put', 'duplicate', 'conflict'] },
  },
  streams: {
    type: 'gauge',
    name: 'a2a_gateway_streams',
    help: 'Event streams open to clients.',
  },
  streamEvents: {
    type: 'counter',
    name: 'a2a_gateway_stream_events_total',
    help: 'Events written to event streams.',
  },
  stalledStreams: {
    type: 'counter',
    name: 'a2a_gateway_stalled_streams_total',
    help: 'Event streams dropped because their reader took nothing for too long.',
  },
  watches: {
    type: 'gauge',
    name: 'a2a_gateway_watches',
    help: 'Requests that wait for news of a task.',
  },
  missedHints: {
    type: 'counter',
    name: 'a2a_gateway_missed_hints_total',
    help: 'Times the poll found events that no hint of the feeds had announced.',
  },
  feedGaps: {
    type: 'counter',
    name: 'a2a_gateway_feed_gaps_total',
    help: 'Times hints may have been lost, so that every open request looked for itself.',
  },
  readFailures: {
    type: 'counter',
    name: 'a2a_gateway_stream_read_failures_total',
    help: 'Reads for open streams that failed and are tried again.',
  },
  wakeupFailures: {
    type: 'counter',
    name: 'a2a_gateway_wakeup_failures_total',
    help: 'Wake-ups that could not be queued; the sweep of the engines finds their runs.',
  },
  storeCalls: {
    type: 'counter',
    name: 'a2a_gateway_store_calls_total',
    help: 'Calls of requests to Redis, by outcome: ok, refused (no fault of Redis), failed, timeout, short-circuited.',
    labels: { outcome: GUARD_OUTCOMES },
  },
  storeBreaker: {
    type: 'gauge',
    name: 'a2a_gateway_store_breaker_open',
    help: '1 while requests are refused without asking Redis, or only one asks; 0 else.',
  },
  redisErrors: {
    type: 'counter',
    name: 'a2a_gateway_redis_connection_errors_total',
    help: 'Connection errors of the clients of our Redis.',
    labels: { client: ['request', 'queue', 'feeds'] },
  },
} as const;

export type GatewayMetrics = MetricsOf<typeof METRICS>;
export const createMetrics = (register: Parameters<typeof defineMetrics>[0]): GatewayMetrics =>
  defineMetrics(register, METRICS);
