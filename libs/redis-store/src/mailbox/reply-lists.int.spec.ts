import { legacyTaskIdOf } from '@bridge/contracts';
import { LEGACY_MEMORY_S, correlationKey, replyListKey } from '@bridge/redis-keys';
import { eventually, useRedis } from '@bridge/test-kit';
import type { Redis } from 'ioredis';
import { createMailbox, type StoppableMailbox } from './create-mailbox.ts';
import { attempt, queueOf, requestsOf } from './mailbox.fixture.ts';
import { TOMBSTONE } from './tombstone.ts';

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

describe('peek, close and answered', () => {
  const garbage = [
    '',
    '{}',
    'null',
    '[]',
    'not json',
    '{"type": "task_result", "payload": {"n": 12345678901234567890, "e": []}}',
    'é😀\u0000\r\n',
  ];

  it('passes on any element untouched, oldest first, from where it is asked', async () => {
    const attemptId = attempt();
    for (const element of garbage) await redis.lpush(replyListKey(attemptId), element);

    for (let from = 0; from <= garbage.length + 1; from += 1) {
      expect(await mailbox.peek(attemptId, from)).toEqual(garbage.slice(from));
    }
    expect(await redis.llen(replyListKey(attemptId))).toBe(garbage.length);
  });

  it('keeps an answered list as evidence for a day; a duplicate inherits the TTL and does not renew it', async () => {
    const request = sendOf();
    await mailbox.send(request);
    const list = replyListKey(request.attemptId);
    await redis.lpush(list, 'a', 'b');

    expect(await mailbox.close(request.attemptId)).toBe(2);
    expect(await redis.exists(correlationKey(legacyTaskIdOf(request.attemptId)))).toBe(0);
    expect(await redis.ttl(list)).toBe(LEGACY_MEMORY_S);

    await redis.expire(list, 100);
    await redis.lpush(list, 'c');
    expect(await mailbox.close(request.attemptId)).toBe(3);
    expect(await redis.ttl(list)).toBe(100);
    expect(await mailbox.peek(request.attemptId, 0)).toEqual(['a', 'b', 'c']);
  });

  it('gives an empty list a tombstone that no reader sees', async () => {
    const attemptId = attempt();
    const list = replyListKey(attemptId);
    expect(await mailbox.close(attemptId)).toBe(0);
    expect(await mailbox.close(attemptId)).toBe(0);
    expect(await redis.lrange(list, 0, -1)).toEqual([TOMBSTONE]);
    expect(await mailbox.peek(attemptId, 0)).toEqual([]);
    expect(await mailbox.answered([attemptId])).toEqual([]);

    await redis.lpush(list, 'late');
    await redis.lpush(list, 'later');
    expect(await redis.ttl(list)).toBe(LEGACY_MEMORY_S);
    expect(await mailbox.peek(attemptId, 0)).toEqual(['late', 'later']);
    expect(await mailbox.peek(attemptId, 1)).toEqual(['later']);
    expect(await mailbox.peek(attemptId, 2)).toEqual([]);
    expect(await mailbox.peek(attemptId, 3)).toEqual([]);
    expect(await mailbox.close(attemptId)).toBe(2);
    expect(await mailbox.answered([attemptId])).toEqual([attemptId]);
  });

  it('says which of very many lists are answered', async () => {
    const all = Array.from({ length: 1_703 }, () => attempt());
    const answered = all.filter((_, i) => i % 7 === 0);
    await Promise.all(answered.map((attemptId) => redis.lpush(replyListKey(attemptId), 'r')));
    await Promise.all(all.slice(1, 6).map((attemptId) => mailbox.close(attemptId)));

    expect(await mailbox.answered(all)).toEqual(answered);
    expect(await mailbox.answered([])).toEqual([]);
    const counts = await mailbox.replyCounts(all);
    expect(counts.slice(0, 8)).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
  });
});

describe('server', () => {
  it('follows a restart, after which nothing of before is certain', async () => {
    const before = mailbox.server().runId;
    const queued = sendOf();
    const absent = sendOf({ number: 2 });
    await mailbox.send(queued);

    await server.server().restart();
    await eventually(() => mailbox.server().runId !== before, { what: 'the new incarnation' });

    expect(await redis.llen(queueOf(queued))).toBe(1);
    expect((await mailbox.revoke({ ...queued, legacyRunId: before })).verdict).toBe('claimed_or_lost');
    expect((await mailbox.revoke({ ...absent, legacyRunId: before })).verdict).toBe('claimed_or_lost');
    const decidedSince = sendOf({ number: 3 });
    expect((await mailbox.revoke(revokeOf(decidedSince))).verdict).toBe('never_sent');
  });

  it('is another one when the primary went elsewhere and came back, without any restart', async () => {
    const before = mailbox.server().runId;
    await redis.replicaof('localhost', 1);
    await redis.replicaof('NO', 'ONE');
    const request = sendOf();
    expect((await mailbox.revoke({ ...request, legacyRunId: before })).verdict).toBe('claimed_or_lost');
  });
});
