/** Shared by the integration tests of the run store: a real store and a look behind it. */
import { partitionOf, type RunId } from '@bridge/contracts';
import {
  acceptanceKey,
  agendaKey,
  eventsKey,
  inboxKey,
  inputIdsKey,
  openKey,
  outputsKey,
  parkedKey,
  readyKey,
  runKeyOf,
} from '@bridge/redis-keys';
import type { RunState } from '@bridge/workflow-core';
import type { Redis } from 'ioredis';
import type { AppendRequest } from '../ports.ts';
import { createRunStore } from './create-run-store.ts';
import { recordOf, requestOf, startingState } from './synthetic-run.fixture.ts';

/** The six keys of a run, then the four indexes of its partition. */
export function keysOf(runId: RunId): string[] {
  const partition = partitionOf(runId);
  return [
    ...[acceptanceKey, inboxKey, inputIdsKey, runKeyOf, outputsKey, eventsKey].map((key) => key(runId)),
    ...[readyKey, agendaKey, openKey, parkedKey].map((key) => key(partition)),
  ];
}

export function createBench(redis: Redis) {
  const store = createRunStore({ redis, initialState: startingState });
  return {
    store,

    /** Accepted, and what a drainer with nothing in its cache gets. */
    accepted: async (options: Parameters<typeof recordOf>[0] = {}) => {
      const record = recordOf(options);
      await store.accept(record);
      const drained = await store.drain(record.runId);
      if (drained.kind !== 'drained') throw new Error('not accepted');
      return { record, runId: record.runId, ...drained };
    },

    appended: async (
      previous: RunState,
      next: RunState,
      more: Partial<AppendRequest> = {},
    ): Promise<RunState> => {
      const result = await store.append(requestOf(previous, next, more));
      if (result.kind !== 'appended') throw new Error('conflict');
      return result.state;
    },

    /** Everything the run's keys hold. */
    dump: (runId: RunId): Promise<readonly (Buffer | null)[]> =>
      Promise.all(keysOf(runId).map((key) => redis.dumpBuffer(key))),
  };
}
