import { BridgeError, isBridgeError } from '@bridge/error-policy';

/** First words of replies that say "not now": failover, loading, no memory, a script that runs too long. */
const NOT_NOW: ReadonlySet<string> = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'TRYAGAIN',
]);

/** What ioredis says when no reply came at all. It has no codes for these, so its words are matched here, once. */
const NO_REPLY =
  /^(Command timed out|Connection is closed|Stream isn't writeable|Reached the max retries|Command aborted due to connection close|Failed to refresh slots cache|Cluster isn't ready|None of startup nodes|All sentinels|Socket timeout)/;

function isUnavailable(error: Error): boolean {
  if ('syscall' in error) return true;
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'ClusterAllFailedError') return true;
  return NO_REPLY.test(error.message) || NOT_NOW.has(firstWord(error));
}

function firstWord(error: Error): string {
  return /^[A-Z]+/.exec(error.message)?.[0] ?? error.name;
}

/**
 * The one edge where Redis errors are classified (law L7): `REDIS_UNAVAILABLE` if another try may work, else `INTERNAL`.
 * The reply's text stays in `cause`: it may quote arguments, hence message text (law L14).
 */
export function classifyRedisError(error: unknown): BridgeError {
  if (isBridgeError(error)) return error;
  if (!(error instanceof Error)) return new BridgeError('INTERNAL', undefined, { cause: error });
  if (isUnavailable(error)) return new BridgeError('REDIS_UNAVAILABLE', undefined, { cause: error });
  return new BridgeError('INTERNAL', `Redis refused a command: ${firstWord(error)}`, { cause: error });
}

/** Awaits a Redis call; what it throws is classified. */
export async function redisCall<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw classifyRedisError(error);
  }
}
