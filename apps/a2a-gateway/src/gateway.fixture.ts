/**
 * The gateway as its process runs it, over a real Redis, and a pen to write a run's events with. The pen invents
 * no results of its own: tests say what happened to a run, and it is appended through the real store.
 */
import {
  SCHEMA_VERSION,
  type CoreArtifact,
  type EventPlace,
  type PlacedEvent,
  type RunEvent,
  type RunId,
  type StepId,
} from '@bridge/contracts';
import { closeRedis, createFeed, createRedis, createRunStore, type RunStore } from '@bridge/redis-store';
import {
  createHealth,
  createLifecycle,
  createLogger,
  createRegistry,
  mountOps,
  parseConfig,
  type Lifecycle,
} from '@bridge/service-kit';
import { evolve, feedEntryOf, initialState, type RunState } from '@bridge/workflow-core';
import { config } from './config.ts';
import { createMetrics } from './metrics.ts';
import { startGateway } from './start-gateway.ts';

export interface RunningGateway {
  readonly url: string;
  readonly rpcUrl: string;
  readonly lifecycle: Lifecycle;
  /** What /metrics shows. */
  readonly metrics: () => Promise<string>;
  /** One series' value, 0 if there is none. */
  readonly metric: (series: string) => Promise<number>;
  readonly logLines: () => readonly string[];
  readonly stop: () => Promise<void>;
}

export async function startTestGateway(
  redisUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const settings = parseConfig(config, {
    REDIS_URL: redisUrl,
    GATEWAY_PORT: '0',
    PUBLIC_URL: 'http://gateway.test:8080',
    SHUTDOWN_BUDGET_MS: '3000',
    ...env,
  });
  const lines: string[] = [];
  const logger = createLogger({
    service: 'a2a-gateway',
    version: '0.0.0',
    level: 'debug',
    destination: { write: (line: string) => lines.push(line) },
  });
  const lifecycle = createLifecycle({ logger, budgetMs: settings.SHUTDOWN_BUDGET_MS });
  const register = createRegistry({ service: 'a2a-gateway' });
  const metrics = createMetrics(register);
  const health = createHealth();
  const app = await startGateway({ settings, version: '0.0.0', logger, lifecycle, health, metrics });
  const version = {
    service: 'a2a-gateway',
    version: '0.0.0',
    gitSha: 'unknown',
    node: process.versions.node,
  };
  await mountOps({ app, host: '127.0.0.1', logger, health, version, register });
  lifecycle.onStop('not-ready', 'health', () => {
    health.draining();
  });
  lifecycle.onStop('drain', 'http', () => app.close());
  lifecycle.onStop('close', 'health', () => {
    health.close();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  health.started();
  const text = (): Promise<string> => register.metrics();
  return {
    url,
    rpcUrl: `${url}/rpc`,
    lifecycle,
    metrics: text,
    metric: async (series) => {
      const line = (await text())
        .split('\n')
        .find((each) => each.startsWith(`${series} `) || each.startsWith(series.replace(/\}$/, ',')));
      return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? 0);
    },
    logLines: () => lines,
    stop: async () => {
      const report = await lifecycle.stop('test');
      if (report.failures.length > 0) throw new Error(`stop failed: ${JSON.stringify(report.failures)}`);
    },
  };
}

export interface Pen {
  readonly store: RunStore;
  /** Appends these events to the run, as one append, and tells the feeds. */
  readonly write: (runId: string, ...events: readonly RunEvent[]) => Promise<void>;
  /** As `write`, but nobody is told: only the poll can find it. */
  readonly writeSilently: (runId: string, ...events: readonly RunEvent[]) => Promise<void>;
  /** Commands in the run's inbox that were not drained yet. */
  readonly inbox: (runId: string) => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

export function createPen(redisUrl: string): Pen {
  const redis = createRedis({ url: redisUrl, name: 'pen', role: 'service', onError: () => undefined });
  const store = createRunStore({ redis, initialState });
  const feed = createFeed({ redis });

  async function append(runId: string, events: readonly RunEvent[]): Promise<RunState> {
    const drained = await store.drain(runId as RunId);
    if (drained.kind !== 'drained') throw new Error(`no such run: ${runId}`);
    const placed = place(drained.state.head.place, events);
    const next = placed.reduce(evolve, drained.state);
    const cursor = drained.entries.at(-1)?.entryId;
    const result = await store.append({
      previous: drained.state,
      next,
      events: placed,
      agendaSet: [],
      agendaRemove: [],
      openAdd: [],
      openRemove: [],
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (result.kind !== 'appended') throw new Error('somebody else appended');
    return result.state;
  }

  return {
    store,
    async write(runId, ...events) {
      await feed.publish([feedEntryOf(await append(runId, events))]);
    },
    async writeSilently(runId, ...events) {
      await append(runId, events);
    },
    async inbox(runId) {
      const drained = await store.drain(runId as RunId);
      return drained.kind === 'drained' ? drained.entries.map(({ command }) => command) : [];
    },
    close: () => closeRedis(redis),
  };
}

/** Visible events are n-0, the others n-1, n-2 ... behind the last visible one. */
function place(from: EventPlace, events: readonly RunEvent[]): PlacedEvent[] {
  let last = from;
  return events.map((event) => {
    last =
      event.type === 'status' || event.type === 'artifact'
        ? { n: last.n + 1, k: 0 }
        : { n: last.n, k: last.k + 1 };
    return { place: last, event };
  });
}

export const working = (at: number, metadata?: Record<string, string | boolean>): RunEvent => ({
  type: 'status',
  at,
  state: 'working',
  ...(metadata === undefined ? {} : { metadata: { 'a2a-bridge': metadata } }),
});
export const artifact = (at: number, text: string): RunEvent => ({
  type: 'artifact',
  at,
  stepId: 'task' as StepId,
  artifact: {
    artifactId: `task-${String(text.length)}`,
    name: 'task',
    parts: [{ text }],
  } satisfies CoreArtifact,
});
export const completed = (at: number): RunEvent => ({ type: 'status', at, state: 'completed' });
export const ended = (at: number): RunEvent => ({ type: 'run.ended', at, state: 'completed' });
export const started = (at: number): RunEvent => ({ type: 'run.started', at, deadlineAt: at + 1_000_000 });
export { SCHEMA_VERSION };
