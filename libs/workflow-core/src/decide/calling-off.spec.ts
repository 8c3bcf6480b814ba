import { aPlan, aStep, busy, outcomes } from '../testing/builders.ts';
import { createPlay } from '../testing/play.ts';
import { lastNotice, revoke, single, started, typesOf } from '../testing/scenes.ts';

const { completed, failed, asks } = outcomes;

describe('cancel', () => {
  it('ends at once what no agent has', () => {
    const play = started(single(), { choose: () => busy });
    expect(typesOf(play.tell({ type: 'cancel' }))).toEqual([
      'run.canceling',
      'step.canceled',
      'status canceled',
      'run.ended',
    ]);
  });

  it('asks back what an agent has, and starts nothing more (W10)', () => {
    const play = started(aPlan([aStep('a'), aStep('b'), aStep('c', ['a'])]));
    expect(typesOf(play.tell({ type: 'cancel' }))).toEqual([
      'run.canceling',
      'attempt.revoking',
      'attempt.revoking',
      'step.canceled',
    ]);
    expect(play.tell({ type: 'cancel' })).toEqual([]);
    expect(typesOf(play.reply('a', completed()))).toEqual(['attempt.answered', 'artifact', 'step.completed']);
    const { attemptId } = play.attempt('b');
    expect(
      typesOf(play.see({ type: 'revoked', attemptId, verdict: 'unclaimed', agentTookOtherWork: false })),
    ).toEqual(['attempt.revoked', 'step.canceled', 'status canceled', 'run.ended']);
    expect(lastNotice(play)).toMatchObject({ steps: { completed: ['a'], canceled: ['b', 'c'] } });
  });

  it('comes too late when everything completes meanwhile', () => {
    const play = started();
    play.tell({ type: 'cancel' });
    play.reply('task', completed());
    expect(play.state.status.state).toBe('completed');
  });

  it.each([failed(), asks()])('is not undone by a reply that would go on (%#)', (outcome) => {
    const play = started();
    play.tell({ type: 'cancel' });
    play.reply('task', outcome);
    expect(play.state.status.state).toBe('canceled');
  });

  it('before the start ends the run, which then never starts', () => {
    const play = createPlay(single());
    play.tell({ type: 'cancel' }, { type: 'start' });
    expect(play.state.status.state).toBe('canceled');
    expect(play.assignments).toEqual([]);
  });

  it('does not replay and does not continue', () => {
    const play = started(aPlan([aStep('a'), aStep('b')]));
    revoke(play, 'claimed_or_lost', false, 'a');
    play.tell({ type: 'cancel' });
    expect(play.tell({ type: 'replay', stepId: 'a', epoch: 0 })).toEqual([]);
    expect(typesOf(play.tell({ type: 'message', messageId: 'm2', text: 'x' }))).toEqual(['message.received']);
  });
});

describe('the run deadline', () => {
  it('calls everything off and ends the run failed', () => {
    const play = started(aPlan([aStep('a'), aStep('b'), aStep('c', ['b'])]));
    play.reply('a', completed());
    play.pass(86_399_999);
    expect(play.due('run-deadline')).toEqual([]);
    play.pass(1);
    expect(typesOf(play.due('run-deadline'))).toEqual(['run.canceling', 'attempt.revoking', 'step.canceled']);
    play.see({
      type: 'revoked',
      attemptId: play.attempt('b').attemptId,
      verdict: 'claimed_or_lost',
      agentTookOtherWork: false,
    });
    expect(play.state.status.state).toBe('failed');
    expect(lastNotice(play)).toMatchObject({
      code: 'RUN_DEADLINE_EXCEEDED',
      steps: { completed: ['a'] },
    });
  });

  it('ends a parked run', () => {
    const play = started();
    revoke(play, 'claimed_or_lost');
    play.pass(86_400_000);
    play.due('run-deadline');
    expect(play.state.status.state).toBe('failed');
    expect(play.step('task')).toMatchObject({ status: 'canceled', code: 'RUN_DEADLINE_EXCEEDED' });
  });
});
