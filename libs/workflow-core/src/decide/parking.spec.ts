import { isIdleParked } from '../summary.ts';
import { aPlan, aStep, busy, chosen, never, outcomes } from '../testing/builders.ts';
import { exhaust, lastNotice, lastStatus, revoke, single, started, typesOf } from '../testing/scenes.ts';

const { completed } = outcomes;

describe('a held step', () => {
  it('asks again later each time, up to 5 s, and parks at the queue-wait deadline', () => {
    const play = started(single(), { choose: () => busy, limits: { queueWaitMs: 18_000 } });
    const delays: number[] = [];
    while (play.step('task').status === 'held') {
      const delay = (play.step('task').retryAt ?? 0) - play.now;
      delays.push(delay);
      expect(play.due('hold:task')).toEqual([]);
      play.pass(delay);
      play.due('hold:task');
    }
    expect(delays).toEqual([1000, 2000, 3000, 4000, 5000, 3000]);
    expect(play.step('task')).toMatchObject({
      status: 'parked',
      code: 'QUEUE_WAIT_EXCEEDED',
      reason: 'all busy',
    });
  });

  it('goes at a nudge, and a nudge in vain changes nothing', () => {
    const play = started(aPlan([aStep('a'), aStep('b')]), { choose: () => busy });
    expect(play.see({ type: 'nudge' })).toEqual([]);
    play.choosing(({ description }) => (description === 'do b' ? chosen('w') : busy));
    expect(typesOf(play.see({ type: 'nudge' }))).toEqual(['attempt.recorded']);
    expect(play.step('b').status).toBe('running');
    expect(play.step('a').status).toBe('held');
  });

  it('waits on when the agent it waits for is not registered any more: it may come back', () => {
    const play = started(single({ agent: 'w' }), { choose: () => busy });
    play.choosing(never);
    play.pass(1000);
    expect(typesOf(play.due('hold:task'))).toEqual(['step.held']);
    expect(play.step('task').code).toBe('CAPABILITY_UNAVAILABLE');
  });

  it('that became ready later and can never be served fails, and what waits for it is canceled', () => {
    const play = started(
      aPlan([aStep('a'), aStep('b', ['a'], { capability: 'x' }), aStep('c', ['b']), aStep('d', ['c'])]),
      {
        choose: (wanted) => (wanted.capability === undefined ? chosen('w') : never(wanted)),
      },
    );
    play.reply('a', completed());
    expect(play.state.status.state).toBe('failed');
    expect(play.step('b')).toMatchObject({ status: 'failed', code: 'CAPABILITY_UNAVAILABLE' });
    expect(play.step('d')).toMatchObject({ status: 'canceled', code: 'STEP_PARENT_FAILED' });
    expect(lastStatus(play)?.message?.parts).toEqual([
      {
        text: "CAPABILITY_UNAVAILABLE: no registered agent offers 'x'. Completed: a. Failed: b. Canceled: c, d.",
      },
    ]);
    expect(lastNotice(play)).toMatchObject({
      code: 'CAPABILITY_UNAVAILABLE',
      steps: {
        completed: ['a'],
        failed: [{ stepId: 'b', code: 'CAPABILITY_UNAVAILABLE' }],
        canceled: ['c', 'd'],
      },
    });
  });
});

describe('a parked step', () => {
  it('leaves the rest of the graph running', () => {
    const play = started(aPlan([aStep('a'), aStep('b'), aStep('c', ['a']), aStep('d', ['b'])]));
    revoke(play, 'claimed_or_lost', false, 'a');
    expect(isIdleParked(play.state)).toBe(false);
    play.reply('b', completed());
    play.reply('d', completed());
    expect(play.state.head.phase).toBe('open');
    expect(isIdleParked(play.state)).toBe(true);
    expect(play.state.metadata).toMatchObject({ parked: true, skill: 'orchestration' });
  });

  it('is handed over once', () => {
    const play = started();
    revoke(play, 'claimed_or_lost');
    const { id: stepId } = play.step('task');
    expect(play.see({ type: 'dead-lettered', stepId, epoch: 1 })).toEqual([]);
    expect(typesOf(play.see({ type: 'dead-lettered', stepId, epoch: 0 }))).toEqual(['step.dead-lettered']);
    expect(play.see({ type: 'dead-lettered', stepId, epoch: 0 })).toEqual([]);
  });

  it('is replayed once per epoch, with all its retries', () => {
    const play = started();
    exhaust(play);
    const wish = { type: 'replay', stepId: 'task', epoch: 0 } as const;
    expect(typesOf(play.tell(wish, wish))).toEqual(['step.replayed', 'status working', 'attempt.recorded']);
    expect(lastNotice(play)).toBeUndefined();
    expect(play.state.metadata).not.toHaveProperty('parked');
    expect(play.attempt('task')).toMatchObject({ epoch: 1, number: 1 });
    exhaust(play);
    expect(play.step('task')).toMatchObject({ status: 'parked', epoch: 1, retries: 3 });
    expect(play.attempt('task').number).toBe(4);
    expect(play.tell(wish)).toEqual([]);
    play.tell({ ...wish, epoch: 1 });
    play.reply('task', completed());
    expect(play.state.status.state).toBe('completed');
  });

  it('waits for an agent when none is registered at its replay', () => {
    const play = started(single({ capability: 'x' }));
    exhaust(play);
    play.choosing(never);
    play.tell({ type: 'replay', stepId: 'task', epoch: 0 });
    expect(play.step('task')).toMatchObject({ status: 'held', epoch: 1 });
  });

  it('still is mentioned when another one is replayed', () => {
    const play = started(aPlan([aStep('a'), aStep('b')]));
    revoke(play, 'claimed_or_lost', false, 'a');
    revoke(play, 'claimed_or_lost', false, 'b');
    play.tell({ type: 'replay', stepId: 'a', epoch: 0 });
    expect(lastNotice(play)).toMatchObject({
      parked: true,
      deadLetterId: expect.stringMatching(/:b$/) as unknown,
    });
  });

  it('is a failed one where the request wants that', () => {
    const play = started(aPlan([aStep('a'), aStep('b'), aStep('c', ['a'])], { onExhausted: 'fail' }));
    revoke(play, 'claimed_or_lost', false, 'a');
    expect(play.step('a')).toMatchObject({ status: 'failed', code: 'OUTCOME_UNKNOWN' });
    expect(play.state.head.phase).toBe('open');
    play.reply('b', completed());
    expect(play.state.status.state).toBe('failed');
    expect(lastStatus(play)?.message?.parts[0]).toEqual({
      text: expect.stringContaining('Completed: b. Failed: a. Canceled: c.') as unknown,
    });
  });
});
