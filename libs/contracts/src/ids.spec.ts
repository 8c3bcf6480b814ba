import {
  PARTITIONS,
  RunId,
  attemptIdOf,
  legacyTaskIdOf,
  parseAttemptId,
  partitionOf,
  partitionTag,
  replyNameOf,
} from './ids.ts';

const runId = RunId.parse('0000002a-0000-4000-8000-00000000000f');
const random = '0123456789abcdef0123456789abcdef';

describe('ids', () => {
  it('leads from the name of a reply list back to its run', () => {
    const attemptId = attemptIdOf(runId, random);
    expect(attemptId).toBe(`p42.${runId}.${random}`);
    expect(parseAttemptId(attemptId)).toEqual({ partition: 42, runId, random });
    expect(replyNameOf(attemptId)).toBe(`a2a_bridge:${attemptId}`);
    expect(legacyTaskIdOf(attemptId)).toBe(`a2a_task_${random}`);
  });

  it('spreads runs over all partitions and names them with two digits', () => {
    expect(partitionTag(7)).toBe('p07');
    expect(partitionOf(RunId.parse('00000040-0000-4000-8000-00000000000f'))).toBe(0);
    expect(partitionOf(RunId.parse('ffffffff-0000-4000-8000-00000000000f'))).toBe(PARTITIONS - 1);
  });

  it.each(['', 'p42', `p42.${runId}`, `p4.${runId}.${random}`, `p42.${runId}.${random}0`, 'a2a_bridge'])(
    'takes %j for no attempt of ours',
    (name) => {
      expect(parseAttemptId(name)).toBeNull();
    },
  );

  it.each(['', 'x', '0000002A-0000-4000-8000-00000000000F', `${runId}0`])(
    'refuses %j as a run id',
    (text) => {
      expect(RunId.safeParse(text).success).toBe(false);
    },
  );
});
