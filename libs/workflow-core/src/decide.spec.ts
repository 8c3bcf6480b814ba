import type { RunEvent, VisibleEvent } from '@bridge/contracts';
import { foldEvents } from './evolve.ts';
import { taskOf, deadLetterOf, feedEntryOf, isIdleParked } from './summary.ts';
import { aPlan, aStep, busy, chosen, never, outcomes, aCandidate } from './testing/builders.ts';
import { createPlay, LEGACY_AHEAD_MS, type Play } from './testing/play.ts';

const { completed, failed, asks, progress, malformed } = outcomes;
const types = (events: readonly RunEvent[]): string[] =>
  events.map((event) => (event.type === 'status' ? `status ${event.state}` : event.type));
const lastStatus = (play: Play) => {
  const events = play.log.flatMap(({ event }) => (event.type === 'status' ? [event] : []));
  return events.at(-1);
};
const oursOf = (event: Extract<VisibleEvent, { type: 'status' }> | undefined) =>
  event?.metadata?.['a2a-bridge'];

const single = (over: Parameters<typeof aStep>[2] = {}) => aPlan([aStep('task', [], over)]);
const started = (plan = single(), options: Parameters<typeof createPlay>[1] = {}) => {
  const play = createPlay(plan, options);
  play.tell({ type: 'start' });
  return play;
};
const timeOut = (play: Play, id = 'task') => {
  const attempt = play.attempt(id);
  play.pass(Math.max(0, attempt.deadlineAt - play.now));
  play.due(`deadline:${id}:${String(attempt.epoch)}:${String(attempt.number)}`);
  return play.attempt(id).attemptId;
};
type Verdict = 'never_sent' | 'unclaimed' | 'claimed_or_lost';
const revoke = (play: Play, verdict: Verdict, agentTookOtherWork = false, id = 'task') =>
  play.see({ type: 'revoked', attemptId: timeOut(play, id), verdict, agentTookOtherWork });
const exhaust = (play: Play, id = 'task') => {
  for (const delay of [1000, 2000, 4000]) {
    play.reply(id, failed());
    play.pass(delay);
    play.due(`backoff:${id}`);
  }
  play.reply(id, failed());
};

afterEach(() => {
  expect.hasAssertions();
});

describe('start', () => {
  it('dispatches every step without parents in the same decision', () => {
    const play = createPlay(aPlan([aStep('a'), aStep('b'), aStep('c', ['a', 'b'])]));
    expect(types(play.tell({ type: 'start' }))).toEqual([
      'run.started',
      'status working',
      'attempt.recorded',
      'attempt.recorded',
    ]);
    expect(oursOf(lastStatus(play))).toEqual({
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
    expect(types(play.tell({ type: 'start' }))).toEqual([
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
    expect(oursOf(lastStatus(play))).toMatchObject({ code: 'CAPABILITY_UNAVAILABLE' });
    expect(play.assignments).toEqual([]);
  });
});

describe('a reply', () => {
  it('that completes the only step completes the run, the status last', () => {
    const play = started();
    expect(types(play.reply('task', completed('42')))).toEqual([
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
    expect(types(play.reply('a', completed()))).toEqual([
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
    expect(types(play.see({ type: 'replies', attemptId, elements: elements.slice(0, 1) }))).toEqual([
      'attempt.read',
      'status working',
    ]);
    expect(oursOf(lastStatus(play))).toEqual({ stepId: 'task', progress: 0.5 });
    expect(lastStatus(play)?.message).toMatchObject({ role: 'agent', parts: [{ text: 'half' }] });
    expect(play.see({ type: 'replies', attemptId, elements: elements.slice(0, 1) })).toEqual([]);
    expect(
      types(play.see({ type: 'replies', attemptId, elements: elements.toReversed() })).slice(0, 3),
    ).toEqual(['attempt.read', 'status working', 'attempt.answered']);
    expect(play.attempt('task')).toMatchObject({ seen: 3, reply: 'r2', outcome: 'completed' });
    expect(play.state.status.state).toBe('completed');
    expect(play.see({ type: 'replies', attemptId, elements })).toEqual([]);
  });

  it('that says failed is retried after 1, 2 and 4 s, then parked', () => {
    const play = started();
    for (const [retries, delay] of [1000, 2000, 4000].entries()) {
      expect(types(play.reply('task', failed()))).toEqual(['attempt.answered', 'step.backoff']);
      expect(play.step('task')).toMatchObject({
        status: 'backoff',
        retries: retries + 1,
        retryAt: play.now + delay,
        code: 'AGENT_FAILED',
      });
      play.pass(delay - 1);
      expect(play.due('backoff:task')).toEqual([]);
      play.pass(1);
      expect(types(play.due('backoff:task'))).toEqual(['attempt.recorded']);
      expect(play.asked.at(-1)?.avoid).toEqual(['worker']);
    }
    expect(types(play.reply('task', failed('still')))).toEqual([
      'attempt.answered',
      'step.parked',
      'status working',
    ]);
    expect(play.step('task')).toMatchObject({
      status: 'parked',
      code: 'RETRIES_EXHAUSTED',
      reason: 'AGENT_FAILED: still (3 retries)',
    });
    expect(oursOf(lastStatus(play))).toEqual({
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
    expect(types(play.reply('task', malformed()))).toEqual(['attempt.read']);
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

describe('a question', () => {
  it('waits for the caller and goes on with the same agent and the turns before', () => {
    const play = started();
    expect(types(play.reply('task', asks('which?')))).toEqual([
      'attempt.answered',
      'step.awaiting',
      'status input-required',
    ]);
    expect(play.state.status).toMatchObject({
      state: 'input-required',
      message: { role: 'agent', parts: [{ text: 'which?' }] },
    });
    expect(types(play.tell({ type: 'message', messageId: 'message-2', text: 'the red one' }))).toEqual([
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
    expect(types(play.reply('b', progress(0.1)))).toEqual(['attempt.read']);
    revoke(play, 'claimed_or_lost', false, 'b');
    expect(lastStatus(play)).toMatchObject({
      state: 'input-required',
      message: { parts: [{ text: 'which?' }] },
    });
    expect(oursOf(lastStatus(play))).toMatchObject({ stepId: 'a', parked: true, code: 'OUTCOME_UNKNOWN' });
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
    expect(types(play.tell({ type: 'message', messageId: 'm2', text: 'hurry' }))).toEqual([
      'message.received',
    ]);
    play.reply('task', asks());
    expect(play.tell({ type: 'message', messageId: 'm2', text: 'hurry' })).toEqual([]);
    expect(play.tell({ type: 'message', messageId: 'message-1', text: 'hello' })).toEqual([]);
    expect(play.step('task').status).toBe('awaiting');
  });
});

describe('the deadline', () => {
  it('counts from the push, measured on the legacy clock', () => {
    const play = started();
    play.pass(10_000);
    const { attemptId } = play.attempt('task');
    const sentAt = play.now + LEGACY_AHEAD_MS - 4000;
    expect(types(play.see({ type: 'sent', attemptId, sentAt }))).toEqual(['attempt.sent']);
    expect(play.attempt('task')).toMatchObject({ state: 'sent', sentAt, deadlineAt: play.now + 26_000 });
    expect(play.see({ type: 'sent', attemptId, sentAt: sentAt + 1 })).toEqual([]);
    play.pass(25_999);
    expect(play.due('deadline:task:0:1')).toEqual([]);
    play.pass(1);
    expect(types(play.due('deadline:task:0:1'))).toEqual(['attempt.revoking']);
    expect(play.due('deadline:task:0:1')).toEqual([]);
  });

  it.each(['never_sent', 'unclaimed'] as const)('and %s is a timeout: retried, then parked', (verdict) => {
    const play = started(single(), { limits: { backoffMs: [1000] } });
    expect(types(revoke(play, verdict))).toEqual(['attempt.revoked', 'step.backoff']);
    expect(play.step('task')).toMatchObject({ code: 'AGENT_TIMEOUT', retries: 1 });
    play.pass(1000);
    play.due('backoff:task');
    expect(play.attempt('task').number).toBe(2);
    revoke(play, verdict);
    expect(play.step('task')).toMatchObject({
      status: 'parked',
      code: 'RETRIES_EXHAUSTED',
      reason: expect.stringContaining('AGENT_TIMEOUT') as unknown,
    });
  });

  it('and claimed_or_lost parks at once: it may have run (W6)', () => {
    const play = started();
    expect(types(revoke(play, 'claimed_or_lost', true))).toEqual([
      'attempt.revoked',
      'step.parked',
      'status working',
    ]);
    expect(play.step('task')).toMatchObject({ status: 'parked', code: 'OUTCOME_UNKNOWN' });
    expect(play.due('backoff:task')).toEqual([]);
  });

  it('and claimed_or_lost is retried where it may run twice', () => {
    const play = started(single({ idempotent: true }));
    revoke(play, 'claimed_or_lost');
    expect(play.step('task')).toMatchObject({ status: 'backoff', code: 'AGENT_TIMEOUT' });
  });

  it('at an agent that took other work first is waiting: no retry is used, until the queue-wait deadline', () => {
    const play = started(single(), { limits: { queueWaitMs: 65_000 } });
    const since = play.now;
    expect(types(revoke(play, 'unclaimed', true))).toEqual(['attempt.revoked', 'step.held']);
    expect(play.step('task')).toMatchObject({
      status: 'held',
      retries: 0,
      retryAt: play.now + 1000,
      queueWaitUntil: since + 65_000,
    });
    play.pass(1000);
    play.due('hold:task');
    expect(play.asked.at(-1)?.avoid).toEqual(['worker']);
    revoke(play, 'unclaimed', true);
    expect(play.step('task')).toMatchObject({ status: 'held', queueWaitUntil: since + 65_000 });
    play.pass(1000);
    play.due('hold:task');
    revoke(play, 'unclaimed', true);
    expect(play.step('task')).toMatchObject({ status: 'parked', code: 'QUEUE_WAIT_EXCEEDED', retries: 0 });
  });

  it('is forgotten when a reply comes while the assignment is asked back', () => {
    const play = started();
    const attemptId = timeOut(play);
    play.reply('task', completed());
    expect(play.state.status.state).toBe('completed');
    expect(
      play.see({ type: 'revoked', attemptId, verdict: 'claimed_or_lost', agentTookOtherWork: false }),
    ).toEqual([]);
  });

  it('is final once the verdict is in: a late reply changes nothing (W3)', () => {
    const play = started();
    const attemptId = timeOut(play);
    play.see({ type: 'revoked', attemptId, verdict: 'claimed_or_lost', agentTookOtherWork: false });
    const late = {
      type: 'replies',
      attemptId,
      elements: [{ index: 0, raw: 'r', outcome: completed() }],
    } as const;
    expect(play.see(late)).toEqual([]);
    play.tell({ type: 'replay', stepId: 'task', epoch: 0 });
    expect(play.see(late)).toEqual([]);
    expect(types(play.see({ type: 'closed', attemptId }))).toEqual(['attempt.closed']);
    expect(play.see({ type: 'closed', attemptId })).toEqual([]);
  });
});

describe('the mailbox', () => {
  it('adopts what was sent before a rollback', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    const found = attemptId.replace(/.$/, 'f') as typeof attemptId;
    const adopted = {
      type: 'adopted',
      attemptId,
      found,
      agent: 'other',
      sentAt: play.now + LEGACY_AHEAD_MS,
    } as const;
    expect(types(play.see(adopted))).toEqual(['attempt.adopted']);
    expect(play.attempt('task')).toMatchObject({
      attemptId: found,
      agent: 'other',
      state: 'sent',
      number: 1,
    });
    expect(play.see(adopted)).toEqual([]);
    expect(
      play.see({ type: 'replies', attemptId, elements: [{ index: 0, raw: 'r', outcome: completed() }] }),
    ).toEqual([]);
    play.reply('task', completed());
    expect(play.state.status.state).toBe('completed');
  });

  it('takes an adoption of itself as a confirmation', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    expect(
      types(play.see({ type: 'adopted', attemptId, found: attemptId, agent: 'worker', sentAt: play.now })),
    ).toEqual(['attempt.sent']);
  });

  it('asks back what it refused to send: it may have been sent long ago', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    expect(types(play.see({ type: 'send-refused', attemptId }))).toEqual(['attempt.revoking']);
    expect(play.see({ type: 'send-refused', attemptId })).toEqual([]);
    expect(play.attempt('task')).toMatchObject({ state: 'revoking', revokeReason: 'send-refused' });
    play.see({ type: 'revoked', attemptId, verdict: 'claimed_or_lost', agentTookOtherWork: false });
    expect(play.step('task').code).toBe('OUTCOME_UNKNOWN');
  });
});

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
    expect(types(play.see({ type: 'nudge' }))).toEqual(['attempt.recorded']);
    expect(play.step('b').status).toBe('running');
    expect(play.step('a').status).toBe('held');
  });

  it('waits on when the agent it waits for is not registered any more: it may come back', () => {
    const play = started(single({ agent: 'w' }), { choose: () => busy });
    play.choosing(never);
    play.pass(1000);
    expect(types(play.due('hold:task'))).toEqual(['step.held']);
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
    expect(oursOf(lastStatus(play))).toMatchObject({
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
    expect(types(play.see({ type: 'dead-lettered', stepId, epoch: 0 }))).toEqual(['step.dead-lettered']);
    expect(play.see({ type: 'dead-lettered', stepId, epoch: 0 })).toEqual([]);
  });

  it('is replayed once per epoch, with all its retries', () => {
    const play = started();
    exhaust(play);
    const wish = { type: 'replay', stepId: 'task', epoch: 0 } as const;
    expect(types(play.tell(wish, wish))).toEqual(['step.replayed', 'status working', 'attempt.recorded']);
    expect(oursOf(lastStatus(play))).toBeUndefined();
    expect(play.state.metadata).not.toHaveProperty('parked');
    expect(play.attempt('task')).toMatchObject({ epoch: 1, number: 1 });
    exhaust(play);
    expect(play.step('task')).toMatchObject({ status: 'parked', epoch: 1, retries: 3 });
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
    expect(oursOf(lastStatus(play))).toMatchObject({
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

describe('cancel', () => {
  it('ends at once what no agent has', () => {
    const play = started(single(), { choose: () => busy });
    expect(types(play.tell({ type: 'cancel' }))).toEqual([
      'run.canceling',
      'step.canceled',
      'status canceled',
      'run.ended',
    ]);
  });

  it('asks back what an agent has, and starts nothing more (W10)', () => {
    const play = started(aPlan([aStep('a'), aStep('b'), aStep('c', ['a'])]));
    expect(types(play.tell({ type: 'cancel' }))).toEqual([
      'run.canceling',
      'attempt.revoking',
      'attempt.revoking',
      'step.canceled',
    ]);
    expect(play.tell({ type: 'cancel' })).toEqual([]);
    expect(types(play.reply('a', completed()))).toEqual(['attempt.answered', 'artifact', 'step.completed']);
    const { attemptId } = play.attempt('b');
    expect(
      types(play.see({ type: 'revoked', attemptId, verdict: 'unclaimed', agentTookOtherWork: false })),
    ).toEqual(['attempt.revoked', 'step.canceled', 'status canceled', 'run.ended']);
    expect(oursOf(lastStatus(play))).toMatchObject({ steps: { completed: ['a'], canceled: ['b', 'c'] } });
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
    expect(types(play.tell({ type: 'message', messageId: 'm2', text: 'x' }))).toEqual(['message.received']);
  });
});

describe('the run deadline', () => {
  it('calls everything off and ends the run failed', () => {
    const play = started(aPlan([aStep('a'), aStep('b'), aStep('c', ['b'])]));
    play.reply('a', completed());
    play.pass(86_399_999);
    expect(play.due('run-deadline')).toEqual([]);
    play.pass(1);
    expect(types(play.due('run-deadline'))).toEqual(['run.canceling', 'attempt.revoking', 'step.canceled']);
    play.see({
      type: 'revoked',
      attemptId: play.attempt('b').attemptId,
      verdict: 'claimed_or_lost',
      agentTookOtherWork: false,
    });
    expect(play.state.status.state).toBe('failed');
    expect(oursOf(lastStatus(play))).toMatchObject({
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

describe('an ended run', () => {
  it('absorbs everything (W3), also what stands behind its end in the same batch', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    const reply = {
      type: 'replies',
      attemptId,
      elements: [{ index: 0, raw: 'r', outcome: completed() }],
    } as const;
    play.see(reply, reply, { type: 'nudge' }, { type: 'closed', attemptId });
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
  expect(foldEvents(play.state.record, play.log)).toEqual(play.state);
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
