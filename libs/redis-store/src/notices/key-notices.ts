import { BridgeError } from '@bridge/error-policy';
import { AGENT_PREFIX, QUEUE_PREFIX } from '@bridge/redis-keys';
import type { Redis } from 'ioredis';
import { classifyRedisError } from '../client/classify-redis-error.ts';
import { closeRedis } from '../client/close-redis.ts';
import { openNoticeConnection, type NoticeConnectionSettings } from './notice-connection.ts';
import { armTracking, isTracking, prepareSubscriber, trackingInfo } from './tracking.ts';

/**
 * armed    the server tells which keys were touched
 * down     not now: connecting, re-arming, server away
 * refused  the server does not allow it (ACL, unknown command); tried again every `retryMs`
 */
export type NoticesState = 'armed' | 'down' | 'refused';

export interface KeyNoticeListener {
  /** This key was touched, by anybody. Many times or once for many touches. */
  onKey(key: string): void;
  /** Notices may have been missed: look at everything. Also after the first arming. */
  onGap(reason: string): void;
  onState?(state: NoticesState): void;
}

/** For logs and counters. */
export type NoticesEvent =
  | { readonly type: 'armed' }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'refused'; readonly error: BridgeError }
  | { readonly type: 'broken-redirect' }
  | { readonly type: 'gap'; readonly reason: string }
  | {
      readonly type: 'connection-error';
      readonly connection: 'subscriber' | 'tracking';
      readonly error: BridgeError;
    };

export interface KeyNoticesDeps {
  /** The legacy server. */
  readonly url: string;
  /** Of the service, for CLIENT LIST. */
  readonly name: string;
  /** Default `queue:` and `agent:`. None may be a prefix of another: the server refuses that. */
  readonly prefixes?: readonly string[];
  readonly onEvent?: (event: NoticesEvent) => void;
  /** How often it is checked that the notices still come. Default 1 s. */
  readonly checkMs?: number;
  /** After a refusal. Default 10 s. */
  readonly retryMs?: number;
  /** No answer for so long: the connection is replaced. Default 5 s. */
  readonly timeoutMs?: number;
  /** The longest that `start` waits for the first outcome. Default 5 s. */
  readonly startMs?: number;
  /** Default `openNoticeConnection`. */
  readonly open?: (settings: NoticeConnectionSettings) => Redis;
}

export interface KeyNotices {
  /** Resolves with the first outcome, or `down` after `startMs`; it goes on trying. Idempotent. */
  start(): Promise<NoticesState>;
  /** Ends both connections. Idempotent. */
  stop(): Promise<void>;
  state(): NoticesState;
  listen(listener: KeyNoticeListener): () => void;
}

/**
 * Tells which keys of the legacy server are touched, by CLIENT TRACKING in broadcast mode: no server configuration,
 * no polling. One connection tracks, and redirects what it learns to another one that subscribes.
 *
 * Tracking ends silently, hence:
 * N1  whenever either connection becomes ready, tracking is armed anew, and then listeners hear of a gap;
 * N2  a FLUSHALL (a message without keys) is a gap;
 * N3  every `checkMs` both connections must answer, and the server must say that tracking is on and its redirect whole;
 * N4  a refusal is a state that listeners see, never an endless wait.
 */
export function createKeyNotices(deps: KeyNoticesDeps): KeyNotices {
  const {
    prefixes = [QUEUE_PREFIX, AGENT_PREFIX],
    checkMs = 1_000,
    retryMs = 10_000,
    timeoutMs = 5_000,
    startMs = 5_000,
  } = deps;
  const listeners = new Set<KeyNoticeListener>();
  let state: NoticesState = 'down';
  let subscriber: Redis | undefined;
  let tracking: Redis | undefined;
  /** The subscriber's id, once it subscribes; a connection that is replaced begins anew. */
  let subscribed: Promise<number> | undefined;
  /** Which arming counts: results of older ones are dropped. */
  let arming = 0;
  let armsUnderWay = 0;
  let retryAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let started: Promise<NoticesState> | undefined;
  let stopped: Promise<void> | undefined;
  let firstOutcome: () => void = () => undefined;

  const report = (event: NoticesEvent): void => deps.onEvent?.(event);
  const gap = (reason: string): void => {
    report({ type: 'gap', reason });
    for (const listener of listeners) listener.onGap(reason);
  };
  const become = (next: NoticesState): void => {
    if (next !== 'down') firstOutcome();
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener.onState?.(next);
  };
  const lose = (reason: string): void => {
    arming += 1;
    if (state !== 'armed') return;
    report({ type: 'lost', reason });
    become('down');
  };
  const refuse = (error: BridgeError): void => {
    retryAt = performance.now() + retryMs;
    report({ type: 'refused', error });
    become('refused');
  };

  /** Once per connection: it cannot be asked for its id any more when it subscribes. */
  function subscribeOnce(connection: Redis): Promise<number> {
    if (subscribed !== undefined) return subscribed;
    const preparing = prepareSubscriber(connection).catch((error: unknown) => {
      if (subscribed === preparing) subscribed = undefined;
      throw error;
    });
    subscribed = preparing;
    return preparing;
  }

  function settleFailure(error: BridgeError): void {
    if (error.code === 'INTERNAL') {
      refuse(error);
      return;
    }
    // No answer: half-open connections give no error of their own, so both begin anew.
    for (const redis of [subscriber, tracking]) if (redis?.status === 'ready') redis.disconnect(true);
  }

  async function arm(reason: string): Promise<void> {
    lose(reason);
    const mine = arming;
    if (stopped !== undefined || subscriber?.status !== 'ready' || tracking?.status !== 'ready') return;
    armsUnderWay += 1;
    try {
      const redirect = await subscribeOnce(subscriber);
      if (mine !== arming) return;
      const info = await armTracking(tracking, redirect, prefixes);
      if (mine !== arming) return;
      if (!isTracking(info, redirect))
        throw new BridgeError('INTERNAL', 'the server does not track although it said so');
      report({ type: 'armed' });
      become('armed');
      gap(reason);
    } catch (error) {
      if (mine !== arming) return;
      settleFailure(classifyRedisError(error));
    } finally {
      armsUnderWay -= 1;
    }
  }

  async function verify(on: Redis, via: Redis): Promise<void> {
    const mine = arming;
    try {
      const [info, redirect] = await Promise.all([trackingInfo(on), subscribed, via.ping()]);
      if (mine !== arming || (redirect !== undefined && isTracking(info, redirect))) return;
      report({ type: 'broken-redirect' });
      await arm('broken redirect');
    } catch (error) {
      if (mine !== arming) return;
      lose('check failed');
      settleFailure(classifyRedisError(error));
    }
  }

  let checking = false;
  async function check(): Promise<void> {
    if (checking || armsUnderWay > 0 || subscriber?.status !== 'ready' || tracking?.status !== 'ready')
      return;
    checking = true;
    try {
      if (state === 'armed') await verify(tracking, subscriber);
      else if (state === 'down' || performance.now() >= retryAt) await arm('retry');
    } finally {
      checking = false;
    }
  }

  function open(connection: 'subscriber' | 'tracking'): Redis {
    const redis = (deps.open ?? openNoticeConnection)({
      url: deps.url,
      name: `${deps.name}:notices-${connection}`,
      timeoutMs,
      onError: (error) => {
        report({ type: 'connection-error', connection, error: classifyRedisError(error) });
      },
    });
    redis.on('close', () => {
      if (connection === 'subscriber') subscribed = undefined;
      lose(`${connection} connection closed`);
    });
    redis.on('ready', () => void arm(`${connection} connection ready`));
    return redis;
  }

  function onMessage(_channel: Buffer, keys: unknown): void {
    if (!Array.isArray(keys)) {
      gap('flushed');
      return;
    }
    for (const key of keys) {
      const name = String(key);
      for (const listener of listeners) listener.onKey(name);
    }
  }

  return {
    start() {
      started ??= (async () => {
        if (stopped !== undefined) return state;
        const outcome = new Promise<void>((resolve) => {
          firstOutcome = resolve;
        });
        subscriber = open('subscriber');
        // Not 'message': that joins the keys of one message to one string.
        subscriber.on('messageBuffer', onMessage);
        tracking = open('tracking');
        timer = setInterval(() => void check(), checkMs);
        const limit = setTimeout(firstOutcome, startMs);
        await outcome;
        clearTimeout(limit);
        return state;
      })();
      return started;
    },
    stop() {
      stopped ??= (async () => {
        clearInterval(timer);
        lose('stopped');
        firstOutcome();
        const open = [subscriber, tracking].filter((redis) => redis !== undefined);
        await Promise.all(open.map((redis) => closeRedis(redis, 0)));
        listeners.clear();
      })();
      return stopped;
    },
    state: () => state,
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
