import type { AttemptId } from '@bridge/contracts';
import type { BridgeError } from '@bridge/error-policy';
import { classifyRedisError } from '../client/classify-redis-error.ts';
import type { Mailbox, ReplyWatchHandlers } from '../ports.ts';

export interface ReplyPollerDeps {
  readonly mailbox: Pick<Mailbox, 'replyCounts'>;
  readonly attempts: () => Iterable<AttemptId>;
  readonly handlers: ReplyWatchHandlers;
  readonly onError: (error: BridgeError) => void;
  /** While replies come, and right after an attempt was added. */
  readonly minMs: number;
  /** When nothing happens. */
  readonly maxMs: number;
}

export interface ReplyPoller {
  /** Begins with what is there already. */
  start(): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
  /** There may be something new soon. */
  wake(): void;
}

/** Asks how many replies the watched lists hold, one call at a time, and reports every list that grew. */
export function createReplyPoller(deps: ReplyPollerDeps): ReplyPoller {
  let running: { stopped: boolean; readonly done: Promise<void> } | undefined;
  let woken = false;
  /** Asked behind an await: it may have changed meanwhile. */
  const isWoken = (): boolean => woken;
  let waitsLong = false;
  let interrupt: () => void = () => undefined;

  async function poll(seen: Map<AttemptId, number>, run: { stopped: boolean }): Promise<boolean> {
    const ids = [...new Set(deps.attempts())];
    const counts = ids.length === 0 ? [] : await deps.mailbox.replyCounts(ids);
    if (run.stopped) return false;
    const before = new Map(seen);
    seen.clear();
    let found = false;
    let shrunk = false;
    for (const [index, id] of ids.entries()) {
      const count = counts[index] ?? 0;
      const known = before.get(id) ?? 0;
      if (count > 0) seen.set(id, count);
      if (count < known) shrunk = true;
      if (count <= known) continue;
      found = true;
      deps.handlers.onReply(id);
    }
    if (shrunk) deps.handlers.onGap('reply lists lost elements');
    return found;
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function loop(run: { stopped: boolean }): Promise<void> {
    const seen = new Map<AttemptId, number>();
    let wait = deps.minMs;
    for (;;) {
      woken = false;
      try {
        wait = (await poll(seen, run)) ? deps.minMs : Math.min(wait * 2, deps.maxMs);
      } catch (error) {
        deps.onError(classifyRedisError(error));
        wait = deps.maxMs;
      }
      // Many wakes within the shortest pause are one.
      if (!run.stopped) await pause(deps.minMs);
      if (!run.stopped && !isWoken() && wait > deps.minMs) {
        waitsLong = true;
        await pause(wait - deps.minMs);
        waitsLong = false;
      }
      if (run.stopped) return;
      if (isWoken()) wait = deps.minMs;
    }
  }

  return {
    start() {
      if (running !== undefined) return;
      const run = { stopped: false };
      running = Object.assign(run, { done: loop(run) });
    },
    async stop() {
      if (running === undefined) return;
      const ending = running;
      running = undefined;
      ending.stopped = true;
      interrupt();
      await ending.done;
    },
    wake() {
      woken = true;
      if (waitsLong) interrupt();
    },
  };
}
