/** The numbers of the README: how many commands a client sends for each operation. */
import { monitor, useRedis } from '@bridge/test-kit';
import { partitionOf } from '@bridge/contracts';
import { createFeed } from '../feeds/create-feed.ts';
import { createEngineBeats } from '../partitions/create-engine-beats.ts';
import { createOwnerIndex } from './create-owner-index.ts';
import { createBench } from './run-store.fixture.ts';
import { OWNER, cancelCommand, ended, recordOf, requestOf } from './synthetic-run.fixture.ts';

const server = useRedis();

it('every operation is one command, but remove', async () => {
  const redis = server.client();
  const { store, accepted, appended } = createBench(redis);
  const { runId, state, entries } = await accepted();
  const cursor = entries[0]?.entryId ?? '';
  const record = recordOf();
  const partition = partitionOf(runId);
  const index = createOwnerIndex({ redis });
  const feed = createFeed({ redis });
  const beats = createEngineBeats({ redis, engineId: 'e' });
  const hint = { runId, n: 1, state: 'working' as const, parked: false };
  const operations: Record<string, () => Promise<unknown>> = {
    accept: () => store.accept(record),
    put: () => store.put(runId, cancelCommand('c')),
    drain: () => store.drain(runId),
    append: () => store.append(requestOf(state, state, { cursor })),
    task: () => store.task(runId),
    visibleEvents: () => store.visibleEvents(runId, 0),
    events: () => store.events(runId),
    sweep: () => store.sweep(partition, { staleMs: 0, limit: 1 }),
    openAttempts: () => store.openAttempts(partition),
    reschedule: () => store.reschedule(partition, [{ runId, obligation: 'x', due: 1 }]),
    add: () => index.add(OWNER, runId, 1),
    publish: () => feed.publish([hint, { ...hint, n: 2 }]),
    beat: () => beats.beat(),
    leave: () => beats.leave(),
    remove: () => store.remove(runId),
  };
  // Once before, so that the server knows the scripts.
  const other = await accepted();
  await store.put(other.runId, cancelCommand('c'));
  const all = await store.drain(other.runId);
  const last = all.kind === 'drained' ? (all.entries.at(-1)?.entryId ?? '') : '';
  await appended(other.state, ended(other.state), { cursor: last });
  await Promise.all([store.task(other.runId), store.sweep(0, { staleMs: 0, limit: 1 }), beats.beat()]);
  await store.remove(other.runId);

  const watch = await monitor(redis);
  const counted: Record<string, number> = {};
  for (const [name, operate] of Object.entries(operations)) {
    if (name === 'remove') await endIt();
    await watch.clear();
    await operate();
    const commands = await watch.commands();
    counted[name] = commands.filter(({ source }) => source === 'client').length;
  }
  await watch.stop();
  const one = Object.fromEntries(Object.keys(operations).map((name) => [name, 1]));
  expect(counted).toEqual({ ...one, remove: 2 });

  async function endIt(): Promise<void> {
    const drained = await store.drain(runId);
    if (drained.kind !== 'drained') throw new Error('gone');
    await appended(drained.state, ended(drained.state), { cursor: drained.entries.at(-1)?.entryId ?? '' });
  }
});
