/**
 * The shell around the pure engine: read what is new, decide, append once, then act.
 *
 * D1 Drains of one run are serialised within this process; what arrives meanwhile is decided in the next batch.
 * D2 Nothing is acted on before its append succeeded; nothing is acted on after a conflict.
 * D3 On a conflict a drain for inbox input stops (somebody else drains; `ready` guarantees the rest). One with
 *    observations reloads and decides again, a few times; then the sweep observes them again (ADR 0001).
 * D4 A member of the agenda that was due and is no obligation any more leaves in the append of that drain.
 * D5 "Nobody offers this" is decided only on a directory that was read after the question came up.
 */
import type { AttemptId, Observation, RunId, RunInput } from '@bridge/contracts';
import type { AppendRequest, AppendResult, InboxEntry, RunStore } from '@bridge/redis-store';
import {
  changedObligations,
  decide,
  obligationStands,
  openAttemptsChanged,
  stepCounts,
  type RunState,
} from '@bridge/workflow-core';
import type { ContextFactory } from './decide-context.ts';
import { effectOf } from './obligation-id.ts';
import type { RedisClock } from './redis-clock.ts';
import type { StateCache } from './state-cache.ts';

/** How often a drain with observations reloads after a conflict before it leaves them to the sweep. */
const MAX_RELOADS = 5;

export interface Appended {
  readonly before: RunState;
  readonly after: RunState;
  /** Effects to run now: newly standing ones, and due ones that still stand. */
  readonly effects: readonly string[];
  /** Members of the agenda this append set, timers and effects alike. */
  readonly agendaSet: readonly { readonly id: string; readonly due: number }[];
  readonly openAdd: readonly AttemptId[];
  readonly openRemove: readonly AttemptId[];
}

export interface DrainerDeps {
  readonly store: RunStore;
  readonly cache: StateCache;
  readonly clock: RedisClock;
  readonly context: ContextFactory;
  /** Reads the registry anew; rejects if it cannot be read, and then nothing is decided. */
  readonly refreshAgents: () => Promise<void>;
  /** Called after every successful append, and for due effects that need no append. Must not throw. */
  readonly onAppended: (appended: Appended) => void;
  /** An inbox entry that no version of us can read. Resolves once it is safe elsewhere; then it is skipped. */
  readonly quarantine: (runId: RunId, entry: InboxEntry) => Promise<void>;
  readonly count: (
    what: 'conflict' | 'dropped-observations' | 'unknown-run' | 'newer-input' | 'reload',
  ) => void;
}

export interface Drainer {
  /** The run has input in its inbox. Resolves when it was drained; rejects with the classified error. */
  drain(runId: RunId): Promise<void>;
  /** Something was observed about the run. */
  observe(runId: RunId, ...observations: readonly Observation[]): Promise<void>;
  /** An observation that may wait for the next append of its run; `flushLazy` brings what waited too long. */
  observeLazily(runId: RunId, observation: Observation): void;
  flushLazy(olderThanMs: number): void;
  /** Resolves when nothing is being drained. */
  idle(): Promise<void>;
}

interface Slot {
  inbox: boolean;
  observations: Observation[];
  running: Promise<void> | null;
}

interface Lazy {
  readonly since: number;
  readonly observations: Observation[];
}

export function createDrainer(deps: DrainerDeps): Drainer {
  const { store, cache, clock, count } = deps;
  const slots = new Map<RunId, Slot>();
  const lazies = new Map<RunId, Lazy>();

  async function readableInputs(
    runId: RunId,
    entries: readonly InboxEntry[],
  ): Promise<{ inputs: RunInput[]; cursor: string | undefined }> {
    const inputs: RunInput[] = [];
    let cursor: string | undefined;
    for (const entry of entries) {
      if (entry.newer) {
        count('newer-input');
        break;
      }
      if (entry.command === null) await deps.quarantine(runId, entry);
      else inputs.push({ from: 'inbox', entryId: entry.entryId, command: entry.command });
      cursor = entry.entryId;
    }
    return { inputs, cursor };
  }

  /** One read, one decision, one append. `true`: done; `false`: conflict, decide again. */
  async function attempt(
    runId: RunId,
    readInbox: boolean,
    observations: readonly Observation[],
  ): Promise<{ done: boolean; more: boolean }> {
    const cached = cache.get(runId);
    let state = cached;
    let entries: readonly InboxEntry[] = [];
    if (readInbox || state === undefined) {
      const drained = await store.drain(runId, cached);
      if (drained.kind === 'unknown-run') {
        count('unknown-run');
        return { done: true, more: false };
      }
      clock.observe(drained.now);
      ({ state, entries } = drained);
      cache.set(state);
    }
    const { inputs, cursor } = await readableInputs(runId, entries);
    for (const observation of observations) inputs.push({ from: 'observation', observation });
    if (inputs.length === 0 && cursor === undefined) return { done: true, more: false };

    return decideAndAppend(state, inputs, observations, cursor);
  }

  async function decideAndAppend(
    state: RunState,
    inputs: readonly RunInput[],
    observations: readonly Observation[],
    cursor: string | undefined,
  ): Promise<{ done: boolean; more: boolean }> {
    let decision = deps.context(clock.now());
    let decided = decide(state, inputs, decision.context);
    if (decision.sawNever()) {
      // D5: a refusal is for good, so it is never based on what the directory happened to know.
      decision.settled();
      await deps.refreshAgents();
      decision = deps.context(clock.now());
      decided = decide(state, inputs, decision.context);
    }
    const { events, state: next } = decided;
    const changes = changedObligations(state, next);
    const dueIds = observations.flatMap((o) => (o.type === 'due' ? [o.obligation] : []));
    const settledDue = dueIds.filter((id) => !obligationStands(next, id));
    const dueEffects = dueIds.filter((id) => effectOf(id) !== null && obligationStands(next, id));

    if (events.length === 0 && cursor === undefined && settledDue.length === 0) {
      if (dueEffects.length > 0) {
        deps.onAppended({
          before: state,
          after: next,
          effects: dueEffects,
          agendaSet: [],
          openAdd: [],
          openRemove: [],
        });
      }
      return { done: true, more: false };
    }

    const open = openAttemptsChanged(state, next);
    const parkedNow = hasParked(next);
    const request: AppendRequest = {
      previous: state,
      next,
      ...(cursor === undefined ? {} : { cursor }),
      events,
      agendaSet: changes.set,
      agendaRemove: [...new Set([...changes.remove, ...settledDue])],
      openAdd: open.add,
      openRemove: open.remove,
      ...(parkedNow === hasParked(state) ? {} : { parked: parkedNow }),
    };
    let result: AppendResult;
    try {
      result = await store.append(request);
    } finally {
      // Before anybody hears of it: attempts that were appended are counted as in flight from here on.
      decision.settled();
    }
    if (result.kind === 'conflict') {
      cache.delete(state.record.runId);
      count('conflict');
      return { done: false, more: false };
    }
    clock.observe(result.now);
    cache.set(result.state);
    const fresh = changes.set.flatMap((o) => (effectOf(o.id) === null ? [] : [o.id]));
    deps.onAppended({
      before: state,
      after: result.state,
      effects: [...new Set([...fresh, ...dueEffects])],
      agendaSet: changes.set,
      openAdd: open.add,
      openRemove: open.remove,
    });
    return { done: true, more: result.more };
  }

  async function work(runId: RunId, slot: Slot): Promise<void> {
    try {
      await workOff(runId, slot);
    } finally {
      // In the same turn as the last look at the slot, else what arrives in between would be forgotten.
      slots.delete(runId);
    }
  }

  async function workOff(runId: RunId, slot: Slot): Promise<void> {
    while (slot.inbox || slot.observations.length > 0) {
      const inbox = slot.inbox;
      const lazy = lazies.get(runId);
      lazies.delete(runId);
      const observations = [...(lazy?.observations ?? []), ...slot.observations];
      slot.inbox = false;
      slot.observations = [];
      for (let reload = 0; ; reload += 1) {
        const { done, more } = await attempt(runId, inbox || reload > 0, observations);
        if (more) slot.inbox = true;
        if (done || observations.length === 0) break;
        if (reload >= MAX_RELOADS) {
          count('dropped-observations');
          break;
        }
        count('reload');
      }
    }
  }

  function kick(runId: RunId, change: (slot: Slot) => void): Promise<void> {
    let slot = slots.get(runId);
    if (slot === undefined) {
      slot = { inbox: false, observations: [], running: null };
      slots.set(runId, slot);
    }
    change(slot);
    // Assigned before the first await of `work` can give control back, so nobody starts a second one (D1).
    slot.running ??= work(runId, slot);
    return slot.running;
  }

  return {
    drain: (runId) => kick(runId, (slot) => (slot.inbox = true)),
    observe: (runId, ...observations) => kick(runId, (slot) => slot.observations.push(...observations)),
    observeLazily(runId, observation) {
      const lazy = lazies.get(runId);
      if (lazy === undefined) lazies.set(runId, { since: clock.now(), observations: [observation] });
      else lazy.observations.push(observation);
    },
    flushLazy(olderThanMs) {
      const before = clock.now() - olderThanMs;
      for (const [runId, lazy] of lazies) {
        // Insertion order is age order: the first young one ends the walk.
        if (lazy.since > before) break;
        lazies.delete(runId);
        // A failed append is not lost: the effect's member stays on the agenda and is run again.
        void kick(runId, (slot) => slot.observations.push(...lazy.observations)).catch(() => {
          count('dropped-observations');
        });
      }
    },
    async idle() {
      while (slots.size > 0) {
        await Promise.allSettled([...slots.values()].map((slot) => slot.running ?? Promise.resolve()));
      }
    },
  };
}

function hasParked(state: RunState): boolean {
  return state.head.phase === 'open' && stepCounts(state).parked > 0;
}
