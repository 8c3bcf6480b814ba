import { BridgeError } from '@bridge/error-policy';
import { Redis } from 'ioredis';
import { parseRedisUrl } from '../client/redis-url.ts';

export interface NoticeConnectionSettings {
  /** The legacy server, see `parseRedisUrl`; never a cluster. */
  readonly url: string;
  /** Shown in CLIENT LIST as `a2a-bridge:<name>`. */
  readonly name: string;
  /** No answer for so long: the connection counts as dead. */
  readonly timeoutMs: number;
  readonly onError: (error: Error) => void;
}

/** As fast as that a killed connection is back; a server that is down is asked once a second. */
const retryDelay = (times: number): number => Math.min(20 * 2 ** Math.min(times, 6), 1_000);

/** Connects at once and reconnects for ever. Nothing is queued or sent again: whoever arms begins anew at `ready`. */
export function openNoticeConnection(settings: NoticeConnectionSettings): Redis {
  const address = parseRedisUrl(settings.url);
  const [node] = address.nodes;
  if (address.kind === 'cluster' || node === undefined) {
    throw new BridgeError('INTERNAL', 'the legacy Redis is one primary, never a cluster');
  }
  const redis = new Redis({
    ...node,
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.tls ? { tls: {} } : {}),
    connectionName: `a2a-bridge:${settings.name}`,
    // Redirected invalidations are Pub/Sub messages, which is what they are under RESP2 only.
    protocol: 2,
    // The id of the connection is needed before it subscribes: see key-notices.ts.
    autoResubscribe: false,
    enableOfflineQueue: false,
    // Commands in flight are rejected as the connection goes.
    maxRetriesPerRequest: 0,
    commandTimeout: settings.timeoutMs,
    retryStrategy: retryDelay,
  });
  redis.on('error', settings.onError);
  return redis;
}
