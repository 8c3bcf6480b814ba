import type { MalformedAgent } from '@bridge/contracts';
import type { BridgeError } from '@bridge/error-policy';
import { AGENT_PREFIX, QUEUE_PREFIX, REPLY_LIST_PREFIX } from '@bridge/redis-keys';
import { parseNaive } from '@bridge/translator';
import { classifyRedisError } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';
import type { KeyNotices } from '../notices/key-notices.ts';
import type { AgentDirectory } from '../ports.ts';
import { createAgentTable, type AgentTable, type Sight } from './agent-table.ts';
import { readAgents, readQueueLengths, scanAgentIds } from './read-agents.ts';

/** For logs and counters. */
export type AgentDirectoryEvent =
  | { readonly type: 'malformed'; readonly agent: MalformedAgent }
  | {
      readonly type: 'scanned';
      readonly agents: number;
      readonly malformed: number;
      readonly durationMs: number;
    }
  /** Redis could not be read; what is known stays, and it is tried again. */
  | { readonly type: 'read-failed'; readonly error: BridgeError };

export interface AgentDirectoryDeps {
  /** The legacy server; only read. */
  readonly redis: RedisClient;
  /** Shared with others: started here if nobody did, never stopped here. Without it only the scans tell. */
  readonly notices?: KeyNotices;
  /** IANA name of the zone the agents' naive heartbeats are in (`LEGACY_TZ`). */
  readonly timeZone: string;
  /** The safety net, and all there is without notices. Default 10 s. */
  readonly scanIntervalMs?: number;
  /** Shortest time between two reads: a busy queue's notices become few reads. Default 5 ms. */
  readonly coalesceMs?: number;
  /** An agent that was silent for longer and shows itself is a change: it may have been stale. Default 30 s. */
  readonly silentMs?: number;
  /** Epoch ms of our clock. */
  readonly now?: () => number;
  readonly onEvent?: (event: AgentDirectoryEvent) => void;
}

const RETRY_MS = 1_000;
/** The periodic scan takes a twentieth of the time of one connection: beside 500,000 keys it lasts some 15 s. */
const SLOW_SCAN_PAUSE = 19;

/**
 * Who is there, how long their queues are, and when each last gave a sign of life: kept in memory, so reading it
 * costs nothing. Freshness is when *we* saw the hash touched; its heartbeat is only the first guess, because agents
 * write local times without a zone.
 */
export function createAgentDirectory(deps: AgentDirectoryDeps): AgentDirectory {
  const { redis, scanIntervalMs = 10_000, coalesceMs = 5, silentMs = 30_000, now = Date.now } = deps;
  const table: AgentTable = createAgentTable({
    parseNaive: (text) => parseNaive(text, deps.timeZone),
    silentMs,
    onMalformed: (agent) => deps.onEvent?.({ type: 'malformed', agent }),
  });
  const listeners = new Set<() => void>();
  /** What is to be read: whole agents, queue lengths alone, or everything. */
  const wanted = new Map<string, Sight>();
  const wantedQueues = new Set<string>();
  let scanWanted = false;
  let lists: ReturnType<AgentTable['lists']> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let scanTimer: NodeJS.Timeout | undefined;
  let unlisten: () => void = () => undefined;
  let reading: Promise<void> | undefined;
  let readAt = 0;
  let running = false;

  const want = (id: string, sight: Sight): void => {
    if (wanted.get(id) !== 'touched') wanted.set(id, sight);
  };

  /** Several at once; an agent that cannot be read does not keep the others from it. */
  async function readInto(ids: ReadonlyMap<string, Sight>): Promise<boolean> {
    const names = [...ids.keys()];
    const readings = await readAgents(redis, names);
    const at = now();
    let changed = false;
    names.forEach((id, i) => {
      const reading = readings[i];
      if (reading !== undefined) changed = table.take(id, reading, ids.get(id) ?? 'looked', at) || changed;
    });
    return changed;
  }

  async function readQueuesInto(ids: readonly string[]): Promise<void> {
    const lengths = await readQueueLengths(redis, ids);
    ids.forEach((id, i) => {
      const length = lengths[i] ?? null;
      // Whether the agent is readable depends on its queue, so all of it is read again.
      if (length === null) want(id, 'looked');
      else table.takeQueueLength(id, length);
    });
  }

  async function readWanted(): Promise<boolean> {
    for (const id of wantedQueues) if (table.isMalformed(id)) want(id, 'looked');
    const ids = new Map(wanted);
    const queues = [...wantedQueues].filter((id) => !ids.has(id));
    wanted.clear();
    wantedQueues.clear();
    try {
      const [changed] = await Promise.all([readInto(ids), readQueuesInto(queues)]);
      return changed;
    } catch (error) {
      for (const [id, sight] of ids) want(id, sight);
      for (const id of queues) wantedQueues.add(id);
      throw error;
    }
  }

  async function scan(): Promise<boolean> {
    const began = performance.now();
    scanWanted = false;
    try {
      const found = await scanAgentIds(redis);
      // Known ones too: a scan need not return what came while it ran, and what has gone is to be seen gone.
      const changed = await readInto(new Map([...found, ...table.ids()].map((id) => [id, 'looked'])));
      const { agents, malformed } = table.lists();
      deps.onEvent?.({
        type: 'scanned',
        agents: agents.length,
        malformed: malformed.length,
        durationMs: performance.now() - began,
      });
      return changed;
    } catch (error) {
      scanWanted = true;
      throw error;
    }
  }

  /** One at a time, so that an older reading never overwrites a newer one; what is touched meanwhile is read next. */
  async function read(): Promise<void> {
    const changed = scanWanted ? await scan() : await readWanted();
    lists = undefined;
    if (changed) for (const listener of listeners) listener();
  }

  function readSoon(delayMs = Math.max(0, readAt + coalesceMs - performance.now())): void {
    if (!running || timer !== undefined || reading !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      readNow().catch((error: unknown) =>
        deps.onEvent?.({ type: 'read-failed', error: classifyRedisError(error) }),
      );
    }, delayMs);
  }

  function readNow(): Promise<void> {
    let retryMs: number | undefined;
    const work = read()
      .catch((error: unknown) => {
        retryMs = RETRY_MS;
        throw error;
      })
      .finally(() => {
        reading = undefined;
        readAt = performance.now();
        if (scanWanted || wanted.size > 0 || wantedQueues.size > 0) readSoon(retryMs);
      });
    reading = work;
    return work;
  }

  function wantScan(): void {
    scanWanted = true;
    readSoon();
  }

  /** The scan that the next free turn begins, shared by all who ask before it does. */
  let nextScan: Promise<void> | undefined;

  async function scanFromNow(): Promise<void> {
    do await reading?.then(undefined, () => undefined);
    while (reading !== undefined);
    nextScan = undefined;
    scanWanted = true;
    clearTimeout(timer);
    timer = undefined;
    try {
      await readNow();
    } catch (error) {
      throw classifyRedisError(error);
    }
  }

  /** One at a time; what it finds is read like what was touched, so notices are never held up by it. */
  let slowScan: Promise<void> | undefined;

  async function scanSlowly(): Promise<void> {
    try {
      const found = await scanAgentIds(redis, { pauseFactor: SLOW_SCAN_PAUSE, stopped: () => !running });
      for (const id of [...found, ...table.ids()]) want(id, 'looked');
      readSoon();
    } catch (error) {
      deps.onEvent?.({ type: 'read-failed', error: classifyRedisError(error) });
    } finally {
      slowScan = undefined;
    }
  }

  function onKey(key: string): void {
    if (key.startsWith(REPLY_LIST_PREFIX)) return;
    if (key.startsWith(AGENT_PREFIX)) {
      want(key.slice(AGENT_PREFIX.length), 'touched');
    } else {
      if (!key.startsWith(QUEUE_PREFIX)) return;
      const id = key.slice(QUEUE_PREFIX.length);
      if (!table.has(id)) return;
      wantedQueues.add(id);
    }
    readSoon();
  }

  return {
    /** @throws BridgeError when the first scan fails; it goes on trying until `stop` */
    async start() {
      if (running) return;
      running = true;
      unlisten = deps.notices?.listen({ onKey, onGap: wantScan }) ?? unlisten;
      scanTimer = setInterval(() => {
        slowScan ??= scanSlowly();
      }, scanIntervalMs);
      scanWanted = true;
      await Promise.all([readNow(), deps.notices?.start()]);
    },
    async stop() {
      running = false;
      unlisten();
      clearInterval(scanTimer);
      clearTimeout(timer);
      timer = undefined;
      listeners.clear();
      // Whether that last reading succeeds does not matter any more.
      await reading?.then(undefined, () => undefined);
      await slowScan;
    },
    refresh() {
      nextScan ??= scanFromNow();
      return nextScan;
    },
    agents: () => (lists ??= table.lists()).agents,
    malformed: () => (lists ??= table.lists()).malformed,
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
