import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from './redis-url.ts';

/** One server or a cluster; the commands are typed the same. */
export type RedisClient = Redis | Cluster;

/**
 * request   on a client's request path: fails fast, so that the caller hears 503 instead of nothing
 * service   engine and processor: outlives a restart of Redis
 * blocking  one blocking read at a time, nothing else: XREAD BLOCK, BLPOP
 */
export type RedisRole = 'request' | 'service' | 'blocking';

export interface RedisSettings {
  /** See `parseRedisUrl`; several nodes separated by commas are a cluster. */
  readonly url: string;
  /** Shown in CLIENT LIST as `a2a-bridge:<name>:<role>`. */
  readonly name: string;
  readonly role: RedisRole;
  /** Connection errors: every one, while the client keeps reconnecting. They are never thrown. */
  readonly onError: (error: Error) => void;
  /** blocking only: the longest BLOCK that will be asked for, ms. */
  readonly blockMs?: number;
}

export const REQUEST_TIMEOUT_MS = 2_000;
export const SERVICE_TIMEOUT_MS = 30_000;
export const DEFAULT_BLOCK_MS = 5_000;
/** What a blocking read may take beyond its own block time before the connection counts as dead. */
const BLOCK_GRACE_MS = 5_000;

/** Replies keep their flat shape (`replyMapping: 'legacy'`, the default): the types of the commands depend on it. */
type Options = Omit<RedisOptions, 'replyMapping'>;

type Policy = Pick<
  Options,
  'commandTimeout' | 'socketTimeout' | 'maxRetriesPerRequest' | 'enableAutoPipelining' | 'connectTimeout'
>;

function policyOf(role: RedisRole, blockMs: number): Policy {
  switch (role) {
    case 'request':
      return {
        commandTimeout: REQUEST_TIMEOUT_MS,
        connectTimeout: REQUEST_TIMEOUT_MS,
        // 50 + 100 + 200 + 400 + 800 ms of reconnecting: a Redis that is away for longer is answered with 503.
        maxRetriesPerRequest: 5,
        enableAutoPipelining: true,
      };
    case 'service':
      return { commandTimeout: SERVICE_TIMEOUT_MS, maxRetriesPerRequest: null, enableAutoPipelining: true };
    case 'blocking':
      return {
        // A half-open connection gives no error; silence beyond the block time is one.
        socketTimeout: blockMs + BLOCK_GRACE_MS,
        // The read in flight is rejected as the connection goes, so its owner knows that there is a gap.
        // (With autoResendUnfulfilledCommands off it would never settle at all: tried with ioredis 6.0.0.)
        maxRetriesPerRequest: 0,
        enableAutoPipelining: false,
      };
  }
}

/** 50 ms, doubling, at most 1 s: a restarted Redis is found again well within the 5 s we promise. */
function retryDelay(times: number): number {
  return Math.min(50 * 2 ** Math.min(times - 1, 10), 1_000);
}

function createCluster(address: RedisAddress, options: Options, autoPipelining: boolean): Cluster {
  const nodes = address.nodes.flatMap((node) => ('host' in node ? [node] : []));
  return new Cluster(nodes, {
    clusterRetryStrategy: retryDelay,
    enableAutoPipelining: autoPipelining,
    redisOptions: options,
  });
}

/**
 * Connects at once and reconnects for ever; close it with `closeRedis`.
 *
 * A command that times out is *unknown*: it may still be done (law L1). With autopipelining a command waits for
 * the batch before it, so on a hung server a caller hears after at most twice the timeout.
 */
export function createRedis(settings: RedisSettings): RedisClient {
  const address = parseRedisUrl(settings.url);
  const { enableAutoPipelining = false, ...policy } = policyOf(
    settings.role,
    settings.blockMs ?? DEFAULT_BLOCK_MS,
  );
  const options: Options = {
    ...policy,
    connectionName: `a2a-bridge:${settings.name}:${settings.role}`,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.tls ? { tls: {} } : {}),
  };
  const redis =
    address.kind === 'cluster'
      ? createCluster(address, options, enableAutoPipelining)
      : new Redis({
          ...options,
          ...address.nodes[0],
          db: address.db,
          retryStrategy: retryDelay,
          enableAutoPipelining,
        });
  redis.on('error', settings.onError);
  // A cluster says by itself only that no node can be reached.
  if (address.kind === 'cluster') redis.on('node error', settings.onError);
  return redis;
}
