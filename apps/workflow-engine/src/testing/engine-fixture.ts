/** For specs: an engine on a test's Redis, wired like the real one but without process, HTTP or queue. */
import { LEGACY_TRAITS } from '@bridge/agent-selection';
import {
  RunId,
  SCHEMA_VERSION,
  type AcceptanceRecord,
  type DeadLetter,
  type RunId as Id,
} from '@bridge/contracts';
import {
  createAgentDirectory,
  createEngineBeats,
  createFeed,
  createKeyNotices,
  createMailbox,
  createOwnerIndex,
  createReplyWatch,
  createRunStore,
  ownedPartitions,
  type RunStore,
} from '@bridge/redis-store';
import { DEFAULT_LIMITS, PLAN_DEFAULTS, initialState, planOf, type Limits } from '@bridge/workflow-core';
import type { Redis } from 'ioredis';
import { createEngine, type Engine } from '../service.ts';
import type { EngineReport } from '../report.ts';

export interface TestEngine {
  readonly engine: Engine;
  readonly store: RunStore;
  readonly deadLetters: DeadLetter[];
  readonly failures: { readonly what: string; readonly error: unknown }[];
  readonly counts: Map<string, number>;
  stop(): Promise<void>;
}

export interface TestEngineOptions {
  readonly url: string;
  readonly redis: Redis;
  readonly legacy: Redis;
  readonly engineId?: string;
  readonly limits?: Partial<Limits>;
  readonly watch?: 'tracking' | 'polling';
  readonly retentionMs?: number;
  readonly maxInFlight?: number;
}

export async function startTestEngine(options: TestEngineOptions): Promise<TestEngine> {
  const { url, redis, legacy, engineId = 'engine-1', watch = 'tracking' } = options;
  const deadLetters: DeadLetter[] = [];
  const failures: { what: string; error: unknown }[] = [];
  const counts = new Map<string, number>();
  const bump = (what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  };
  const report: EngineReport = {
    appended: () => {
      bump('appended');
    },
    count: bump,
    found: bump,
    failed: (what, error) => {
      failures.push({ what, error });
    },
    partitions: () => undefined,
  };
  const notices = createKeyNotices({ url, name: 'test' });
  const directory = createAgentDirectory({ redis: legacy, notices, timeZone: 'UTC', scanIntervalMs: 1_000 });
  const mailbox = await createMailbox({ redis: legacy });
  const store = createRunStore({ redis, initialState });
  const engine = createEngine({
    settings: {
      partitions: 64,
      retentionMs: options.retentionMs ?? 86_400_000,
      maxInFlight: options.maxInFlight ?? 8,
      cachedRuns: 1_000,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      freshForMs: () => 86_400_000,
      traits: LEGACY_TRAITS,
      timeZone: 'UTC',
    },
    store,
    mailbox,
    index: createOwnerIndex({ redis }),
    feed: createFeed({ redis }),
    beats: createEngineBeats({ redis, engineId }),
    owned: (live) => ownedPartitions(engineId, live, 64),
    agents: () => directory.agents(),
    refreshAgents: () => directory.refresh(),
    deadLetters: (letter) => {
      deadLetters.push(letter);
      return Promise.resolve();
    },
    replyWatch: (handlers) =>
      watch === 'tracking'
        ? createReplyWatch({ mode: 'tracking', notices, mailbox, openAttempts: () => [], handlers })
        : createReplyWatch({ mode: 'polling', mailbox, openAttempts: () => [], handlers }),
    report,
    localNow: Date.now,
  });
  await directory.start();
  directory.onChange(() => {
    engine.fleetChanged();
  });
  await engine.start();
  return {
    engine,
    store,
    deadLetters,
    failures,
    counts,
    async stop() {
      await engine.stop(AbortSignal.timeout(5_000));
      await directory.stop();
      await notices.stop();
      mailbox.stop();
    },
  };
}

let made = 0;

/** An accepted request of one text part (or of the given data part), as the gateway would write it. */
export function recordOf(text: string, data?: Record<string, unknown>): AcceptanceRecord {
  made += 1;
  const hex = (made * 2_654_435_761).toString(16).padStart(8, '0').slice(-8);
  const runId: Id = RunId.parse(`${hex}-0000-4000-8000-${made.toString(16).padStart(12, '0')}`);
  const message = {
    messageId: `m-${String(made)}`,
    role: 'user' as const,
    parts: data === undefined ? [{ text }] : [{ text }, { data: data as never }],
  };
  const planned = planOf(message, PLAN_DEFAULTS);
  if (!planned.ok) throw new Error(planned.message);
  return {
    schemaVersion: SCHEMA_VERSION,
    tenant: 'default',
    principal: 'tester',
    traceparent: null,
    runId,
    contextId: `ctx-${String(made)}`,
    bodyHash: `hash-${String(made)}`,
    acceptedAt: Date.now(),
    message,
    plan: planned.plan,
  };
}
