import { parseAttemptId, type AttemptId } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { REPLY_LIST_PREFIX } from '@bridge/redis-keys';
import type { Mailbox, ReplyWatch, ReplyWatchHandlers } from '../ports.ts';
import type { KeyNotices, NoticesState } from './key-notices.ts';
import { createReplyPoller } from './poll-replies.ts';

/** For logs and counters. */
export type ReplyWatchEvent =
  | { readonly type: 'mode'; readonly mode: ReplyWatch['mode']; readonly notices: NoticesState }
  /** A list below our prefix that no attempt of ours is named by. */
  | { readonly type: 'stranger'; readonly key: string }
  | { readonly type: 'poll-failed'; readonly error: BridgeError };

export type ReplyWatchDeps = (
  | {
      /** `auto` polls whenever the notices are not armed; `tracking` never polls and refuses to start without. */
      readonly mode: 'auto' | 'tracking';
      /** Shared with others: started here if nobody did, never stopped here. */
      readonly notices: KeyNotices;
    }
  | { readonly mode: 'polling'; readonly notices?: undefined }
) & {
  readonly mailbox: Pick<Mailbox, 'replyCounts'>;
  /** What polling looks at beside the watched ones; called at every poll. */
  readonly openAttempts: () => readonly AttemptId[];
  readonly handlers: ReplyWatchHandlers;
  readonly onEvent?: (event: ReplyWatchEvent) => void;
  /** Default 2 ms. */
  readonly pollMinMs?: number;
  /** Default 50 ms. */
  readonly pollMaxMs?: number;
};

/**
 * Tells of replies. By notices it tells of every attempt's, watched or not, at all replicas: who need not care
 * ignores it. By polling it tells of those that are watched or open here.
 */
export function createReplyWatch(deps: ReplyWatchDeps): ReplyWatch {
  const { handlers, pollMinMs = 2, pollMaxMs = 50 } = deps;
  const watched = new Set<AttemptId>();
  let polls = false;
  let unlisten: () => void = () => undefined;

  function* attempts(): Iterable<AttemptId> {
    yield* watched;
    yield* deps.openAttempts();
  }
  const poller = createReplyPoller({
    mailbox: deps.mailbox,
    attempts,
    handlers,
    onError: (error) => deps.onEvent?.({ type: 'poll-failed', error }),
    minMs: pollMinMs,
    maxMs: pollMaxMs,
  });

  function onKey(key: string): void {
    if (!key.startsWith(REPLY_LIST_PREFIX)) return;
    const name = key.slice(REPLY_LIST_PREFIX.length);
    if (parseAttemptId(name) === null) deps.onEvent?.({ type: 'stranger', key });
    else handlers.onReply(name as AttemptId);
  }

  function follow(notices: NoticesState): void {
    if (deps.mode === 'tracking') return;
    const poll = notices !== 'armed';
    if (poll === polls) return;
    polls = poll;
    deps.onEvent?.({ type: 'mode', mode: poll ? 'polling' : 'tracking', notices });
    if (poll) poller.start();
    // What it still finds meanwhile is reported once more than needed, which is allowed.
    else void poller.stop();
  }

  return {
    async start() {
      if (deps.mode === 'polling') {
        follow('down');
        return;
      }
      const { notices } = deps;
      unlisten = notices.listen({
        onKey,
        onGap: (reason) => {
          handlers.onGap(reason);
        },
        onState: follow,
      });
      follow(notices.state());
      const state = await notices.start();
      if (deps.mode === 'tracking' && state === 'refused') {
        unlisten();
        throw new BridgeError(
          'INTERNAL',
          'the legacy Redis refuses CLIENT TRACKING; allow it or let replies be polled',
        );
      }
    },
    async stop() {
      unlisten();
      watched.clear();
      polls = false;
      await poller.stop();
    },
    watch(attemptId) {
      watched.add(attemptId);
      if (polls) poller.wake();
    },
    unwatch(attemptId) {
      watched.delete(attemptId);
    },
    get mode() {
      return polls ? 'polling' : 'tracking';
    },
  };
}
