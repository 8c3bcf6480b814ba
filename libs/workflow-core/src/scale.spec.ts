import { jest } from '@jest/globals';
import { changedObligations, changedSteps, openAttemptsChanged } from './obligations.ts';
import { SlotMap } from './slot-map.ts';
import { feedEntryOf } from './summary.ts';
import { aPlan, aStep, outcomes } from './testing/builders.ts';
import { createPlay } from './testing/play.ts';

const WIDTH = 999;

afterEach(() => {
  jest.restoreAllMocks();
});

it('works through 999 replies of one run without ever looking through its steps', () => {
  const names = Array.from({ length: WIDTH }, (_, index) => `s${String(index)}`);
  const play = createPlay(aPlan([...names.map((name) => aStep(name)), aStep('join', names)]));
  play.tell({ type: 'start' });

  const looks = (['keys', 'values', 'entries', 'forEach'] as const).map((method) =>
    jest.spyOn(SlotMap.prototype, method),
  );
  let touched = 0;
  for (const name of names) {
    const before = play.state;
    play.reply(name, outcomes.completed());
    touched += changedSteps(before, play.state).length;
    touched += changedObligations(before, play.state).set.length;
    touched += openAttemptsChanged(before, play.state).remove.length;
    feedEntryOf(play.state);
  }
  expect(looks.map((look) => look.mock.calls.length)).toEqual([0, 0, 0, 0]);
  // Each reply touches its step, one obligation and one open attempt; the last one the join, too.
  expect(touched).toBe(WIDTH * 3 + 3);
  expect(play.step('join').status).toBe('running');
});
