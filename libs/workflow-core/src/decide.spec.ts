import type { RunState } from './state.ts';
import { foldEvents } from './evolve.ts';
import { deadLetterOf, feedEntryOf, isIdleParked, taskOf } from './summary.ts';
import { aCandidate, aPlan, aStep, busy, chosen, never, outcomes } from './testing/builders.ts';
import { createPlay, LEGACY_AHEAD_MS } from './testing/play.ts';
import { exhaust, lastNotice, lastStatus, revoke, single, started, typesOf } from './testing/scenes.ts';

const { completed, failed, asks, progress, malformed } = outcomes;

describe('start', () => {
  it('dispatches every step without parents in the same decision', () => {
    const play = createPlay(aPlan([aStep('a'), aStep('b'), aStep('c', ['a', 'b'])]));
    expect(typesOf(play.tell({ type: 'start' }))).toEqual([
      'run.started',
      'status working',
      'attempt.recorded',
      'attempt.recorded',
    ]);
    expect(lastNotice(play)).toEqual({
      skill: 'orchestration',
      decidedBy: 'default',
      reason: 'for a test',
    });
    expect(play.attempt('a')).toMatchObject({
      number: 1,
      epoch: 0,
      agent: 'worker',
      state: 'recorded',
      recordedAt: play.now,
      deadlineAt: play.now + 30_000,
      sendBefore: play.now + LEGACY_AHEAD_MS + 23 * 3_600_000,
      legacyRunId: 'legacy-1',
      message: expect.stringContaining('worker') as unknown,
    });
    expect(play.state.head).toMatchObject({ phase: 'open', deadlineAt: play.now + 86_400_000 });
  });

  it('happens once', () => {
    const play = started();
    expect(play.tell({ type: 'start' })).toEqual([]);
  });

  it('names the reply list, and the parent for those that answer to it', () => {
    const play = started(aPlan([aStep('a'), aStep('b')]), {
      choose: ({ description }) =>
        chosen(description === 'do a' ? 'w' : aCandidate('sub', { type: 'subagent' })),
    });
    const [a, b] = play.assignments;
    expect(a).toMatchObject({
      agent: 'w',
      contextId: play.state.record.runId,
      description: 'do a',
      timeoutMs: 30_000,
    });
    expect(a).not.toHaveProperty('parent');
    expect(b).toMatchObject({ agent: 'sub', parent: b?.replyName });
    expect(started().assignments[0]).toMatchObject({ contextId: 'context-1' });
  });

  it('holds what nobody can take now', () => {
    const play = started(single(), { choose: () => busy });
    expect(play.step('task')).toMatchObject({
      status: 'held',
      retryAt: play.now + 1000,
      queueWaitUntil: play.now + 300_000,
      code: 'AGENTS_BUSY',
    });
    expect(play.state.status.state).toBe('working');
  });

  it('rejects what can never be served, before anything runs', () => {
    const play = createPlay(
      aPlan([aStep('a'), aStep('b', [], { capability: 'welding' }), aStep('c', ['a'])]),
      {
        choose: (wanted) => (wanted.capability === undefined ? chosen('w') : never(wanted)),
      },
    );
    expect(typesOf(play.tell({ type: 'start' }))).toEqual([
      'run.started',
      'step.canceled',
      'step.failed',
      'step.canceled',
      'status rejected',
      'run.ended',
    ]);
    expect(lastStatus(play)?.message?.parts).toEqual([
      { text: expect.stringContaining("step 'b': no registered agent offers 'welding'") as unknown },
    ]);
    expect(lastNotice(play)).toMatchObject({ code: 'CAPABILITY_UNAVAILABLE' });
    expect(play.assignments).toEqual([]);
  });
});

describe('a reply', () => {
  it('that completes the only step completes the run, the status last', () => {
    const play = started();
    expect(typesOf(play.reply('task', completed('42')))).toEqual([
      'attempt.answered',
      'artifact',
      'step.completed',
      'status completed',
      'run.ended',
    ]);
    expect(play.log.map(({ place }) => `${String(place.n)}-${String(place.k)}`)).toEqual([
      '0-1',
      '1-0',
      '1-1',
      '1-2',
      '2-0',
      '2-1',
      '3-0',
      '3-1',
    ]);
    expect(taskOf(play.state)).toMatchObject({
      status: { state: 'completed' },
      artifacts: [{ artifactId: 'task', name: 'task', parts: [{ text: '42' }] }],
      number: 3,
    });
  });

  it('that is no text becomes data, as it was', () => {
    const play = started();
    play.reply('task', completed({ list: [], big: null }));
    expect([...play.state.artifacts.values()][0]?.parts).toEqual([{ data: { list: [], big: null } }]);
  });

  it('lets those go that waited for it, once all their parents are completed (W4)', () => {
    const play = started(aPlan([aStep('a'), aStep('b'), aStep('c', ['a', 'b']), aStep('d', ['a'])]));
    expect(typesOf(play.reply('a', completed()))).toEqual([
      'attempt.answered',
      'artifact',
      'step.completed',
      'attempt.recorded',
    ]);
    expect(play.step('c').status).toBe('waiting');
    expect(play.step('d').status).toBe('running');
    play.reply('b', completed());
    expect(play.step('c').status).toBe('running');
  });

  it('is read oldest first, what was read before is absorbed (W2)', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    const elements = [progress(0.5, 'half'), progress(0.9), completed('x'), failed()].map(
      (outcome, index) => ({ index, raw: `r${String(index)}`, outcome }),
    );
    expect(typesOf(play.see({ type: 'replies', attemptId, elements: elements.slice(0, 1) }))).toEqual([
      'attempt.read',
      'status working',
    ]);
    expect(lastNotice(play)).toEqual({ stepId: 'task', progress: 0.5 });
    expect(lastStatus(play)?.message).toMatchObject({ role: 'agent', parts: [{ text: 'half' }] });
    expect(play.see({ type: 'replies', attemptId, elements: elements.slice(0, 1) })).toEqual([]);
    expect(
      typesOf(play.see({ type: 'replies', attemptId, elements: elements.toReversed() })).slice(0, 3),
    ).toEqual(['attempt.read', 'status working', 'attempt.answered']);
    expect(play.attempt('task')).toMatchObject({ seen: 3, reply: 'r2', outcome: 'completed' });
    expect(play.state.status.state).toBe('completed');
    expect(play.see({ type: 'replies', attemptId, elements })).toEqual([]);
  });

  it('that says failed is retried after 1, 2 and 4 s, then parked', () => {
    const play = started();
    for (const [retries, delay] of [1000, 2000, 4000].entries()) {
      expect(typesOf(play.reply('task', failed()))).toEqual(['attempt.answered', 'step.backoff']);
      expect(play.step('task')).toMatchObject({
        status: 'backoff',
        retries: retries + 1,
        retryAt: play.now + delay,
        code: 'AGENT_FAILED',
      });
      play.pass(delay - 1);
      expect(play.due('backoff:task')).toEqual([]);
      play.pass(1);
      expect(typesOf(play.due('backoff:task'))).toEqual(['attempt.recorded']);
      expect(play.asked.at(-1)?.avoid).toEqual(['worker']);
    }
    expect(typesOf(play.reply('task', failed('still')))).toEqual([
      'attempt.answered',
      'step.parked',
      'status working',
    ]);
    expect(play.step('task')).toMatchObject({
      status: 'parked',
      code: 'RETRIES_EXHAUSTED',
      reason: 'AGENT_FAILED: still (3 retries)',
    });
    expect(lastNotice(play)).toEqual({
      parked: true,
      code: 'RETRIES_EXHAUSTED',
      deadLetterId: `${play.state.record.runId}:task`,
    });
    expect(isIdleParked(play.state)).toBe(true);
    expect(feedEntryOf(play.state)).toMatchObject({ n: 2, state: 'working', parked: true });
    expect(deadLetterOf(play.state, play.step('task').id)).toMatchObject({
      kind: 'step',
      epoch: 0,
      code: 'RETRIES_EXHAUSTED',
      attempts: [
        { number: 1 },
        { number: 2 },
        { number: 3 },
        { number: 4, outcome: 'failed', error: 'still' },
      ],
    });
  });

  it('draws part of the delay by lot where jitter is on', () => {
    const play = started(single(), { limits: { jitter: 0.5 }, random: () => '8'.padEnd(32, '0') });
    play.reply('task', failed());
    expect(play.step('task').retryAt).toBe(play.now + 750);
  });

  it('that is garbage leaves the attempt open, and is what it is judged by at the deadline', () => {
    const play = started();
    expect(typesOf(play.reply('task', malformed()))).toEqual(['attempt.read']);
    expect(play.attempt('task')).toMatchObject({
      state: 'recorded',
      seen: 1,
      malformed: { reason: 'no JSON' },
    });
    revoke(play, 'claimed_or_lost');
    expect(play.step('task')).toMatchObject({ status: 'parked', code: 'AGENT_REPLY_MALFORMED' });
  });

  it('may be good after garbage', () => {
    const play = started();
    play.reply('task', malformed());
    play.reply('task', completed());
    expect(play.state.status.state).toBe('completed');
  });

  it('settles the send nobody confirmed, and comes too late for a confirmation', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    play.reply('task', failed());
    expect(play.see({ type: 'sent', attemptId, sentAt: 1 })).toEqual([]);
  });
});

describe('an ended run', () => {
  it('absorbs everything (W3), also what stands behind its end in the same batch', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    const reply = {
      type: 'replies',
      attemptId,
      elements: [{ index: 0, raw: 'r', outcome: completed() }],
    } as const;
    expect(typesOf(play.see(reply, reply, { type: 'closed', attemptId })).at(-1)).toBe('run.ended');
    const before = play.state;
    play.pass(1e9);
    play.tell(
      { type: 'start' },
      { type: 'cancel' },
      { type: 'message', messageId: 'm9', text: 'x' },
      { type: 'replay', stepId: 'task', epoch: 0 },
    );
    play.due('run-deadline');
    play.see({ type: 'sent', attemptId, sentAt: 1 }, { type: 'closed', attemptId });
    expect(play.state).toBe(before);
  });
});

it('frees slots for its own next choice', () => {
  const freed: string[] = [];
  const play = started(aPlan([aStep('a'), aStep('b', ['a'])]), { released: (agent) => freed.push(agent) });
  play.reply('a', completed());
  revoke(play, 'unclaimed', false, 'b');
  expect(freed).toEqual(['worker', 'worker']);
});

it('is rebuilt by its events (W1)', () => {
  const play = started(aPlan([aStep('a'), aStep('b', ['a'])]));
  play.reply('a', asks());
  play.tell({ type: 'message', messageId: 'm2', text: 'x' });
  exhaust(play, 'a');
  const plain = (state: RunState) => ({ ...state, steps: [...state.steps], artifacts: [...state.artifacts] });
  expect(plain(foldEvents(play.state.record, play.log))).toEqual(plain(play.state));
});

it.each([
  '',
  'nonsense',
  'deadline:task',
  'deadline:task:x:1',
  'hold:nobody',
  'hold:a:b',
  'send:task:0:1',
  'park:task:0',
  'end',
  'run-deadline:x',
])('makes nothing of the timer "%s"', (obligation) => {
  const play = started();
  play.pass(1e9);
  expect(play.due(obligation)).toEqual([]);
});
