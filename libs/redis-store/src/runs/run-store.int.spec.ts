import { monitor, useRedis } from '@bridge/test-kit';
import { partitionOf, type RunId } from '@bridge/contracts';
import {
  acceptanceKey,
  agendaKey,
  eventsKey,
  inboxKey,
  openKey,
  outputsKey,
  parkedKey,
  readyKey,
  runKeyOf,
} from '@bridge/redis-keys';
import type { Redis } from 'ioredis';
import { createBench, keysOf } from './run-store.fixture.ts';
import {
  attemptOf,
  cancelCommand,
  recordOf,
  requestOf,
  startingState,
  stepId,
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

describe('accept', () => {
  it('100 at once of one task are one start', async () => {
    const record = recordOf();
    const results = await Promise.all(Array.from({ length: 100 }, () => store.accept(record)));
    expect(results.filter(({ kind }) => kind === 'put')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'duplicate')).toHaveLength(99);
    expect(await redis.xlen(inboxKey(record.runId))).toBe(1);
    expect(await redis.zscore(readyKey(partitionOf(record.runId)), record.runId)).toMatch(/^\d{13}$/);
  });

  it('another body under the same id conflicts and changes nothing', async () => {
    const record = recordOf();
    await store.accept(record);
    const before = await redis.hgetall(acceptanceKey(record.runId));
    expect(await store.accept({ ...record, bodyHash: 'other' })).toEqual({ kind: 'conflict' });
    expect(await redis.hgetall(acceptanceKey(record.runId))).toEqual(before);
    expect(await redis.xlen(inboxKey(record.runId))).toBe(1);
  });

  it('says the time of Redis', async () => {
    const [seconds] = await redis.time();
    expect(await store.accept(recordOf())).toEqual({
      kind: 'put',
      now: expect.closeTo(Number(seconds) * 1000, -5),
    });
  });

  it('keeps ready since the first input', async () => {
    const { runId } = await accepted();
    await redis.zadd(readyKey(partitionOf(runId)), 5, runId);
    await store.put(runId, cancelCommand('c'));
    expect(await redis.zscore(readyKey(partitionOf(runId)), runId)).toBe('5');
  });
});

describe('put', () => {
  it('refuses a run that was never accepted', async () => {
    const { runId } = recordOf();
    expect(await store.put(runId, cancelCommand('a'))).toEqual({ kind: 'unknown-run' });
    expect(await redis.exists(...keysOf(runId).slice(0, 6))).toBe(0);
  });

  it('takes an input id once', async () => {
    const { runId } = await accepted();
    expect((await store.put(runId, cancelCommand('a'))).kind).toBe('put');
    expect(await store.put(runId, cancelCommand('a'))).toEqual({ kind: 'duplicate' });
    expect((await store.put(runId, cancelCommand('b'))).kind).toBe('put');
    expect(await redis.xlen(inboxKey(runId))).toBe(3);
  });

  it('does not put starts', async () => {
    const { runId, entries } = await accepted();
    const start = entries[0]?.command;
    if (start?.type !== 'start') throw new Error('no start');
    await expect(store.put(runId, start)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('drain', () => {
  it('unknown run', async () => {
    const record = recordOf();
    expect(await store.drain(record.runId)).toEqual({ kind: 'unknown-run' });
    expect(await store.drain(record.runId, startingState(record))).toEqual({ kind: 'unknown-run' });
  });

  it('before the first append: the starting state and the start', async () => {
    const { record, state, entries } = await accepted();
    expect(state).toEqual(startingState(record));
    expect(entries.map(({ command, newer }) => [command?.type, newer])).toEqual([['start', false]]);
  });

  it('gives the cached state back while its version holds, and what is stored when not', async () => {
    const { runId, state } = await accepted({ steps: 3 });
    const one = await appended(state, withAttempt(state, 0, attemptOf(runId, 1)));
    const two = await appended(one, withArtifact(one, 'x', 'done'));
    const same = await store.drain(runId, two);
    expect(same.kind === 'drained' && same.state).toBe(two);
    const old = await store.drain(runId, one);
    expect(old.kind === 'drained' && old.state).toEqual(two);
  });

  it('takes 200 entries, in order, and goes on behind the cursor', async () => {
    const { runId, state } = await accepted();
    await Promise.all(Array.from({ length: 250 }, (_, at) => store.put(runId, cancelCommand(String(at)))));
    const first = await store.drain(runId, state);
    if (first.kind !== 'drained') throw new Error('gone');
    expect(first.entries).toHaveLength(200);
    const result = await store.append(
      requestOf(state, state, { cursor: first.entries.at(-1)?.entryId ?? '' }),
    );
    if (result.kind !== 'appended') throw new Error('conflict');
    expect(result.more).toBe(true);
    const second = await store.drain(runId, result.state);
    if (second.kind !== 'drained') throw new Error('gone');
    expect(second.entries).toHaveLength(51);
    const seen = [...first.entries, ...second.entries].map(({ command }) => command?.inputId);
    expect(seen).toEqual(['start', ...Array.from({ length: 250 }, (_, at) => String(at))]);
  });

  it('takes about 1 MiB, and one entry whatever its size', async () => {
    const { runId, state } = await accepted();
    const big = (inputId: string, size: number) =>
      store.put(runId, { ...cancelCommand(inputId), type: 'cancel', requestedBy: 'x'.repeat(size) });
    for (const id of ['a', 'b', 'c']) await big(id, 500_000);
    await big('huge', 2_000_000);
    const first = await store.drain(runId, state);
    if (first.kind !== 'drained') throw new Error('gone');
    expect(first.entries.map(({ command }) => command?.inputId)).toEqual(['start', 'a', 'b']);
    const after = await appended(state, state, { cursor: first.entries.at(-1)?.entryId ?? '' });
    const second = await store.drain(runId, after);
    const third =
      second.kind === 'drained'
        ? await store.drain(
            runId,
            await appended(after, after, { cursor: second.entries.at(-1)?.entryId ?? '' }),
          )
        : second;
    expect(second.kind === 'drained' && second.entries.map(({ command }) => command?.inputId)).toEqual(['c']);
    expect(third.kind === 'drained' && third.entries.map(({ command }) => command?.inputId)).toEqual([
      'huge',
    ]);
  });

  it('hands on what cannot be read, and stops at what a newer version wrote', async () => {
    const { runId, state } = await accepted();
    const raws = [
      '{not json',
      '{"type":"unheard-of"}',
      '{"schemaVersion":2,"type":"start"}',
      '{"schemaVersion":1}',
    ];
    for (const raw of raws) await redis.xadd(inboxKey(runId), '*', 'c', raw);
    const drained = await store.drain(runId, state);
    expect(
      drained.kind === 'drained' &&
        drained.entries.map(({ command, raw, newer }) => [command === null, newer, raw]),
    ).toEqual([
      [false, false, expect.stringContaining('start')],
      [true, false, raws[0]],
      [true, false, raws[1]],
      [true, true, raws[2]],
    ]);
  });

  it('does not misread a record or a run of a newer version', async () => {
    const { record, runId, state } = await accepted();
    await appended(state, state);
    await redis.hset(runKeyOf(runId), 'sv', '2');
    await expect(store.drain(runId)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
    await expect(store.task(runId)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
    await expect(store.remove(runId)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
    await redis.hset(acceptanceKey(runId), 'record', JSON.stringify({ ...record, schemaVersion: 2 }));
    await expect(store.drain(runId)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
  });
});

describe('append', () => {
  it('settles everything in one call', async () => {
    const { runId, state, entries } = await accepted({ steps: 2 });
    const partition = partitionOf(runId);
    const attempt = attemptOf(runId, 1);
    const { state: next, events } = withEvents(withAttempt(state, 0, attempt), [
      { type: 'run.started', at: 1, deadlineAt: 2 },
      { type: 'status', at: 1, state: 'working' },
      { type: 'attempt.recorded', stepId: stepId(0), attempt },
    ]);
    const result = await store.append(
      requestOf(state, next, {
        cursor: entries[0]?.entryId ?? '',
        events,
        agendaSet: [
          { id: 'run-deadline', due: 50 },
          { id: 'send:step-0:0:1', due: 40 },
        ],
        openAdd: [attempt.attemptId],
        parked: true,
      }),
    );
    if (result.kind !== 'appended') throw new Error('conflict');
    expect(result).toMatchObject({ more: false, state: { version: 1, cursor: entries[0]?.entryId } });
    const fresh = await store.drain(runId);
    expect(fresh.kind === 'drained' && fresh.state).toEqual(result.state);
    expect(await store.events(runId)).toEqual(events);
    expect(await redis.xrange(eventsKey(runId), '-', '+').then((all) => all.map(([id]) => id))).toEqual([
      '0-1',
      '1-0',
      '1-1',
    ]);
    expect(await redis.xlen(inboxKey(runId))).toBe(0);
    expect(await redis.zscore(readyKey(partition), runId)).toBeNull();
    expect(await redis.zscore(agendaKey(partition), `${runId}|send:step-0:0:1`)).toBe('40');
    expect(await store.openAttempts(partition)).toContain(attempt.attemptId);
    expect(await redis.zscore(parkedKey(partition), runId)).not.toBeNull();

    await appended(result.state, result.state, {
      agendaRemove: ['send:step-0:0:1'],
      openRemove: [attempt.attemptId],
      parked: false,
    });
    expect(await redis.zscore(agendaKey(partition), `${runId}|send:step-0:0:1`)).toBeNull();
    expect(await redis.zscore(agendaKey(partition), `${runId}|run-deadline`)).toBe('50');
    expect(await store.openAttempts(partition)).not.toContain(attempt.attemptId);
    expect(await redis.zscore(parkedKey(partition), runId)).toBeNull();
  });

  it('applied twice is a conflict that changes nothing', async () => {
    const { runId, state } = await accepted();
    const { state: next, events } = withEvents(state, [{ type: 'status', at: 1, state: 'working' }]);
    const request = requestOf(state, next, { events, agendaSet: [{ id: 'run-deadline', due: 1 }] });
    expect((await store.append(request)).kind).toBe('appended');
    const before = await dump(runId);
    expect(await store.append(request)).toEqual({ kind: 'conflict' });
    expect(await dump(runId)).toEqual(before);
  });

  it('of two deciders at one version one wins', async () => {
    const { runId, state } = await accepted();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        store.append(requestOf(state, withArtifact(state, String(at), 'x'))),
      ),
    );
    expect(results.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
    expect(await redis.hlen(outputsKey(runId))).toBe(1);
  });

  it('does not raise a removed run from the dead', async () => {
    const { runId, state } = await accepted();
    await redis.unlink(...keysOf(runId).slice(0, 6));
    expect(await store.append(requestOf(state, state))).toEqual({ kind: 'conflict' });
    expect(await redis.exists(...keysOf(runId).slice(0, 6))).toBe(0);
  });

  it('half of an append is never there: an event that does not fit leaves all as it was', async () => {
    const { runId, state } = await accepted();
    await redis.xadd(eventsKey(runId), '7-0', 'e', '{}');
    const before = await dump(runId);
    const { state: next, events } = withEvents(state, [{ type: 'status', at: 1, state: 'working' }]);
    await expect(
      store.append(requestOf(state, next, { events, agendaSet: [{ id: 'x', due: 1 }] })),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await dump(runId)).toEqual(before);
  });

  it('refuses a hole between event numbers', async () => {
    const { state } = await accepted();
    const event = { type: 'status', at: 1, state: 'working' } as const;
    for (const place of [
      { n: 2, k: 0 },
      { n: 1, k: 1 },
      { n: 0, k: 2 },
      { n: 0, k: 0 },
    ]) {
      await expect(
        store.append(requestOf(state, state, { events: [{ place, event }] })),
      ).rejects.toMatchObject({
        code: 'INTERNAL',
      });
    }
  });

  it('leaves input that came meanwhile, and the run ready', async () => {
    const { runId, state, entries } = await accepted();
    await store.put(runId, cancelCommand('late'));
    const result = await store.append(requestOf(state, state, { cursor: entries[0]?.entryId ?? '' }));
    expect(result).toMatchObject({ kind: 'appended', more: true });
    expect(await redis.zscore(readyKey(partitionOf(runId)), runId)).not.toBeNull();
    const next = await store.drain(runId);
    expect(next.kind === 'drained' && next.entries.map(({ command }) => command?.inputId)).toEqual(['late']);
  });

  it('an append for observations alone neither trims nor takes the run out of ready', async () => {
    const { runId, state } = await accepted();
    expect(await store.append(requestOf(state, state))).toMatchObject({ kind: 'appended', more: true });
    expect(await redis.xlen(inboxKey(runId))).toBe(1);
    expect(await redis.zscore(readyKey(partitionOf(runId)), runId)).not.toBeNull();
  });

  it('at 1,000 steps writes what changed, and reads nothing back', async () => {
    const { runId, state } = await accepted({ steps: 1_000 });
    const attempts = Array.from({ length: 1_000 }, (_, at) => attemptOf(runId, at + 1));
    const fanOut = attempts.reduce((next, attempt, at) => withAttempt(next, at, attempt), state);
    const { state: all, events } = withEvents(
      fanOut,
      attempts.map((attempt, at) => ({ type: 'attempt.recorded', stepId: stepId(at), attempt })),
    );
    const one = await appended(state, all, {
      events,
      agendaSet: attempts.flatMap(({ number }) => [
        { id: `send:${String(number)}`, due: number },
        { id: `deadline:${String(number)}`, due: number },
      ]),
      openAdd: attempts.map(({ attemptId }) => attemptId),
    });
    expect(await redis.hlen(runKeyOf(runId))).toBe(7 + 1_000);
    expect(await redis.zcard(openKey(partitionOf(runId)))).toBeGreaterThanOrEqual(1_000);

    const watched = await fieldsWritten(runId, async () => {
      const reply = withArtifact(withAttempt(one, 7, attemptOf(runId, 2)), 'a', 'done');
      await appended(one, reply);
    });
    expect(watched).toEqual(['c', 'head', 's:step-7', 'sv', 'v']);
    const fresh = await store.drain(runId);
    expect(fresh.kind === 'drained' && fresh.state.steps.get(stepId(7))?.attempts).toHaveLength(2);
    expect(fresh.kind === 'drained' && [...fresh.state.steps.keys()]).toEqual([...state.steps.keys()]);
  });

  it('keeps artifacts in the order they came, however many and whatever their ids', async () => {
    const { runId, state } = await accepted();
    let current = await appended(state, state);
    const ids = Array.from({ length: 300 }, (_, at) => `z${String((at * 7_919) % 1_000)}`);
    for (const id of ids) current = await appended(current, withArtifact(current, id, id));
    current = await appended(current, withArtifact(current, ids[5] ?? '', 'rewritten'));
    const fresh = await store.drain(runId);
    expect(fresh.kind === 'drained' && [...fresh.state.artifacts.keys()]).toEqual(ids);
    expect(fresh.kind === 'drained' && fresh.state).toEqual(current);
  });
});

describe('scripts', () => {
  it('survive a server that forgot them', async () => {
    const record = recordOf();
    await redis.script('FLUSH');
    const results = await Promise.all(Array.from({ length: 10 }, () => store.accept(record)));
    expect(results.filter(({ kind }) => kind === 'put')).toHaveLength(1);
  });
});

/** Names of the fields of the run's hash that are written while `work` goes on. */
async function fieldsWritten(runId: RunId, work: () => Promise<void>): Promise<readonly string[]> {
  const watch = await monitor(redis);
  await work();
  const commands = await watch.commands();
  await watch.stop();
  return commands
    .filter(({ args, source }) => source === 'lua' && args[0] === 'HSET' && args[1] === runKeyOf(runId))
    .flatMap(({ args }) => args.slice(2).filter((_, at) => at % 2 === 0))
    .sort();
}
