import { RunId, StepId, attemptIdOf } from '@bridge/contracts';
import {
  acceptanceKey,
  agendaKey,
  correlationKey,
  declaredKeys,
  eventsKey,
  feedKey,
  inboxKey,
  inputIdsKey,
  keyPart,
  openKey,
  outputsKey,
  ownerTasksKey,
  parkedKey,
  queuePrefix,
  readyKey,
  replyListKey,
  runKeyOf,
  sentMarkerKey,
} from './index.ts';

const runId = RunId.parse('0000002a-0000-4000-8000-00000000000f');
/** What Redis Cluster hashes: what stands in the first braces. */
const tagOf = (key: string): string | undefined => /\{([^}]+)\}/.exec(key)?.[1];

describe('the keys of a run', () => {
  it('share one hash tag with the indexes of its partition', () => {
    const ofRun = [acceptanceKey, inboxKey, inputIdsKey, runKeyOf, outputsKey, eventsKey].map((key) =>
      key(runId),
    );
    const ofPartition = [readyKey, agendaKey, openKey, parkedKey].map((key) => key(42));
    expect(new Set([...ofRun, ...ofPartition].map(tagOf))).toEqual(new Set(['p42']));
    expect(new Set([...ofRun, ...ofPartition]).size).toBe(10);
  });

  it('are apart from feeds, owners and queues, each in a slot of its own', () => {
    const tags = [
      feedKey(0),
      feedKey(1),
      ownerTasksKey({ tenant: 't', principal: 'p' }),
      queuePrefix('x'),
    ].map(tagOf);
    expect(new Set([...tags, 'p42']).size).toBe(5);
  });

  it('of two owners never meet, whatever they are called', () => {
    const names = ['a:b', 'a', 'b', '{x}', '}{', '*', 'a b', 'ä', '%3A'];
    const keys = names.flatMap((tenant) => names.map((principal) => ownerTasksKey({ tenant, principal })));
    expect(new Set(keys).size).toBe(names.length ** 2);
    for (const name of names) expect(keyPart(name)).not.toMatch(/[\s:{}*]/);
  });
});

describe('the keys on the legacy Redis', () => {
  it('are written as the agents expect them', () => {
    const attemptId = attemptIdOf(runId, '0'.repeat(32));
    expect(replyListKey(attemptId)).toBe(`queue:a2a_bridge:${attemptId}`);
    expect(correlationKey('a2a_task_1')).toBe('a2a_correlation:a2a_task_1');
    expect(sentMarkerKey(runId, StepId.parse('step_1'), 2, 3)).toBe(`a2a_bridge:sent:${runId}:step_1:2:3`);
  });
});

describe('every declaration', () => {
  it('has a name of its own, says what it holds, and for how long or why for ever', () => {
    const keys = declaredKeys();
    expect(new Set(keys.map(({ name }) => name)).size).toBe(keys.length);
    for (const { name, holds, ttl } of keys) {
      expect([name, holds.length > 10]).toEqual([name, true]);
      expect([name, typeof ttl === 'number' ? ttl > 0 : ttl.forever.length > 10]).toEqual([name, true]);
    }
  });
});
