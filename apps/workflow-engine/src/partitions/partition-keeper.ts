/**
 * Which partitions this engine looks after, and looking after them: due members of the agenda, runs left in
 * `ready`, open attempts.
 *
 * K1 Ownership only saves work: two owners for a moment, or none, is harmless (law L15).
 * K2 A gained partition is swept at once; every owned one at least once per `sweepMs`, earlier when something
 *    is known to fall due.
 */
import type { AttemptId, RunId } from '@bridge/contracts';
import type { DueMember, EngineBeats, RunStore } from '@bridge/redis-store';

export interface PartitionKeeperDeps {
  readonly store: RunStore;
  readonly beats: EngineBeats;
  readonly partitions: number;
  readonly owned: (live: readonly string[]) => readonly number[];
  readonly beatMs: number;
  readonly sweepMs: number;
  /** A member of `ready` that nobody drained for this long was forgotten by its sender. */
  readonly staleMs: number;
  readonly limit: number;
  readonly observeNow: (redisNow: number) => void;
  readonly now: () => number;
  readonly onDue: (member: DueMember) => void;
  readonly onStale: (runId: RunId) => void;
  readonly onOpen: (attemptIds: readonly AttemptId[]) => void;
  readonly onFailed: (what: 'beat' | 'sweep' | 'open', error: unknown) => void;
  readonly onOwned: (count: number) => void;
}

export interface PartitionKeeper {
  start(): Promise<void>;
  stop(): Promise<void>;
  owns(partition: number): boolean;
  /** Something in this partition falls due at that time (our Redis's ms), ours or not. */
  dueAt(partition: number, due: number): void;
  /** Look at every open attempt of the owned partitions now: notices may have been missed. */
  lookAtOpen(): void;
}

export function createPartitionKeeper(deps: PartitionKeeperDeps): PartitionKeeper {
  let owned = new Set<number>();
  let stopped = false;
  let beatTimer: NodeJS.Timeout | undefined;
  const sweepTimers = new Map<number, { timer: NodeJS.Timeout; at: number }>();
  const busy = new Set<Promise<void>>();

  function track(work: Promise<void>): void {
    busy.add(work);
    void work.finally(() => busy.delete(work));
  }

  function scheduleSweep(partition: number, at: number): void {
    if (stopped) return;
    const scheduled = sweepTimers.get(partition);
    if (scheduled !== undefined && scheduled.at <= at) return;
    if (scheduled !== undefined) clearTimeout(scheduled.timer);
    const timer = setTimeout(
      () => {
        sweepTimers.delete(partition);
        track(sweep(partition));
      },
      Math.max(0, at - deps.now()),
    );
    sweepTimers.set(partition, { timer, at });
  }

  async function sweep(partition: number): Promise<void> {
    let next = deps.now() + deps.sweepMs;
    try {
      const result = await deps.store.sweep(partition, { staleMs: deps.staleMs, limit: deps.limit });
      deps.observeNow(result.now);
      for (const member of result.due) deps.onDue(member);
      for (const runId of result.stale) deps.onStale(runId);
      // A full page means that more is due: come back soon, but let what was found be worked on first.
      if (result.due.length >= deps.limit) next = deps.now() + 50;
      else if (result.nextDue !== null && result.nextDue > result.now) next = Math.min(next, result.nextDue);
    } catch (error) {
      deps.onFailed('sweep', error);
    }
    if (owned.has(partition)) scheduleSweep(partition, next);
  }

  async function lookAtOpenOf(partition: number): Promise<void> {
    try {
      const attempts = await deps.store.openAttempts(partition);
      if (attempts.length > 0) deps.onOpen(attempts);
    } catch (error) {
      deps.onFailed('open', error);
    }
  }

  async function beat(): Promise<void> {
    try {
      const { now, live } = await deps.beats.beat();
      deps.observeNow(now);
      const mine = new Set(deps.owned(live));
      const gained = [...mine].filter((partition) => !owned.has(partition));
      owned = mine;
      deps.onOwned(owned.size);
      for (const partition of gained) {
        scheduleSweep(partition, deps.now());
        track(lookAtOpenOf(partition));
      }
    } catch (error) {
      deps.onFailed('beat', error);
    }
    if (!stopped) beatTimer = setTimeout(() => track(beat()), deps.beatMs);
  }

  return {
    start: beat,
    async stop() {
      stopped = true;
      clearTimeout(beatTimer);
      for (const { timer } of sweepTimers.values()) clearTimeout(timer);
      sweepTimers.clear();
      await Promise.allSettled(busy);
      owned = new Set();
      await deps.beats.leave();
    },
    owns: (partition) => owned.has(partition),
    dueAt: scheduleSweep,
    lookAtOpen() {
      for (const partition of owned) track(lookAtOpenOf(partition));
    },
  };
}
