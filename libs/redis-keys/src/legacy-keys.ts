import { replyNameOf, type AttemptId, type RunId, type StepId } from '@bridge/contracts';
import { defineKey } from './define-key.ts';

const noTtlToday = { forever: 'as the legacy writers leave it; byte-exact (law L8)' } as const;

/** Markers, tombstones and read reply lists live this long: the horizon of what the legacy Redis remembers. */
export const LEGACY_MEMORY_S = 86_400;

export const AGENT_PREFIX = 'agent:';
export const QUEUE_PREFIX = 'queue:';
/** Reply lists of attempts. `queue:a2a_bridge` itself belongs to the old bridge and is never used. */
export const REPLY_LIST_PREFIX = 'queue:a2a_bridge:';

export const agentKey = defineKey({
  name: 'agent',
  pattern: 'agent:<agentId>',
  type: 'hash',
  ttl: noTtlToday,
  owner: 'agents',
  server: 'legacy',
  holds: 'id, type, capabilities, status, last_heartbeat; we only read it',
  build: (agentId: string) => `${AGENT_PREFIX}${agentId}`,
});

export const agentQueueKey = defineKey({
  name: 'agent-queue',
  pattern: 'queue:<agentId>',
  type: 'list',
  ttl: noTtlToday,
  owner: 'agents',
  server: 'legacy',
  holds: 'assignments, TaskMessage JSON; LPUSH by senders, RPOP by the agent',
  build: (agentId: string) => `${QUEUE_PREFIX}${agentId}`,
});

export const replyListKey = defineKey({
  name: 'reply-list',
  pattern: 'queue:a2a_bridge:<attemptId>',
  type: 'list',
  ttl: LEGACY_MEMORY_S,
  owner: 'agents',
  server: 'legacy',
  holds: "the agent's replies to one attempt; no TTL until they are recorded, then kept as evidence",
  build: (attemptId: AttemptId) => `${QUEUE_PREFIX}${replyNameOf(attemptId)}`,
});

export const correlationKey = defineKey({
  name: 'correlation',
  pattern: 'a2a_correlation:<taskId>',
  type: 'string',
  ttl: { forever: 'SETEX with the reply timeout of the attempt, as the old bridge did' },
  owner: 'engine',
  server: 'legacy',
  holds: '{"waiting": true, "from": "a2a_bridge"}; after the LPUSH, deleted at the reply or timeout',
  build: (legacyTaskId: string) => `a2a_correlation:${legacyTaskId}`,
});

export const sentMarkerKey = defineKey({
  name: 'sent-marker',
  pattern: 'a2a_bridge:sent:<runId>:<stepId>:<epoch>:<number>',
  type: 'hash',
  ttl: LEGACY_MEMORY_S,
  owner: 'engine',
  server: 'legacy',
  holds:
    'attemptId, agent, sentAt, verdict: makes one LPUSH per (step, epoch, number) whatever happens to our store',
  build: (runId: RunId, stepId: StepId, epoch: number, number: number) =>
    `a2a_bridge:sent:${runId}:${stepId}:${String(epoch)}:${String(number)}`,
});

export const removedCountKey = defineKey({
  name: 'removed-count',
  pattern: 'a2a_bridge:removed:<agentId>',
  type: 'string',
  ttl: LEGACY_MEMORY_S,
  owner: 'engine',
  server: 'legacy',
  holds:
    'how many assignments were revoked out of that queue: tells what the agent took from what we took back',
  build: (agentId: string) => `a2a_bridge:removed:${agentId}`,
});
