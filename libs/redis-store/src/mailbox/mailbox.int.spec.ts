import { StepId } from '@bridge/contracts';
import { legacyTaskIdOf } from '@bridge/contracts';
import { LEGACY_MEMORY_S, removedCountKey } from '@bridge/redis-keys';
import { monitor, useRedis } from '@bridge/test-kit';
import type { Redis } from 'ioredis';
import type { SendRequest } from '../ports.ts';
import { createMailbox, type StoppableMailbox } from './create-mailbox.ts';
import { markerOf, message, queueOf, requestsOf } from './mailbox.fixture.ts';

// What a killed server must remember here is in its append-only file.
const server = useRedis({ appendOnly: 'always' });
let redis: Redis;
let mailbox: StoppableMailbox;
const { sendOf, revokeOf } = requestsOf(() => mailbox);

beforeEach(async () => {
  await server.flush();
  redis = server.client();
  mailbox = await mailboxOf(server.client());
});

async function mailboxOf(client: Redis): Promise<StoppableMailbox> {
  const created = await createMailbox({ redis: client });
  server.defer(() => {
    created.stop();
  });
  return created;
}

describe('send', () => {
  it('writes the exact bytes, then the correlation key as the old bridge did, and a marker that is forgotten in a day', async () => {
    const watched = await monitor(redis);
    server.defer(watched.stop);
    const request = sendOf();

    const result = await mailbox.send(request);

    expect(result).toEqual({ kind: 'sent', sentAt: expect.any(Number) as number });
    const correlation = `a2a_correlation:${legacyTaskIdOf(request.attemptId)}`;
    const commands = (await watched.commands())
      .filter(({ source }) => source === 'lua')
      .map(({ args }) => args);
    expect(commands.filter(([name]) => name === 'LPUSH' || name === 'SETEX')).toEqual([
      ['LPUSH', 'queue:debug-worker-1', message],
      ['SETEX', correlation, '30', '{"waiting": true, "from": "a2a_bridge"}'],
    ]);
    expect(await redis.lrange('queue:debug-worker-1', 0, -1)).toEqual([message]);
    expect(await redis.get(correlation)).toBe('{"waiting": true, "from": "a2a_bridge"}');
    expect(await redis.ttl(correlation)).toBe(30);
    expect(await redis.ttl('queue:debug-worker-1')).toBe(-1);
    expect(await redis.ttl(markerOf(request))).toBe(LEGACY_MEMORY_S);
    expect((await redis.keys('*')).sort()).toEqual(
      [markerOf(request), correlation, 'queue:debug-worker-1'].sort(),
    );
  });

  it("gives the legacy server's time", async () => {
    const result = await mailbox.send(sendOf());
    const [seconds] = await redis.time();
    if (result.kind !== 'sent') throw new Error(result.kind);
    expect(Math.abs(result.sentAt - Number(seconds) * 1000)).toBeLessThan(2_000);
    expect(Math.abs(result.sentAt - mailbox.server().now())).toBeLessThan(2_000);
  });

  it('pushes once, however often and however concurrently it is asked', async () => {
    const request = sendOf();
    const mailboxes = [await mailboxOf(server.client()), await mailboxOf(server.client())];

    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (mailboxes[i % 2] ?? mailbox).send(request)),
    );

    expect(await redis.llen(queueOf(request))).toBe(1);
    const sent = results.filter((result) => result.kind === 'sent');
    expect(sent).toHaveLength(1);
    for (const result of results.filter((each) => each.kind !== 'sent')) {
      expect(result).toEqual({
        kind: 'exists',
        attemptId: request.attemptId,
        agent: request.agent,
        sentAt: sent[0]?.sentAt,
      });
    }
  });

  it('names the forgotten attempt when our store was rolled back and decided anew', async () => {
    const first = sendOf({ agent: 'agent-a' });
    await mailbox.send(first);

    const result = await mailbox.send(sendOf({ agent: 'agent-b' }));

    expect(result).toMatchObject({ kind: 'exists', attemptId: first.attemptId, agent: 'agent-a' });
    expect(await redis.exists('queue:agent-b')).toBe(0);
  });

  it('sends another number, epoch or step under a marker of its own', async () => {
    const variants = [{}, { number: 2 }, { epoch: 1 }, { stepId: StepId.parse('step_2') }];
    const results = await Promise.all(variants.map((variant) => mailbox.send(sendOf(variant))));
    expect(results.map((result) => result.kind)).toEqual(['sent', 'sent', 'sent', 'sent']);
  });

  it('refuses behind the horizon and leaves nothing', async () => {
    const result = await mailbox.send(sendOf({ sendBefore: mailbox.server().now() - 1_000 }));
    expect(result).toEqual({ kind: 'refused' });
    expect(await redis.dbsize()).toBe(0);
  });

  it('leaves nothing either when the queue is no list', async () => {
    await redis.set('queue:debug-worker-1', 'x');
    await expect(mailbox.send(sendOf())).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await redis.keys('*')).toEqual(['queue:debug-worker-1']);
  });

  it('goes on after the server has forgotten its scripts', async () => {
    await redis.script('FLUSH');
    expect(await mailbox.send(sendOf())).toMatchObject({ kind: 'sent' });
  });
});

describe('revoke', () => {
  it('is unclaimed while the assignment is in the queue, and takes out that one alone', async () => {
    const request = sendOf();
    await mailbox.send(sendOf({ number: 7, message: `${message} ` }));
    await mailbox.send(request);

    expect(await mailbox.revoke(revokeOf(request))).toEqual({
      verdict: 'unclaimed',
      agentTookOtherWork: false,
    });
    expect(await redis.lrange(queueOf(request), 0, -1)).toEqual([`${message} `]);
  });

  it('is claimed_or_lost once the agent has popped it', async () => {
    const request = sendOf();
    await mailbox.send(request);
    await redis.rpop(queueOf(request));
    expect(await mailbox.revoke(revokeOf(request))).toEqual({
      verdict: 'claimed_or_lost',
      agentTookOtherWork: false,
    });
  });

  it('is claimed_or_lost when the whole queue was deleted: that proves nothing', async () => {
    const request = sendOf();
    await mailbox.send(request);
    await redis.del(queueOf(request), 'agent:debug-worker-1');
    expect((await mailbox.revoke(revokeOf(request))).verdict).toBe('claimed_or_lost');
  });

  it('gives the stored verdict again, whatever the queue holds by then', async () => {
    const request = sendOf();
    await mailbox.send(request);
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => mailbox.revoke(revokeOf(request))));
    await redis.lpush(queueOf(request), message);
    verdicts.push(await mailbox.revoke(revokeOf(request)));

    expect(new Set(verdicts.map((each) => each.verdict))).toEqual(new Set(['unclaimed']));
    expect(await redis.llen(queueOf(request))).toBe(1);
    expect(await redis.ttl(markerOf(request))).toBe(LEGACY_MEMORY_S);
  });

  it('never_sent binds a delayed send: it is refused', async () => {
    const request = sendOf();
    expect((await mailbox.revoke(revokeOf(request))).verdict).toBe('never_sent');
    expect(await mailbox.send(request)).toEqual({ kind: 'refused' });
    expect(await mailbox.send(sendOf())).toEqual({ kind: 'refused' });
    expect(await redis.exists(queueOf(request))).toBe(0);
    expect(await redis.ttl(markerOf(request))).toBe(LEGACY_MEMORY_S);
  });

  it('settles a race of send and revoke one way or the other, never both', async () => {
    for (let number = 1; number <= 40; number += 1) {
      const request = sendOf({ number });
      const early = number % 2 === 0 ? null : mailbox.revoke(revokeOf(request));
      const sending = mailbox.send(request);
      const [sent, revoked] = await Promise.all([sending, early ?? mailbox.revoke(revokeOf(request))]);
      expect([sent.kind, revoked.verdict]).toEqual(
        number % 2 === 0 ? ['sent', 'unclaimed'] : ['refused', 'never_sent'],
      );
      expect(await redis.llen(queueOf(request))).toBe(0);
    }
  });

  it('does not say never_sent behind the horizon: the marker may have been forgotten', async () => {
    const request = sendOf({ sendBefore: mailbox.server().now() - 1_000 });
    expect((await mailbox.revoke(revokeOf(request))).verdict).toBe('claimed_or_lost');
  });

  it('does not say never_sent or unclaimed for a server that is not the one the attempt was decided on', async () => {
    const absent = sendOf();
    const queued = sendOf({ number: 2 });
    await mailbox.send(queued);
    const elsewhere = { legacyRunId: `${'0'.repeat(40)}.${'0'.repeat(40)}` };

    expect((await mailbox.revoke(revokeOf(absent, elsewhere))).verdict).toBe('claimed_or_lost');
    expect((await mailbox.revoke(revokeOf(queued, elsewhere))).verdict).toBe('claimed_or_lost');
    // What is given up is still taken out, so that it does not run later.
    expect(await redis.llen(queueOf(queued))).toBe(0);
  });

  it('does not say never_sent for a number under which another attempt went out', async () => {
    await mailbox.send(sendOf({ message: `${message}other` }));
    expect((await mailbox.revoke(revokeOf(sendOf()))).verdict).toBe('claimed_or_lost');
  });

  it('has a verdict for a queue that is no list', async () => {
    await redis.set('queue:debug-worker-1', 'x');
    expect((await mailbox.revoke(revokeOf(sendOf()))).verdict).toBe('never_sent');
  });

  it('is careful where the script may not ask who the server is', async () => {
    await redis.acl('SETUSER', 'blind', 'on', '>pw', '~*', '&*', '+@all');
    const client = server.client({ username: 'blind', password: 'pw', enableReadyCheck: false });
    const blind = await mailboxOf(client);
    const request = sendOf();
    await blind.send(request);
    await redis.acl('SETUSER', 'blind', '-info');

    expect((await blind.revoke(revokeOf(request))).verdict).toBe('claimed_or_lost');
    await redis.acl('DELUSER', 'blind');
  });
});

describe('did the agent take other work?', () => {
  const queued = async (count: number): Promise<SendRequest[]> => {
    const requests = Array.from({ length: count }, (_, i) =>
      sendOf({ number: i + 1, message: `${message}${String(i)}` }),
    );
    for (const request of requests) await mailbox.send(request);
    return requests;
  };

  it('yes, if something ahead of ours was popped', async () => {
    const [, , third] = await queued(3);
    if (third === undefined) throw new Error('unreachable');
    await redis.rpop(queueOf(third));
    expect(await mailbox.revoke(revokeOf(third))).toEqual({ verdict: 'unclaimed', agentTookOtherWork: true });
  });

  it('no, if nobody popped, whatever came behind ours', async () => {
    const [first, second] = await queued(4);
    if (first === undefined || second === undefined) throw new Error('unreachable');
    expect(await mailbox.revoke(revokeOf(second))).toEqual({
      verdict: 'unclaimed',
      agentTookOtherWork: false,
    });
    expect(await mailbox.revoke(revokeOf(first))).toEqual({
      verdict: 'unclaimed',
      agentTookOtherWork: false,
    });
  });

  it('no, if only we took out what was ahead: a dead agent takes nothing', async () => {
    for (const request of await queued(5)) {
      expect(await mailbox.revoke(revokeOf(request))).toEqual({
        verdict: 'unclaimed',
        agentTookOtherWork: false,
      });
    }
    expect(await redis.ttl(removedCountKey('debug-worker-1'))).toBe(LEGACY_MEMORY_S);
  });

  it('yes, among our own revokes, if the agent took one as well', async () => {
    const [first, , third, fourth] = await queued(4);
    if (first === undefined || third === undefined || fourth === undefined) throw new Error('unreachable');
    await mailbox.revoke(revokeOf(first));
    await redis.rpop(queueOf(third));
    expect(await mailbox.revoke(revokeOf(fourth))).toEqual({
      verdict: 'unclaimed',
      agentTookOtherWork: true,
    });
    expect(await mailbox.revoke(revokeOf(fourth))).toEqual({
      verdict: 'unclaimed',
      agentTookOtherWork: true,
    });
  });
});
