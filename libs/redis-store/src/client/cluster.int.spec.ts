/** One node that owns all slots: Redis refuses every call whose keys are not in one slot, which is what is tested here. */
import { eventually, useRedis } from '@bridge/test-kit';
import { partitionOf, type FeedEntry } from '@bridge/contracts';
import {
  FEEDS,
  acceptanceKey,
  agendaKey,
  eventsKey,
  feedKey,
  inboxKey,
  inputIdsKey,
  openKey,
  outputsKey,
  parkedKey,
  readyKey,
  runKeyOf,
} from '@bridge/redis-keys';
import { loadDeployment } from '../deployment/load-deployment.ts';
import { createFeedTail } from '../feeds/create-feed-tail.ts';
import { createFeed } from '../feeds/create-feed.ts';
import { createEngineBeats } from '../partitions/create-engine-beats.ts';
import { createOwnerIndex } from '../runs/create-owner-index.ts';
import { createRunStore } from '../runs/create-run-store.ts';
import {
  OWNER,
  attemptOf,
  cancelCommand,
  ended,
  recordOf,
  requestOf,
  startingState,
  withArtifact,
  withAttempt,
  withEvents,
} from '../runs/synthetic-run.fixture.ts';
import { assertNoEviction } from './assert-no-eviction.ts';
import { closeRedis } from './close-redis.ts';
import { createRedis, type RedisClient, type RedisRole } from './create-redis.ts';

const server = useRedis({
  // A node that met no other does not know its own address, and clients cannot follow an empty one.
  extraArgs: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
});
const errors: Error[] = [];
let redis: RedisClient;

function connect(role: RedisRole): RedisClient {
  const client = createRedis({
    url: `redis://127.0.0.1:${String(server.port())},`,
    name: 'test',
    role,
    onError: (error) => errors.push(error),
  });
  server.defer(() => closeRedis(client, 0));
  return client;
}

beforeAll(async () => {
  const node = server.client();
  await node.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
  await eventually(async () => (await node.cluster('INFO')).includes('cluster_state:ok'));
  redis = connect('service');
});

afterAll(() => {
  expect(errors).toEqual([]);
});

it('all keys of a run and of its partition are in one slot, the feeds in four', async () => {
  const { runId } = recordOf();
  const partition = partitionOf(runId);
  const slotsOf = async (keys: readonly string[]): Promise<number> =>
    new Set(await Promise.all(keys.map((key) => redis.cluster('KEYSLOT', key)))).size;
  const run = [acceptanceKey, inboxKey, inputIdsKey, runKeyOf, outputsKey, eventsKey].map((key) =>
    key(runId),
  );
  const indexes = [readyKey, agendaKey, openKey, parkedKey].map((key) => key(partition));
  expect(await slotsOf([...run, ...indexes])).toBe(1);
  expect(await slotsOf(Array.from({ length: FEEDS }, (_, feed) => feedKey(feed)))).toBe(FEEDS);
});

it('a run lives and dies', async () => {
  const store = createRunStore({ redis, initialState: startingState });
  const record = recordOf();
  const { runId } = record;
  const index = createOwnerIndex({ redis });
  await index.add(OWNER, runId, 1);
  expect((await store.accept(record)).kind).toBe('put');
  expect((await store.put(runId, cancelCommand('c'))).kind).toBe('put');
  const drained = await store.drain(runId);
  if (drained.kind !== 'drained') throw new Error('gone');
  const attempt = attemptOf(runId, 1);
  const { state, events } = withEvents(
    ended(withArtifact(withAttempt(drained.state, 0, attempt), 'a', 'x')),
    [{ type: 'status', at: 1, state: 'completed' }],
  );
  const cursor = drained.entries.at(-1)?.entryId ?? '';
  const agendaSet = [{ id: 'end', due: 1 }];
  const request = requestOf(drained.state, state, {
    events,
    cursor,
    agendaSet,
    openAdd: [attempt.attemptId],
    parked: true,
  });
  expect(await store.append(request)).toMatchObject({ kind: 'appended', more: false });
  expect((await store.task(runId))?.task.number).toBe(1);
  expect(await store.events(runId)).toEqual(events);
  expect((await store.sweep(partitionOf(runId), { staleMs: 0, limit: 10 })).due).toHaveLength(1);
  expect(await store.remove(runId)).toBe(true);
  await index.remove(OWNER, runId);
  expect(await server.client().dbsize()).toBe(0);
});

it('the rest works, too', async () => {
  await assertNoEviction(redis);
  expect(await loadDeployment(redis)).toEqual(await loadDeployment(redis));
  const beats = createEngineBeats({ redis, engineId: 'e1' });
  expect((await beats.beat()).live).toEqual(['e1']);
  await beats.leave();
});

it('feeds are followed, each on a connection of its own', async () => {
  const seen: FeedEntry[] = [];
  const gaps: string[] = [];
  const tail = createFeedTail({
    redis: connect('blocking'),
    onEntries: (entries) => seen.push(...entries),
    onGap: (reason) => gaps.push(reason),
  });
  await tail.start();
  server.defer(() => tail.stop());
  const hints = Array.from({ length: 40 }, () => ({
    runId: recordOf().runId,
    n: 1,
    state: 'working' as const,
    parked: false,
  }));
  await createFeed({ redis }).publish(hints);
  await eventually(() => seen.length === hints.length);
  expect(new Set(seen.map(({ runId }) => runId))).toEqual(new Set(hints.map(({ runId }) => runId)));
  expect(gaps).toEqual([]);
});
