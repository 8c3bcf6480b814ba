import { isBridgeError } from './bridge-error.ts';
import type { ErrorCode } from './error-table.ts';

/*
 * Redis and its client have no common kind of error: the server's first word, the client's sentence, the system's
 * code. All that mean "not now, perhaps later" are listed here; everything else is a fault of ours.
 */

/** First words of replies: failover, loading, no memory, no replica, a script that runs too long. */
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

/** Codes of the system and of Node's network stack: the connection failed or was never made. */
const NO_CONNECTION: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
]);

/** Names that clients and timeouts give their errors. */
const NO_ANSWER_NAMES: ReadonlySet<string> = new Set([
  'AbortError',
  'ClusterAllFailedError',
  'MaxRetriesPerRequestError',
  'TimeoutError',
]);

/** Where ioredis has neither code nor name, its words are all there is. */
const NO_ANSWER_WORDS =
  /^(All sentinels|Cluster is disconnect|Cluster isn't ready|Command aborted|Command timed out|Connection is closed|Failed to refresh slots cache|No master node is available|Node is disconnected|None of startup nodes|Reached the max retries|Socket closed|Socket timeout|Stream isn't writeable|Too many Cluster redirections)/;

/** Causes are few; a cycle of them is a bug that must not become an endless loop here. */
const MAX_CAUSES = 8;

/**
 * @returns `REDIS_UNAVAILABLE` where another try may work (whether this one did is unknown), the code of an error that
 *   is classified already, else `INTERNAL`
 */
export function classifyRedisError(error: unknown): ErrorCode {
  if (isBridgeError(error)) return error.code;
  const chain: unknown[] = [error];
  for (const link of chain) {
    if (isUnavailable(link)) return 'REDIS_UNAVAILABLE';
    if (chain.length <= MAX_CAUSES) chain.push(...behind(link));
  }
  return 'INTERNAL';
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && NO_CONNECTION.has(error.code)) return true;
  if (NO_ANSWER_NAMES.has(error.name) || NO_ANSWER_WORDS.test(error.message)) return true;
  return NOT_NOW.has(/^[A-Z]+/.exec(error.message)?.[0] ?? '');
}

/** What an error was made from: its cause, the errors it gathers, the last one of a cluster's nodes. */
function behind(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  const gathered: unknown = 'errors' in error ? error.errors : [];
  const ofNode = 'lastNodeError' in error ? [error.lastNodeError] : [];
  return [
    ...(error.cause === undefined ? [] : [error.cause]),
    ...ofNode,
    ...(Array.isArray(gathered) ? (gathered as unknown[]) : []),
  ];
}
