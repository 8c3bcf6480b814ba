import { isMalformedAgent, toAgentDescriptor } from '@bridge/agent-selection';
import type { AgentDescriptor, MalformedAgent } from '@bridge/contracts';
import { agentKey } from '@bridge/redis-keys';
import type { AgentReading } from './read-agents.ts';

interface Entry {
  /** The hash as read last, to see whether it changed; `null` while it is no hash. */
  readonly fields: Readonly<Record<string, string>> | null;
  /** When we saw it change, epoch ms; `null` if it only was there. */
  readonly seenAt: number | null;
  readonly agent: AgentDescriptor | MalformedAgent;
}

export interface AgentTableDeps {
  /** Naive local time of the agents -> epoch ms, or `null`. */
  readonly parseNaive: (text: string) => number | null;
  /** A sign of life after a longer silence is a change: the agent may have been stale. */
  readonly silentMs: number;
  /** Called once for every reason an entry is malformed for. */
  readonly onMalformed: (agent: MalformedAgent) => void;
}

/** How a reading came about: `touched` = somebody wrote the hash, `looked` = we looked by ourselves. */
export type Sight = 'touched' | 'looked';

export interface AgentTable {
  has(id: string): boolean;
  isMalformed(id: string): boolean;
  ids(): Iterable<string>;
  /** @returns whether that changes whom one may choose: come, gone, changed, alive again */
  take(id: string, reading: AgentReading, sight: Sight, now: number): boolean;
  takeQueueLength(id: string, queueLength: number): void;
  lists(): { readonly agents: readonly AgentDescriptor[]; readonly malformed: readonly MalformedAgent[] };
}

/** What is known of all agents. No I/O: it is told what was read, and when. */
export function createAgentTable(deps: AgentTableDeps): AgentTable {
  const entries = new Map<string, Entry>();

  function agentOf(
    id: string,
    reading: Exclude<AgentReading, { kind: 'gone' }>,
    seenAt: number | null,
    now: number,
  ): AgentDescriptor | MalformedAgent {
    const key = agentKey(id);
    if (reading.kind === 'unreadable') return { key, reason: reading.reason };
    const { queueLength } = reading;
    const agent = toAgentDescriptor(key, reading.fields, {
      queueLength,
      seenAt,
      now,
      parseNaive: deps.parseNaive,
    });
    // Its queue is named after the key, so another id would send work where nobody takes it.
    if (!isMalformedAgent(agent) && agent.id !== id) return { key, reason: 'its id is not that of its key' };
    return agent;
  }

  return {
    has: (id) => entries.has(id),
    isMalformed: (id) => {
      const entry = entries.get(id);
      return entry !== undefined && isMalformedAgent(entry.agent);
    },
    ids: () => entries.keys(),

    take(id, reading, sight, now) {
      if (reading.kind === 'gone') return entries.delete(id);
      const before = entries.get(id);
      const fields = reading.kind === 'found' ? reading.fields : null;
      const changed = before !== undefined && !sameFields(before.fields, fields);
      const seenAt = sight === 'touched' || changed ? now : (before?.seenAt ?? null);
      const agent = agentOf(id, reading, seenAt, now);
      entries.set(id, { fields, seenAt, agent });

      const old = before?.agent;
      if (isMalformedAgent(agent)) {
        if (old === undefined || !isMalformedAgent(old) || old.reason !== agent.reason)
          deps.onMalformed(agent);
        return old !== undefined && !isMalformedAgent(old);
      }
      if (old === undefined || isMalformedAgent(old)) return true;
      return agent.lastSeenAt - old.lastSeenAt > deps.silentMs || !sameOffer(old, agent);
    },

    takeQueueLength(id, queueLength) {
      const entry = entries.get(id);
      if (entry === undefined || isMalformedAgent(entry.agent)) return;
      entries.set(id, { ...entry, agent: { ...entry.agent, queueLength } });
    },

    lists() {
      const agents: AgentDescriptor[] = [];
      const malformed: MalformedAgent[] = [];
      for (const { agent } of entries.values()) {
        if (isMalformedAgent(agent)) malformed.push(agent);
        else agents.push(agent);
      }
      return { agents, malformed };
    },
  };
}

function sameFields(a: Entry['fields'], b: Entry['fields']): boolean {
  if (a === null || b === null) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** The same offer to those who choose; how busy it is and when it was seen are no part of that. */
function sameOffer(a: AgentDescriptor, b: AgentDescriptor): boolean {
  return (
    a.type === b.type &&
    a.status === b.status &&
    a.capabilities.length === b.capabilities.length &&
    a.capabilities.every((capability, i) => capability === b.capabilities[i])
  );
}
