/** Law L4 with the real `decide`: what the store gives back is what the events fold to, and what the agenda holds. */
import { useRedis } from '@bridge/test-kit';
import { partitionOf } from '@bridge/contracts';
import { agendaKey } from '@bridge/redis-keys';
import {
  allObligations,
  changedObligations,
  foldEvents,
  initialState,
  openAttemptsChanged,
  taskOf,
  type RunState,
} from '@bridge/workflow-core';
import { aPlan, aStep, createPlay, outcomes, type Play } from '@bridge/workflow-core/testing';
import type { RunStore } from '../ports.ts';
import { createRunStore } from './create-run-store.ts';

const server = useRedis();

/** Whatever kind of map the state is made of. */
function plain(state: RunState) {
  return { ...state, steps: [...state.steps], artifacts: [...state.artifacts] };
}

/** Appends what happened in the play since `stored`. */
async function follow(store: RunStore, play: Play, stored: RunState, logged: number): Promise<RunState> {
  const next = play.state;
  const { set, remove } = changedObligations(stored, next);
  const { add: openAdd, remove: openRemove } = openAttemptsChanged(stored, next);
  const drained = await store.drain(stored.record.runId, stored);
  const cursor = drained.kind === 'drained' ? drained.entries.at(-1)?.entryId : undefined;
  const result = await store.append({
    previous: stored,
    next,
    events: play.log.slice(logged),
    agendaSet: set,
    agendaRemove: remove,
    openAdd,
    openRemove,
    ...(cursor === undefined ? {} : { cursor }),
  });
  if (result.kind !== 'appended') throw new Error('conflict');
  return result.state;
}

it('after every append the stored run is the fold of the stored events, and the agenda its obligations', async () => {
  const redis = server.client();
  const store = createRunStore({ redis, initialState });
  const play = createPlay(aPlan([aStep('a'), aStep('b'), aStep('c', ['a', 'b'])]));
  const { record } = play.state;
  const { runId } = record;
  const sent = (step: string) => {
    const { attemptId } = play.attempt(step);
    return play.see({ type: 'sent', attemptId, sentAt: play.now });
  };
  const script: (() => unknown)[] = [
    () => play.tell({ type: 'start' }),
    () => sent('a'),
    () => play.reply('a', outcomes.progress(0.5, 'half')),
    () => play.reply('b', outcomes.failed()),
    () => {
      play.pass(5_000);
      play.due('backoff:b');
    },
    () => play.reply('a', outcomes.completed({ parts: [], none: null })),
    () => play.reply('b', outcomes.asks()),
    () => play.tell({ type: 'message', messageId: 'm2', text: 'this one' }),
    () => play.reply('b', outcomes.completed()),
    () => play.reply('c', outcomes.completed('all done')),
  ];
  await store.accept(record);
  let stored = play.state;
  let logged = 0;
  for (const act of script) {
    act();
    stored = await follow(store, play, stored, logged);
    logged = play.log.length;
    const fresh = await store.drain(runId);
    if (fresh.kind !== 'drained') throw new Error('gone');
    const { version, cursor } = stored;
    expect(plain(fresh.state)).toEqual(plain(stored));
    const folded = foldEvents(record, await store.events(runId));
    expect(plain({ ...folded, version, cursor })).toEqual(plain(fresh.state));
    const members = await redis.zrange(agendaKey(partitionOf(runId)), 0, '-1');
    expect(members.sort()).toEqual(
      allObligations(stored)
        .map(({ id }) => `${runId}|${id}`)
        .sort(),
    );
    expect((await store.task(runId))?.task).toEqual(taskOf(stored));
  }
  expect(stored.head.phase).toBe('ended');
  expect((await store.visibleEvents(runId, 0)).map(({ n }) => n)).toEqual(
    Array.from({ length: stored.head.place.n }, (_, at) => at + 1),
  );
  expect(await store.openAttempts(partitionOf(runId))).toEqual([]);
  expect(await store.remove(runId)).toBe(true);
  expect(await redis.keys('*')).toEqual([]);
});
