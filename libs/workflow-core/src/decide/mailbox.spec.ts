import { outcomes } from '../testing/builders.ts';
import { LEGACY_AHEAD_MS } from '../testing/play.ts';
import { revoke, single, started, timeOut, typesOf } from '../testing/scenes.ts';

const { completed, progress } = outcomes;

describe('the deadline', () => {
  it('counts from the push, measured on the legacy clock', () => {
    const play = started();
    play.pass(10_000);
    const { attemptId } = play.attempt('task');
    const sentAt = play.now + LEGACY_AHEAD_MS - 4000;
    expect(typesOf(play.see({ type: 'sent', attemptId, sentAt }))).toEqual(['attempt.sent']);
    expect(play.attempt('task')).toMatchObject({ state: 'sent', sentAt, deadlineAt: play.now + 26_000 });
    expect(play.see({ type: 'sent', attemptId, sentAt: sentAt + 1 })).toEqual([]);
    play.pass(25_999);
    expect(play.due('deadline:task:0:1')).toEqual([]);
    play.pass(1);
    expect(typesOf(play.due('deadline:task:0:1'))).toEqual(['attempt.revoking']);
    expect(play.due('deadline:task:0:1')).toEqual([]);
  });

  it.each(['never_sent', 'unclaimed'] as const)('and %s is a timeout: retried, then parked', (verdict) => {
    const play = started(single(), { limits: { backoffMs: [1000] } });
    expect(typesOf(revoke(play, verdict))).toEqual(['attempt.revoked', 'step.backoff']);
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
    expect(typesOf(revoke(play, 'claimed_or_lost', true))).toEqual([
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
    expect(typesOf(revoke(play, 'unclaimed', true))).toEqual(['attempt.revoked', 'step.held']);
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
    expect(typesOf(play.see({ type: 'closed', attemptId }))).toEqual(['attempt.closed']);
    expect(play.see({ type: 'closed', attemptId })).toEqual([]);
    expect(play.see({ type: 'closed', attemptId: play.attempt('task').attemptId })).toEqual([]);
  });
});

describe('a verdict', () => {
  it('nobody asked for is absorbed', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    expect(play.see({ type: 'revoked', attemptId, verdict: 'unclaimed', agentTookOtherWork: false })).toEqual(
      [],
    );
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
    expect(typesOf(play.see(adopted))).toEqual(['attempt.adopted']);
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

  it('reads the list of what it adopted from its beginning', () => {
    const play = started();
    play.reply('task', progress(0.1), progress(0.2));
    const { attemptId } = play.attempt('task');
    const found = attemptId.replace(/.$/, 'f') as typeof attemptId;
    play.see({ type: 'adopted', attemptId, found, agent: 'other', sentAt: play.now });
    play.see({ type: 'replies', attemptId: found, elements: [{ index: 0, raw: 'r', outcome: completed() }] });
    expect(play.state.status.state).toBe('completed');
  });

  it('is told of the push while it is asked back, and goes on asking', () => {
    const play = started();
    const attemptId = timeOut(play);
    expect(typesOf(play.see({ type: 'sent', attemptId, sentAt: play.now }))).toEqual(['attempt.sent']);
    expect(play.attempt('task')).toMatchObject({ state: 'revoking', sentAt: play.now });
    play.see({ type: 'revoked', attemptId, verdict: 'unclaimed', agentTookOtherWork: false });
    expect(play.step('task').status).toBe('backoff');
  });

  it('takes an adoption of itself as a confirmation', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    expect(
      typesOf(play.see({ type: 'adopted', attemptId, found: attemptId, agent: 'worker', sentAt: play.now })),
    ).toEqual(['attempt.sent']);
  });

  it('asks back what it refused to send: it may have been sent long ago', () => {
    const play = started();
    const { attemptId } = play.attempt('task');
    expect(typesOf(play.see({ type: 'send-refused', attemptId }))).toEqual(['attempt.revoking']);
    expect(play.see({ type: 'send-refused', attemptId })).toEqual([]);
    expect(play.attempt('task')).toMatchObject({ state: 'revoking', revokeReason: 'send-refused' });
    play.see({ type: 'revoked', attemptId, verdict: 'claimed_or_lost', agentTookOtherWork: false });
    expect(play.step('task').code).toBe('OUTCOME_UNKNOWN');
  });
});
