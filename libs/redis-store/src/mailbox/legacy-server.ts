import { BridgeError } from '@bridge/error-policy';
import { classifyRedisError, redisCall } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';

export interface LegacyServerDeps {
  /** The legacy server: one primary, never a cluster. */
  readonly redis: RedisClient;
  /** Milliseconds that never jump; only differences count. */
  readonly monotonic?: () => number;
  /** A refresh failed; the last known values stand until the next one. */
  readonly onError?: (error: BridgeError) => void;
  readonly refreshMs?: number;
}

export interface LegacyServer {
  /**
   * `<run_id>.<master_replid>`: the first changes when the server restarts, the second also when the primary
   * moves away and comes back to a process that never stopped. Compare it, read nothing into it.
   */
  readonly runId: string;
  /** The server's clock, epoch ms. */
  now(): number;
}

export interface LegacyServerWatch {
  server(): LegacyServer;
  stop(): void;
}

// The clocks of two machines drift apart by less than a millisecond in this time.
const REFRESH_MS = 10_000;

/**
 * Who the legacy server is and what time it has: asked at once, at every reconnect, and every `refreshMs`.
 * @throws BridgeError `REDIS_UNAVAILABLE`, or `INTERNAL` if the server does not tell its run_id
 */
export async function watchLegacyServer(deps: LegacyServerDeps): Promise<LegacyServerWatch> {
  const { redis, monotonic = () => performance.now() } = deps;
  let runId: string;
  let offset: number;

  const refresh = async (): Promise<void> => {
    const before = monotonic();
    const [time, server, replication] = await redisCall(
      Promise.all([redis.time(), redis.info('server'), redis.info('replication')]),
    );
    const after = monotonic();
    runId = incarnationOf(server, replication);
    offset = Number(time[0]) * 1000 + Number(time[1]) / 1000 - (before + after) / 2;
  };
  const refreshOrReport = (): void => {
    refresh().catch((error: unknown) => deps.onError?.(classifyRedisError(error)));
  };

  await refresh();
  redis.on('ready', refreshOrReport);
  const timer = setInterval(refreshOrReport, deps.refreshMs ?? REFRESH_MS);
  timer.unref();

  return {
    server: () => ({ runId, now: () => Math.round(monotonic() + offset) }),
    stop() {
      clearInterval(timer);
      redis.off('ready', refreshOrReport);
    },
  };
}

function incarnationOf(server: string, replication: string): string {
  const runId = /^run_id:(\w+)/m.exec(server)?.[1];
  // Without it a restart could not be told, and work might be done twice.
  if (runId === undefined)
    throw new BridgeError('INTERNAL', 'the legacy Redis does not report run_id in INFO server');
  return `${runId}.${/^master_replid:(\w+)/m.exec(replication)?.[1] ?? ''}`;
}
