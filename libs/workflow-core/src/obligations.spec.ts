import { parseObligation } from './obligation-id.ts';
import {
  allObligations,
  changedObligations,
  changedSteps,
  obligationStands,
  openAttemptsChanged,
} from './obligations.ts';
import type { RunState } from './state.ts';
import { aPlan, aStep, busy, outcomes } from './testing/builders.ts';
import { createPlay } from './testing/play.ts';

const ids = (state: RunState): string[] => allObligations(state).map(({ id }) => id);
const two = aPlan([aStep('a'), aStep('b', ['a'])]);

describe('what must not be forgotten', () => {
  it('is nothing before the start and after the end only the end', () => {
    const play = createPlay(aPlan([aStep('a')]));
    expect(ids(play.state)).toEqual([]);
    play.tell({ type: 'start' });
    play.reply('a', outcomes.completed());
    expect(allObligations(play.state)).toEqual([{ id: 'end', due: play.now + 1000 }]);
  });

  it('of an attempt is to send it, its deadline, to ask it back, to close its list', () => {
    const play = createPlay(two);
    play.tell({ type: 'start' });
    const begun = play.now;
    const run = { id: 'run-deadline', due: begun + 86_400_000 };
    expect(allObligations(play.state)).toEqual([
      { id: 'send:a:0:1', due: begun + 1000 },
      { id: 'deadline:a:0:1', due: begun + 30_000 },
      run,
    ]);
    const { attemptId } = play.attempt('a');
    play.see({ type: 'sent', attemptId, sentAt: begun + 5000 });
    expect(ids(play.state)).toEqual(['deadline:a:0:1', 'run-deadline']);
    play.pass(30_000);
    play.due('deadline:a:0:1');
    expect(allObligations(play.state)).toEqual([{ id: 'revoke:a:0:1', due: play.now + 1000 }, run]);
    play.see({ type: 'revoked', attemptId, verdict: 'never_sent', agentTookOtherWork: false });
    expect(allObligations(play.state)).toEqual([
      { id: 'close:a:0:1', due: play.now + 5000 },
      { id: 'backoff:a', due: play.now + 1000 },
      run,
    ]);
    play.see({ type: 'closed', attemptId });
    expect(ids(play.state)).toEqual(['backoff:a', 'run-deadline']);
  });

  it('of a parked step is to hand it over, of a held one to ask again', () => {
    const play = createPlay(two, { choose: () => busy, limits: { queueWaitMs: 1000 } });
    play.tell({ type: 'start' });
    expect(allObligations(play.state)[0]).toEqual({ id: 'hold:a', due: play.now + 1000 });
    play.pass(1000);
    play.due('hold:a');
    expect(allObligations(play.state)[0]).toEqual({ id: 'park:a:0', due: play.now + 1000 });
    play.see({ type: 'dead-lettered', stepId: play.step('a').id, epoch: 0 });
    expect(ids(play.state)).toEqual(['run-deadline']);
  });

  it('of a run that is called off is no deadline any more', () => {
    const play = createPlay(two);
    play.tell({ type: 'start' }, { type: 'cancel' });
    expect(ids(play.state)).toEqual(['revoke:a:0:1']);
  });
});

describe('what changed', () => {
  it('is set and removed, and moved timers are set again', () => {
    const play = createPlay(two);
    play.tell({ type: 'start' });
    const before = play.state;
    expect(changedObligations(before, before)).toEqual({ set: [], remove: [] });
    play.pass(1000);
    play.see({ type: 'sent', attemptId: play.attempt('a').attemptId, sentAt: play.now + 5000 });
    expect(changedObligations(before, play.state)).toEqual({
      set: [{ id: 'deadline:a:0:1', due: play.now + 30_000 }],
      remove: ['send:a:0:1'],
    });
    const sent = play.state;
    play.reply('a', outcomes.completed());
    expect(changedSteps(sent, play.state).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(openAttemptsChanged(sent, play.state)).toEqual({
      add: [play.attempt('b').attemptId],
      remove: [play.attempt('a').attemptId],
    });
  });

  it('is found against any earlier state, not only the last one', () => {
    const play = createPlay(aPlan([aStep('a'), aStep('b'), aStep('c')]));
    play.tell({ type: 'start' });
    const early = play.state;
    play.reply('a', outcomes.completed());
    play.reply('c', outcomes.completed());
    expect(changedSteps(early, play.state).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('at the end takes what other steps left', () => {
    const play = createPlay(two);
    play.tell({ type: 'start' });
    play.reply('a', outcomes.completed());
    const before = play.state;
    play.reply('b', outcomes.completed());
    expect(changedObligations(before, play.state)).toEqual({
      set: [{ id: 'end', due: play.now + 1000 }],
      remove: ['run-deadline', 'close:a:0:1', 'send:b:0:1', 'deadline:b:0:1'],
    });
  });
});

describe('an id', () => {
  it('says what it is about', () => {
    expect(parseObligation('send:a.b-c_d:2:13')).toEqual({
      kind: 'send',
      stepId: 'a.b-c_d',
      epoch: 2,
      number: 13,
    });
    expect(parseObligation('hold:a')).toEqual({ kind: 'hold', stepId: 'a' });
    expect(parseObligation('park:a:1')).toEqual({ kind: 'park', stepId: 'a', epoch: 1 });
    expect(parseObligation('run-deadline')).toEqual({ kind: 'run-deadline' });
  });

  it.each([
    '',
    'x',
    'send',
    'send:a',
    'send:a:1',
    'send:a:1:1:1',
    'send:a b:1:1',
    'send:a:-1:1',
    'hold:a:1',
    'park:a',
    'park:a:1:1',
    'end:a',
    'newer:a',
  ])('"%s" is none', (id) => {
    expect(parseObligation(id)).toBeNull();
  });

  it('of a run that is another now does not stand', () => {
    const play = createPlay(two);
    play.tell({ type: 'start' });
    expect(obligationStands(play.state, 'deadline:a:0:1')).toBe(true);
    expect(
      ['deadline:a:0:2', 'deadline:c:0:1', 'close:a:0:1', 'end', 'nonsense'].map((id) =>
        obligationStands(play.state, id),
      ),
    ).toEqual([false, false, false, false, false]);
  });
});
