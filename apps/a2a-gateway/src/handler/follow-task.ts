import { TERMINAL_STATES, type CoreTask, type FeedEntry, type RunId } from '@bridge/contracts';
import { isInterrupted, type Watch } from '../follow/task-follower.ts';
import type { NumberedEvent } from '../follow/shared-reads.ts';
import type { HandlerDeps } from './deps.ts';

export type StreamItem =
  | { readonly kind: 'task'; readonly task: CoreTask }
  | { readonly kind: 'event'; readonly n: number; readonly event: NumberedEvent['event'] };

export interface FollowOptions {
  readonly runId: RunId;
  /** Opened before `snapshot` was read, so no event lies between the two. */
  readonly watch: Watch;
  readonly snapshot: CoreTask;
  /**
   * Besides the end of the task: a stream that came with a message ends when the task asks its caller back (where
   * the message is an answer itself: at the next question); a subscription goes on.
   */
  readonly ends: 'at-question' | 'at-next-question' | 'at-end';
}

/**
 * The snapshot, then every event after it, in order and without gaps (law L10), until the task ends or the watch
 * is closed. A parked task keeps its stream open. Each item is the last thing that was asked for: the reader's
 * pace is the stream's pace, nothing is queued.
 */
export async function* follow(
  deps: Pick<HandlerDeps, 'readEvents' | 'observe'>,
  options: FollowOptions,
): AsyncGenerator<StreamItem, void, undefined> {
  const { runId, watch, snapshot, ends } = options;
  yield { kind: 'task', task: snapshot };
  const { state } = snapshot.status;
  if (TERMINAL_STATES.has(state) || (ends === 'at-question' && isInterrupted(state))) return;
  let cursor = snapshot.number;
  // A hint that led to nothing (Redis away, or rolled back behind it) must not be followed again at once.
  let useless: FeedEntry | null = null;
  for (;;) {
    const after = cursor;
    const ignored = useless;
    const wake = await watch.until((hint) => hint.n > after && hint !== ignored);
    if (wake === 'closed') return;
    const events = await readOrNothing(deps, runId, cursor);
    useless = events.length === 0 ? watch.hint : null;
    if (wake === 'poll' && events.length > 0) deps.observe.missedHint();
    for (const { n, event } of events) {
      cursor = n;
      yield { kind: 'event', n, event };
      if (event.type !== 'status') continue;
      if (TERMINAL_STATES.has(event.state) || (ends !== 'at-end' && isInterrupted(event.state))) return;
    }
  }
}

/** While Redis is away the stream stays open and says nothing: what happens meanwhile is read afterwards. */
async function readOrNothing(
  deps: Pick<HandlerDeps, 'readEvents' | 'observe'>,
  runId: RunId,
  after: number,
): Promise<readonly NumberedEvent[]> {
  try {
    return await deps.readEvents(runId, after);
  } catch (error) {
    deps.observe.readFailed(error);
    return [];
  }
}
