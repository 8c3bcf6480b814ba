/**
 * What the probes answer.
 * - live: is this process worth keeping? Asks nothing outside the process, so an outage of a dependency never
 *   restarts the fleet.
 * - ready: should it get traffic? Asks what it depends on.
 * - started: has the start finished?
 */
export interface HealthOptions {
  /** A readiness check that takes longer counts as failed. */
  readonly checkTimeoutMs?: number;
  /** How long the event loop's own timer may be silent. */
  readonly loopSilenceMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

export interface Verdict {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

/** `null`: ready; else the reason why not. */
export type ReadinessCheck = () => string | null | Promise<string | null>;

export interface Watchdog {
  /** The loop made progress. Cheap: call it every round. */
  beat(): void;
  /** The loop has ended on purpose. */
  done(): void;
}

export interface WatchOptions {
  readonly maxSilenceMs: number;
  /** True while the loop cannot be expected to move, e.g. while what it reads from is down. */
  readonly excused?: () => boolean;
}

export interface Health {
  /** Adds a condition of readiness. */
  check(name: string, check: ReadinessCheck): void;
  /** Watches a loop: silent for too long means that this process is wedged and should be restarted. */
  watch(name: string, options: WatchOptions): Watchdog;
  /** The start is done. Until then the process is not ready. */
  started(): void;
  /** The stop has begun. From then on the process is not ready, but live. */
  draining(): void;
  live(): Verdict;
  ready(): Promise<Verdict>;
  startup(): Verdict;
  /** Stops the event loop's timer. */
  close(): void;
}

const LOOP_TICK_MS = 500;

export function createHealth(options: HealthOptions = {}): Health {
  const { checkTimeoutMs = 1_000, loopSilenceMs = 10_000, now = () => performance.now() } = options;
  const checks = new Map<string, ReadinessCheck>();
  const watched = new Map<string, WatchOptions & { lastBeat: number }>();
  let phase: 'starting' | 'up' | 'draining' = 'starting';

  function watch(name: string, watchOptions: WatchOptions): Watchdog {
    const entry = { ...watchOptions, lastBeat: now() };
    watched.set(name, entry);
    return {
      beat: () => {
        entry.lastBeat = now();
      },
      done: () => {
        watched.delete(name);
      },
    };
  }

  function silenceOf(name: string): string | null {
    const entry = watched.get(name);
    if (entry === undefined) return null;
    if (entry.excused?.() === true) {
      // Excused time does not count, neither now nor right after the excuse has ended.
      entry.lastBeat = now();
      return null;
    }
    const silentMs = now() - entry.lastBeat;
    if (silentMs <= entry.maxSilenceMs) return null;
    return `${name}: no progress for ${(silentMs / 1_000).toFixed(1)} s`;
  }

  async function runCheck(name: string, check: ReadinessCheck): Promise<string | null> {
    const reason = await settleIn(checkTimeoutMs, check);
    return reason === null ? null : `${name}: ${reason}`;
  }

  const loop = watch('event-loop', { maxSilenceMs: loopSilenceMs });
  const ticking = setInterval(() => {
    loop.beat();
    // An excuse is only seen when somebody looks; without a probe nobody else would.
    for (const name of watched.keys()) silenceOf(name);
  }, LOOP_TICK_MS);
  ticking.unref();

  return {
    check: (name, check) => {
      checks.set(name, check);
    },
    watch,
    started: () => {
      if (phase === 'starting') phase = 'up';
    },
    draining: () => {
      phase = 'draining';
    },
    live: () => verdict([...watched.keys()].map(silenceOf)),
    async ready() {
      // A process that drains answers at once: its checks may be closed already.
      if (phase !== 'up') return verdict([phase]);
      return verdict(await Promise.all([...checks].map(([name, check]) => runCheck(name, check))));
    },
    startup: () => verdict([phase === 'starting' ? 'starting' : null]),
    close: () => {
      clearInterval(ticking);
    },
  };
}

function verdict(found: readonly (string | null)[]): Verdict {
  const reasons = found.filter((reason) => reason !== null);
  return { ok: reasons.length === 0, reasons };
}

async function settleIn(ms: number, check: ReadinessCheck): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, ms, `no answer in ${String(ms)} ms`);
  });
  try {
    return await Promise.race([timeout, Promise.resolve(check())]);
  } catch (error) {
    // The message may name hosts or users, and probes are often open to everybody: only the kind is shown.
    return error instanceof Error ? error.name : 'failed';
  } finally {
    clearTimeout(timer);
  }
}
