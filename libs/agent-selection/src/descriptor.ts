import type { AgentDescriptor, MalformedAgent } from '@bridge/contracts';

/** What the directory knows beside the hash itself. */
export interface SeenAgent {
  readonly queueLength: number;
  /** When the hash was last seen to change, epoch ms; `null` at first sight: the heartbeat is the first guess. */
  readonly seenAt: number | null;
  /** Epoch ms. A heartbeat from the future counts as seen now. */
  readonly now: number;
  /** A naive local time (ISO without a zone) in the agents' time zone -> epoch ms, or `null`. */
  readonly parseNaive: (text: string) => number | null;
}

const KEY_PREFIX = 'agent:';
const ZONED = /(?:[Zz]|[+-]\d{2}:?\d{2})$/;

/**
 * Reads one `agent:{id}` hash. Half registrations (a heartbeat after the hash was deleted leaves one) and
 * unreadable capabilities or times come back as malformed: listed, never fatal to the others.
 */
export function toAgentDescriptor(
  key: string,
  fields: Readonly<Record<string, string>>,
  seen: SeenAgent,
): AgentDescriptor | MalformedAgent {
  const malformed = (reason: string): MalformedAgent => ({ key, reason });

  const id = fields['id'] ?? (key.startsWith(KEY_PREFIX) ? key.slice(KEY_PREFIX.length) : key);
  if (id === '') return malformed('the id is empty');
  const status = fields['status'];
  if (status === undefined) return malformed('status is missing (half a registration)');
  const heartbeat = fields['last_heartbeat'];
  if (heartbeat === undefined) return malformed('last_heartbeat is missing');
  const beatAt = ZONED.test(heartbeat) ? parseZoned(heartbeat) : seen.parseNaive(heartbeat);
  if (beatAt === null) return malformed('last_heartbeat is no ISO time');
  const capabilities = parseCapabilities(fields['capabilities'] ?? '[]');
  if (capabilities === null)
    return malformed('capabilities are neither a JSON list of names nor a JSON object');

  return {
    id,
    type: fields['type'] ?? 'unknown',
    capabilities,
    status,
    lastSeenAt: seen.seenAt ?? Math.min(beatAt, seen.now),
    queueLength: seen.queueLength,
  };
}

export function isMalformedAgent(agent: AgentDescriptor | MalformedAgent): agent is MalformedAgent {
  return 'reason' in agent;
}

/**
 * A JSON list of names, or a JSON object name -> boolean or number, where false and 0 mean that it cannot.
 * `null` for anything else.
 */
export function parseCapabilities(text: string): readonly string[] | null {
  const value = parseJson(text);
  if (Array.isArray(value)) {
    const names = value.filter((each): each is string => typeof each === 'string');
    return names.length === value.length ? names : null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const entries = Object.entries(value);
  if (!entries.every(([, able]) => typeof able === 'boolean' || typeof able === 'number')) return null;
  return entries.filter(([, able]) => able !== false && able !== 0).map(([name]) => name);
}

/** `undefined` for what is no JSON: no JSON text means that. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseZoned(text: string): number | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
