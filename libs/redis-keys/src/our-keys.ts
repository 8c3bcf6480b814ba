import { partitionOf, partitionTag, type Owner, type RunId } from '@bridge/contracts';
import { defineKey, keyPart } from './define-key.ts';

/** Keys of a run share the partition's hash tag, so one script may use them together with the partition's indexes. */
const tagOf = (runId: RunId): string => `{${partitionTag(partitionOf(runId))}}`;
const runKey = (entity: string) => (runId: RunId) => `a2ab:${tagOf(runId)}:${entity}:${runId}`;
const partitionKey = (entity: string) => (partition: number) => `a2ab:{${partitionTag(partition)}}:${entity}`;

const endsWithRun = { forever: 'while the run is open; the sweep deletes it 24 h after the end' } as const;
const indexOfPartition = { forever: 'an index of the partition; its members come and go' } as const;

export const deploymentKey = defineKey({
  name: 'deployment',
  pattern: 'a2ab:deployment',
  type: 'string',
  ttl: { forever: 'task ids depend on it' },
  owner: 'any service',
  server: 'ours',
  holds: 'JSON: number of partitions and the secret of the task ids; set once, checked at every start',
  build: () => 'a2ab:deployment',
});

export const enginesKey = defineKey({
  name: 'engines',
  pattern: 'a2ab:engines',
  type: 'zset',
  ttl: { forever: 'live engines renew their member every second' },
  owner: 'engine',
  server: 'ours',
  holds: 'engine id -> last beat (Redis time, ms)',
  build: () => 'a2ab:engines',
});

export const acceptanceKey = defineKey({
  name: 'acceptance',
  pattern: 'a2ab:{pNN}:accept:<runId>',
  type: 'hash',
  ttl: endsWithRun,
  owner: 'gateway',
  server: 'ours',
  holds: 'hash = body hash, record = the acceptance record as JSON',
  build: runKey('accept'),
});

export const inboxKey = defineKey({
  name: 'inbox',
  pattern: 'a2ab:{pNN}:inbox:<runId>',
  type: 'stream',
  ttl: endsWithRun,
  owner: 'any service',
  server: 'ours',
  holds: 'commands not drained yet; field c = the command as JSON',
  build: runKey('inbox'),
});

export const inputIdsKey = defineKey({
  name: 'input-ids',
  pattern: 'a2ab:{pNN}:inputs:<runId>',
  type: 'set',
  ttl: endsWithRun,
  owner: 'any service',
  server: 'ours',
  holds: 'ids of the commands ever put, except the start: the acceptance record dedupes that one',
  build: runKey('inputs'),
});

export const runKeyOf = defineKey({
  name: 'run',
  pattern: 'a2ab:{pNN}:run:<runId>',
  type: 'hash',
  ttl: endsWithRun,
  owner: 'engine',
  server: 'ours',
  holds: 'v = version, c = inbox cursor, sv = schema version, head, status, meta, msgs, s:<stepId> per step',
  build: runKey('run'),
});

export const outputsKey = defineKey({
  name: 'outputs',
  pattern: 'a2ab:{pNN}:outputs:<runId>',
  type: 'hash',
  ttl: endsWithRun,
  owner: 'engine',
  server: 'ours',
  holds: 'sequence number of the artifact -> artifact as JSON',
  build: runKey('outputs'),
});

export const eventsKey = defineKey({
  name: 'events',
  pattern: 'a2ab:{pNN}:events:<runId>',
  type: 'stream',
  ttl: endsWithRun,
  owner: 'engine',
  server: 'ours',
  holds: 'run events; id n-0 = client-visible event n, n-k = the k-th internal one after it; field e = JSON',
  build: runKey('events'),
});

export const readyKey = defineKey({
  name: 'ready',
  pattern: 'a2ab:{pNN}:ready',
  type: 'zset',
  ttl: indexOfPartition,
  owner: 'any service',
  server: 'ours',
  holds: 'runs with input nobody has drained -> since when (Redis time, ms)',
  build: partitionKey('ready'),
});

export const agendaKey = defineKey({
  name: 'agenda',
  pattern: 'a2ab:{pNN}:agenda',
  type: 'zset',
  ttl: indexOfPartition,
  owner: 'engine',
  server: 'ours',
  holds: '<runId>|<obligation> -> due (Redis time, ms): timers, effects not known to be done, the sweep',
  build: partitionKey('agenda'),
});

export const openKey = defineKey({
  name: 'open',
  pattern: 'a2ab:{pNN}:open',
  type: 'zset',
  ttl: indexOfPartition,
  owner: 'engine',
  server: 'ours',
  holds: 'attempts whose reply list must be looked at -> since when (Redis time, ms)',
  build: partitionKey('open'),
});

export const parkedKey = defineKey({
  name: 'parked',
  pattern: 'a2ab:{pNN}:parked',
  type: 'zset',
  ttl: indexOfPartition,
  owner: 'engine',
  server: 'ours',
  holds: 'open runs with a parked step -> since when (Redis time, ms)',
  build: partitionKey('parked'),
});

export const ownerTasksKey = defineKey({
  name: 'owner-tasks',
  pattern: 'a2ab:{o:<tenant>:<principal>}:tasks',
  type: 'zset',
  ttl: { forever: 'an index; members go with their runs, and it can be rebuilt' },
  owner: 'gateway',
  server: 'ours',
  holds: 'task id -> last change (ms); one per owner, in a slot of its own',
  build: (owner: Owner) => `a2ab:{o:${keyPart(owner.tenant)}:${keyPart(owner.principal)}}:tasks`,
});

/** How many feed streams there are: each in a slot of its own, so that a cluster spreads them. */
export const FEEDS = 4;

export const feedKey = defineKey({
  name: 'feed',
  pattern: 'a2ab:{f<n>}:feed',
  type: 'stream',
  ttl: { forever: 'capped by XTRIM; entries are only hints' },
  owner: 'engine',
  server: 'ours',
  holds: 'hints that runs have new events; field f = JSON list of {runId, n, state, parked}',
  build: (feed: number) => `a2ab:{f${String(feed)}}:feed`,
});

export function feedOf(runId: RunId): number {
  return partitionOf(runId, FEEDS);
}

export const deadLettersKey = defineKey({
  name: 'dead-letters',
  pattern: 'a2ab:{dlq}:index',
  type: 'zset',
  ttl: { forever: 'an index; members go with their entries' },
  owner: 'dlq',
  server: 'ours',
  holds: 'entry id -> when it was dead-lettered last (ms)',
  build: () => 'a2ab:{dlq}:index',
});

export const deadLetterKey = defineKey({
  name: 'dead-letter',
  pattern: 'a2ab:{dlq}:entry:<id>',
  type: 'hash',
  ttl: { forever: 'dead letters are never dropped silently' },
  owner: 'dlq',
  server: 'ours',
  holds: 'epoch, state, letter = the dead letter as JSON',
  build: (id: string) => `a2ab:{dlq}:entry:${keyPart(id)}`,
});

/** BullMQ builds its own keys below this prefix; one hash tag per queue keeps each queue in one slot. */
export function queuePrefix(queue: string): string {
  return `{a2ab:q:${queue}}`;
}
