import { useRedis } from '@bridge/test-kit';
import { partitionOf } from '@bridge/contracts';
import { acceptanceKey, agendaKey } from '@bridge/redis-keys';
import type { Redis } from 'ioredis';
import { createBench, keysOf } from './run-store.fixture.ts';
import {
  OWNER,
  attemptOf,
  cancelCommand,
  ended,
  recordOf,
  withArtifact,
  withAttempt,
  withEvents,
} from './synthetic-run.fixture.ts';

const server = useRedis();
let redis: Redis;
let store: ReturnType<typeof createBench>['store'];
let accepted: ReturnType<typeof createBench>['accepted'];
let appended: ReturnType<typeof createBench>['appended'];
let dump: ReturnType<typeof createBench>['dump'];

beforeAll(() => {
  redis = server.client({ enableAutoPipelining: true });
  ({ store, accepted, appended, dump } = createBench(redis));
});

describe('task', () => {
  it('is null for no run', async () => {
    expect(await store.task(recordOf().runId)).toBeNull();
  });

  it('is submitted before there is a run', async () => {
    const { record } = await accepted();
    expect(await store.task(record.runId)).toEqual({
      owner: OWNER,
      task: {
        taskId: record.runId,
        contextId: 'context-1',
        status: { state: 'submitted', at: record.acceptedAt },
        artifacts: [],
        history: [record.message],
        number: 0,
      },
    });
  });

  it('shows artifacts, messages, metadata and the number of the last visible event', async () => {
    const { record, runId, state } = await accepted();
    const second = { messageId: 'm2', role: 'user' as const, parts: [{ text: 'more' }] };
    const { state: next, events } = withEvents(
      {
        ...withArtifact(withArtifact(state, 'b', '1'), 'a', '2'),
        messages: [second],
        metadata: { parked: true },
      },
      [
        { type: 'status', at: 1, state: 'working' },
        { type: 'status', at: 2, state: 'working' },
        { type: 'message.received', at: 3, message: second },
      ],
    );
    await appended(state, { ...next, status: { state: 'working', at: 2 } }, { events });
    const shown = await store.task(runId);
    expect(shown?.task).toEqual({
      taskId: runId,
      contextId: 'context-1',
      status: { state: 'working', at: 2 },
      artifacts: [...next.artifacts.values()],
      history: [record.message, second],
      metadata: { 'a2a-bridge': { parked: true } },
      number: 2,
    });
    expect(await store.visibleEvents(runId, 0)).toEqual([
      { n: 1, event: events[0]?.event },
      { n: 2, event: events[1]?.event },
    ]);
    expect(await store.visibleEvents(runId, 1)).toEqual([{ n: 2, event: events[1]?.event }]);
    expect(await store.visibleEvents(runId, 2)).toEqual([]);
  });
});

describe('sweep', () => {
  it('says what is due, what nobody drained, and when to come back', async () => {
    await server.flush();
    const { runId, state, now } = await accepted();
    const partition = partitionOf(runId);
    const later = now + 3_600_000;
    await appended(state, state, {
      agendaSet: [
        { id: 'run-deadline', due: later },
        { id: 'send:a:0:1', due: 20 },
        { id: 'deadline:a|b', due: 10 },
      ],
    });
    expect(await store.sweep(partition, { staleMs: 3_600_000, limit: 10 })).toEqual({
      now: expect.any(Number),
      due: [
        { runId, obligation: 'deadline:a|b', due: 10 },
        { runId, obligation: 'send:a:0:1', due: 20 },
      ],
      stale: [],
      nextDue: later,
    });
    const limited = await store.sweep(partition, { staleMs: 0, limit: 1 });
    expect([limited.due.length, limited.stale]).toEqual([1, [runId]]);
    expect(await store.sweep(partition === 0 ? 1 : 0, { staleMs: 0, limit: 1 })).toMatchObject({
      due: [],
      stale: [],
      nextDue: null,
    });
  });

  it('reschedules members that are there and no others', async () => {
    const { runId, state } = await accepted();
    const partition = partitionOf(runId);
    await appended(state, state, { agendaSet: [{ id: 'here', due: 10 }] });
    await store.reschedule(partition, [
      { runId, obligation: 'here', due: 99 },
      ...Array.from({ length: 1_500 }, (_, at) => ({ runId, obligation: `gone-${String(at)}`, due: 99 })),
    ]);
    expect(await redis.zscore(agendaKey(partition), `${runId}|here`)).toBe('99');
    expect(await redis.zscore(agendaKey(partition), `${runId}|gone-1`)).toBeNull();
    await store.reschedule(partition, []);
  });
});

describe('remove', () => {
  async function finished() {
    const { runId, state, entries } = await accepted();
    const attempt = attemptOf(runId, 1);
    const { state: next, events } = withEvents(withArtifact(withAttempt(state, 0, attempt), 'a', 'x'), [
      { type: 'status', at: 1, state: 'completed' },
    ]);
    await store.put(runId, cancelCommand('c'));
    const one = await appended(state, next, {
      cursor: entries[0]?.entryId ?? '',
      events,
      openAdd: [attempt.attemptId],
      agendaSet: [{ id: 'end', due: 1 }],
      parked: true,
    });
    return { runId, one };
  }

  it('not before the end, not with undrained input; then nothing is left', async () => {
    await server.flush();
    const { runId, one } = await finished();
    expect(await store.remove(runId)).toBe(false);
    const two = await appended(one, ended(one));
    const before = await dump(runId);
    expect(await store.remove(runId)).toBe(false);
    expect(await dump(runId)).toEqual(before);
    const drained = await store.drain(runId, two);
    await appended(two, two, {
      cursor: drained.kind === 'drained' ? (drained.entries.at(-1)?.entryId ?? '') : '',
      agendaSet: [{ id: 'odd', due: 1 }],
    });
    expect(await redis.exists(...keysOf(runId).slice(0, 6))).toBe(6);
    expect(await store.remove(runId, ['odd'])).toBe(true);
    expect(await redis.keys('*')).toEqual([]);
    expect(await store.remove(runId)).toBe(true);
  });

  it('not an accepted run that has not started', async () => {
    const { runId } = await accepted();
    expect(await store.remove(runId)).toBe(false);
    expect(await redis.exists(acceptanceKey(runId))).toBe(1);
  });
});
