/**
 * The engine without its process: everything wired, nothing started by import. Data flows one way:
 * wake-ups, notices and due members come in, `drainer` decides and appends, `effects` act, feeds tell.
 */
import {
  SCHEMA_VERSION,
  parseAttemptId,
  partitionOf,
  type AgentDescriptor,
  type AttemptId,
  type DeadLetter,
  type RunId,
} from '@bridge/contracts';
import type { Traits } from '@bridge/agent-selection';
import type {
  EngineBeats,
  Feed,
  InboxEntry,
  Mailbox,
  OwnerIndex,
  ReplyWatch,
  ReplyWatchHandlers,
  RunStore,
} from '@bridge/redis-store';
import { feedEntryOf, isIdleParked, type Limits } from '@bridge/workflow-core';
import { createFleetGate } from './fleet/fleet-gate.ts';
import { createInFlight } from './fleet/in-flight.ts';
import { createReplyIntake } from './fleet/reply-intake.ts';
import { createPartitionKeeper } from './partitions/partition-keeper.ts';
import { createContextFactory } from './runs/decide-context.ts';
import { createDrainer, type Appended } from './runs/drainer.ts';
import { createEffects, createRescheduler } from './runs/effects.ts';
import { effectOf } from './runs/obligation-id.ts';
import { createRedisClock } from './runs/redis-clock.ts';
import { createStateCache } from './runs/state-cache.ts';
import type { EngineReport } from './report.ts';

export interface EngineSettings {
  readonly partitions: number;
  readonly retentionMs: number;
  readonly maxInFlight: number;
  readonly cachedRuns: number;
  readonly limits: Limits;
  readonly freshForMs: (agentType: string) => number;
  readonly traits: Traits;
  readonly timeZone: string;
}

export interface EngineDeps {
  readonly settings: EngineSettings;
  readonly store: RunStore;
  readonly mailbox: Mailbox;
  readonly index: OwnerIndex;
  readonly feed: Feed;
  readonly beats: EngineBeats;
  readonly owned: (live: readonly string[]) => readonly number[];
  readonly agents: () => readonly AgentDescriptor[];
  readonly refreshAgents: () => Promise<void>;
  readonly deadLetters: (letter: DeadLetter) => Promise<void>;
  readonly replyWatch: (handlers: ReplyWatchHandlers) => ReplyWatch;
  readonly report: EngineReport;
  readonly localNow: () => number;
}

export interface Engine {
  start(): Promise<void>;
  /** A wake-up: these runs have input. Rejects if one could not be drained; `ready` still holds it. */
  wake(runIds: readonly RunId[]): Promise<void>;
  /** The connection to our Redis was lost: what was read before may not be what is there now. */
  forget(): void;
  /** The directory changed. */
  fleetChanged(): void;
  /** Stops taking in, waits for what is being done (or the signal), leaves the live engines. */
  stop(signal: AbortSignal): Promise<void>;
  status(): { readonly inFlight: number; readonly held: number; readonly effects: number };
}

/** Results of effects wait this long for an append of their run to take them along, before they cause one. */
const LAZY_MS = 400;
const LAZY_TICK_MS = 200;
const BEAT_MS = 1_000;
const SWEEP_MS = 1_000;
/** A sender that died between put and wake-up leaves its run in `ready`; older than this it is taken up. */
const STALE_MS = 1_000;
const SWEEP_LIMIT = 500;
const MAX_OWN_TOUCHES = 10_000;

export function createEngine(deps: EngineDeps): Engine {
  const { settings, store, report } = deps;
  const clock = createRedisClock(deps.localNow);
  const cache = createStateCache(settings.cachedRuns);
  const inFlight = createInFlight();
  const rescheduler = createRescheduler(store);

  const gate = createFleetGate({
    inFlight,
    observe: (runId, observation) => drainer.observe(runId, observation),
    stateOf: (runId) => cache.get(runId),
    onFailed: (runId, error) => report.failed('drain', error, { runId }),
  });

  const effects = createEffects({
    store,
    mailbox: deps.mailbox,
    index: deps.index,
    deadLetters: deps.deadLetters,
    observe: (runId, observation) => drainer.observe(runId, observation),
    observeLazily: (runId, observation) => drainer.observeLazily(runId, observation),
    reschedule: (member) => rescheduler.add(member),
    now: clock.now,
    retentionMs: settings.retentionMs,
    onClosing: noteTouch,
    onFailed: (effect, runId, error) =>
      report.failed(`effect ${effectOf(effect)?.kind ?? effect}`, error, { runId }),
    onRemoved: (runId) => {
      cache.delete(runId);
      report.count('removed');
    },
  });

  /** Attempts whose list this process is closing: one notice each to be ignored. Bounded, for echoes can be lost. */
  const ownTouches = new Set<AttemptId>();
  function noteTouch(attemptId: AttemptId): void {
    if (replyWatch.mode !== 'tracking') return;
    if (ownTouches.size >= MAX_OWN_TOUCHES) ownTouches.clear();
    ownTouches.add(attemptId);
  }

  const replyWatch = deps.replyWatch({ onReply, onGap });

  const drainer = createDrainer({
    store,
    cache,
    clock,
    context: createContextFactory({
      agents: deps.agents,
      inFlight,
      legacy: () => deps.mailbox.server(),
      localNow: deps.localNow,
      limits: settings.limits,
      maxInFlight: settings.maxInFlight,
      freshForMs: settings.freshForMs,
      traits: settings.traits,
      timeZone: settings.timeZone,
    }),
    refreshAgents: deps.refreshAgents,
    onAppended,
    quarantine,
    count: report.count,
  });

  const intake = createReplyIntake({
    mailbox: deps.mailbox,
    seen: (runId, attemptId) => {
      const state = cache.get(runId);
      if (state === undefined) return 0;
      for (const step of state.steps.values()) {
        const attempt = step.attempts.find((a) => a.attemptId === attemptId);
        if (attempt !== undefined) return attempt.seen;
      }
      return 0;
    },
    observe: (runId, observation) => drainer.observe(runId, observation),
    onFailed: (attemptId, error) => report.failed('reply', error, { attemptId }),
  });

  const keeper = createPartitionKeeper({
    store,
    beats: deps.beats,
    partitions: settings.partitions,
    owned: deps.owned,
    beatMs: BEAT_MS,
    sweepMs: SWEEP_MS,
    staleMs: STALE_MS,
    limit: SWEEP_LIMIT,
    observeNow: clock.observe,
    now: clock.now,
    onDue: (member) => {
      observed(member.runId, drainer.observe(member.runId, { type: 'due', obligation: member.obligation }));
    },
    onStale: (runId) => {
      report.found('stale-ready', { runId });
      observed(runId, drainer.drain(runId));
    },
    onOpen: (attemptIds) => {
      lookAtAnswered(attemptIds).catch((error: unknown) => report.failed('open', error, {}));
    },
    onFailed: (what, error) => report.failed(what, error, {}),
    onOwned: report.partitions,
  });

  function observed(runId: RunId, work: Promise<void>): void {
    work.catch((error: unknown) => report.failed('drain', error, { runId }));
  }

  function onReply(attemptId: AttemptId): void {
    // Giving the list a TTL touches it, too: that notice is our own echo.
    if (ownTouches.delete(attemptId)) return;
    const parts = parseAttemptId(attemptId);
    if (parts === null) return;
    if (keeper.owns(parts.partition)) intake.look(attemptId);
    else gate.released(attemptId);
  }

  function onGap(reason: string): void {
    report.found('notice-gap', { reason });
    keeper.lookAtOpen();
  }

  async function lookAtAnswered(attemptIds: readonly AttemptId[]): Promise<void> {
    for (const attemptId of attemptIds) replyWatch.watch(attemptId);
    for (const attemptId of await deps.mailbox.answered(attemptIds)) intake.look(attemptId);
  }

  function onAppended({ before, after, effects: due, agendaSet, openAdd, openRemove }: Appended): void {
    const { runId } = after.record;
    const partition = partitionOf(runId);
    report.appended(before, after);
    for (const attemptId of openAdd) replyWatch.watch(attemptId);
    for (const attemptId of openRemove) replyWatch.unwatch(attemptId);
    gate.appended(before, after, openAdd, openRemove);
    for (const { id, due: at } of agendaSet) if (effectOf(id) === null) keeper.dueAt(partition, at);
    if (after.head.place.n > before.head.place.n || isIdleParked(after) !== isIdleParked(before)) {
      deps.feed
        .publish([feedEntryOf(after)])
        .catch((error: unknown) => report.failed('feed', error, { runId }));
    }
    for (const effect of due) effects.run(after, effect);
  }

  async function quarantine(runId: RunId, entry: InboxEntry): Promise<void> {
    report.found('poison-input', { runId, entryId: entry.entryId });
    const owner = cache.get(runId)?.record;
    await deps.deadLetters({
      schemaVersion: SCHEMA_VERSION,
      tenant: owner?.tenant ?? 'unknown',
      principal: owner?.principal ?? 'unknown',
      traceparent: owner?.traceparent ?? null,
      id: `${runId}:input:${entry.entryId}`,
      kind: 'command',
      epoch: 0,
      runId,
      code: 'INPUT_POISONED',
      message: `inbox entry ${entry.entryId} cannot be read as a command`,
      at: clock.now(),
      attempts: [],
    });
  }

  let lazyTimer: NodeJS.Timeout | undefined;
  function lazyTick(olderThanMs: number): void {
    drainer.flushLazy(olderThanMs);
    inFlight.expire(clock.now());
    rescheduler.flush().catch((error: unknown) => report.failed('reschedule', error, {}));
  }

  return {
    async start() {
      await replyWatch.start();
      await keeper.start();
      lazyTimer = setInterval(() => lazyTick(LAZY_MS), LAZY_TICK_MS);
    },
    async wake(runIds) {
      await Promise.all(runIds.map((runId) => drainer.drain(runId)));
    },
    forget: () => cache.clear(),
    fleetChanged: () => gate.fleetChanged(),
    async stop(signal) {
      await replyWatch.stop();
      clearInterval(lazyTimer);
      drainer.flushLazy(0);
      const settled = (async () => {
        await intake.idle();
        await drainer.idle();
        await effects.idle();
        drainer.flushLazy(0);
        await drainer.idle();
        await rescheduler.flush();
      })();
      await Promise.race([settled, aborted(signal)]);
      await keeper.stop();
    },
    status: () => ({ inFlight: inFlight.size(), held: gate.held(), effects: effects.running() }),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
