import { TERMINAL_STATES, type FeedEntry, type RunId } from '@bridge/contracts';

/**
 * Tells open requests that something happened to their task.
 *
 * F1 A hint is only a hint: whoever is woken reads the run's own stream or state from Redis.
 * F2 No watch sleeps longer than `pollMs`, so a lost hint costs time and never an event.
 * F3 After a gap in the feed every watch is woken at once.
 * F4 A watch that is closed (the client went away, the process drains) wakes with `closed` and never again.
 */
export interface TaskFollower {
  /** Starts the poll. */
  start(): void;
  /** Closes every watch; later ones are closed from the start. */
  stop(): void;
  /** From the tail of the feeds. */
  onEntry(entry: FeedEntry): void;
  /** Entries may have been missed. */
  onGap(): void;
  watch(runId: RunId): Watch;
  /** How many watches are open. */
  size(): number;
}

export type Wake = 'hint' | 'poll' | 'closed';

export interface Watch {
  /** Resolves when a hint that fits has come since the watch was opened, at the poll, or at the end. */
  until(fits: (hint: FeedEntry) => boolean): Promise<Wake>;
  /** The newest hint since the watch was opened. */
  readonly hint: FeedEntry | null;
  /** Why the watch ended: by its owner, or because the process drains. */
  readonly drained: boolean;
  close(): void;
}

/** Would a caller who waits for an answer be answered now? */
export function isSettled(hint: FeedEntry): boolean {
  return hint.parked || TERMINAL_STATES.has(hint.state) || isInterrupted(hint.state);
}

export function isInterrupted(state: FeedEntry['state']): boolean {
  return state === 'input-required' || state === 'auth-required';
}

interface WatchState {
  hint: FeedEntry | null;
  fits: ((hint: FeedEntry) => boolean) | null;
  wake: ((wake: Wake) => void) | null;
  /** The poll wakes only those who slept through a whole period. */
  polledBefore: boolean;
  ended: 'no' | 'closed' | 'drained';
}

export function createTaskFollower(options: { readonly pollMs: number }): TaskFollower {
  const watches = new Map<RunId, Set<WatchState>>();
  let open = 0;
  let draining = false;
  let timer: NodeJS.Timeout | null = null;

  const each = (act: (state: WatchState) => void): void => {
    for (const group of watches.values()) for (const state of [...group]) act(state);
  };

  const pollOnce = (): void => {
    each((state) => {
      if (state.wake === null) return;
      if (state.polledBefore) wakeUp(state, 'poll');
      else state.polledBefore = true;
    });
  };

  const remove = (runId: RunId, state: WatchState): void => {
    const group = watches.get(runId);
    if (group?.delete(state) !== true) return;
    open -= 1;
    if (group.size === 0) watches.delete(runId);
  };

  return {
    start() {
      // Half the period: a sleeper is woken at the second tick it sees, so after between pollMs / 2 and pollMs.
      timer ??= setInterval(pollOnce, options.pollMs / 2);
    },

    stop() {
      draining = true;
      if (timer !== null) clearInterval(timer);
      timer = null;
      each((state) => {
        state.ended = 'drained';
        wakeUp(state, 'closed');
      });
      watches.clear();
      open = 0;
    },

    onEntry(entry) {
      const group = watches.get(entry.runId);
      if (group === undefined) return;
      for (const state of group) {
        if (state.hint !== null && entry.n < state.hint.n) continue;
        state.hint = entry;
        if (state.fits?.(entry) === true) wakeUp(state, 'hint');
      }
    },

    onGap() {
      each((state) => {
        wakeUp(state, 'poll');
      });
    },

    watch(runId) {
      const state: WatchState = {
        hint: null,
        fits: null,
        wake: null,
        polledBefore: false,
        ended: draining ? 'drained' : 'no',
      };
      if (!draining) {
        const group = watches.get(runId);
        if (group === undefined) watches.set(runId, new Set([state]));
        else group.add(state);
        open += 1;
      }
      return {
        get hint() {
          return state.hint;
        },
        get drained() {
          return state.ended === 'drained';
        },
        until(fits) {
          if (state.ended !== 'no') return Promise.resolve('closed');
          if (state.hint !== null && fits(state.hint)) return Promise.resolve('hint');
          state.fits = fits;
          state.polledBefore = false;
          return new Promise((resolve) => {
            state.wake = resolve;
          });
        },
        close() {
          if (state.ended !== 'no') return;
          state.ended = 'closed';
          remove(runId, state);
          wakeUp(state, 'closed');
        },
      };
    },

    size: () => open,
  };
}

function wakeUp(state: WatchState, wake: Wake): void {
  const resolve = state.wake;
  state.wake = null;
  state.fits = null;
  resolve?.(wake);
}
