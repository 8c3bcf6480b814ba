import { taskOf } from '../summary.ts';
import { aPlan, aStep, outcomes } from '../testing/builders.ts';
import { lastNotice, lastStatus, revoke, started, typesOf } from '../testing/scenes.ts';

const { completed, failed, asks, progress } = outcomes;

describe('a question', () => {
  it('waits for the caller and goes on with the same agent and the turns before', () => {
    const play = started();
    expect(typesOf(play.reply('task', asks('which?')))).toEqual([
      'attempt.answered',
      'step.awaiting',
      'status input-required',
    ]);
    expect(play.state.status).toMatchObject({
      state: 'input-required',
      message: { role: 'agent', parts: [{ text: 'which?' }] },
    });
    expect(typesOf(play.tell({ type: 'message', messageId: 'message-2', text: 'the red one' }))).toEqual([
      'message.received',
      'status working',
      'attempt.recorded',
    ]);
    expect(play.asked.at(-1)).toMatchObject({ preferredAgent: 'worker', description: 'the red one' });
    expect(play.assignments.at(-1)).toMatchObject({
      description: 'the red one',
      history: [{ messageId: 'message-1' }, { role: 'agent', parts: [{ text: 'which?' }] }],
    });
    expect(taskOf(play.state).history.map((each) => each.parts[0])).toEqual([
      { text: 'hello' },
      { text: 'which?' },
      { text: 'the red one' },
    ]);
    play.reply('task', failed());
    play.pass(1000);
    play.due('backoff:task');
    expect(play.assignments.at(-1)).toMatchObject({ description: 'the red one', history: [{}, {}] });
    play.reply('task', completed());
    expect(play.state.status.state).toBe('completed');
  });

  it('stays what clients see while other steps go on', () => {
    const play = started(aPlan([aStep('a'), aStep('b')]));
    play.reply('a', asks('which?'));
    expect(typesOf(play.reply('b', progress(0.1)))).toEqual(['attempt.read']);
    revoke(play, 'claimed_or_lost', false, 'b');
    expect(lastStatus(play)).toMatchObject({
      state: 'input-required',
      message: { parts: [{ text: 'which?' }] },
    });
    expect(lastNotice(play)).toMatchObject({ stepId: 'a', parked: true, code: 'OUTCOME_UNKNOWN' });
  });

  it('of a second step is asked again when the first is answered', () => {
    const play = started(aPlan([aStep('a'), aStep('b')]));
    play.reply('a', asks('a?'));
    play.reply('b', asks('b?'));
    play.tell({ type: 'message', messageId: 'm2', text: 'for b' });
    expect(play.step('b').status).toBe('running');
    expect(play.state.status).toMatchObject({
      state: 'input-required',
      message: { parts: [{ text: 'a?' }] },
    });
    play.tell({ type: 'message', messageId: 'm3', text: 'for a' });
    expect(play.assignments.at(-1)).toMatchObject({ description: 'for a' });
    expect(play.state.status.state).toBe('working');
  });

  it('is not answered by a message that came before, twice, or to a run that asks nothing', () => {
    const play = started();
    expect(typesOf(play.tell({ type: 'message', messageId: 'm2', text: 'hurry' }))).toEqual([
      'message.received',
    ]);
    play.reply('task', asks());
    expect(play.tell({ type: 'message', messageId: 'm2', text: 'hurry' })).toEqual([]);
    expect(play.tell({ type: 'message', messageId: 'message-1', text: 'hello' })).toEqual([]);
    expect(play.step('task').status).toBe('awaiting');
  });
});
