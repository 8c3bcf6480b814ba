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
import type { RedisClient } from '../client/create-redis.ts';
import { LUA } from './lua-sources.ts';
import { readReply } from './read-reply.ts';
import { defineScript, runScript } from './run-script.ts';

const script = defineScript('append', LUA.append);

export interface AppendArgs {
  readonly runId: RunId;
  readonly expectedVersion: number;
  /** The first inbox id to keep; null = trim nothing. */
  readonly keepInboxFrom: string | null;
  readonly parked: boolean | null;
  /** Flat lists: id, json */
  readonly events: readonly string[];
  /** field, value */
  readonly runFields: readonly string[];
  readonly outputs: readonly string[];
  /** due, member */
  readonly agendaSet: readonly (string | number)[];
  /** members */
  readonly agendaRemove: readonly string[];
  readonly openAdd: readonly string[];
  readonly openRemove: readonly string[];
}

/** `null`: conflict. */
export async function append(
  redis: RedisClient,
  args: AppendArgs,
): Promise<{ readonly now: number; readonly more: boolean } | null> {
  const { runId } = args;
  const partition = partitionOf(runId);
  const keys = [
    acceptanceKey(runId),
    runKeyOf(runId),
    outputsKey(runId),
    eventsKey(runId),
    inboxKey(runId),
    readyKey(partition),
    agendaKey(partition),
    openKey(partition),
    parkedKey(partition),
  ];
  const groups = [
    args.events,
    args.runFields,
    args.outputs,
    args.agendaSet,
    args.agendaRemove,
    args.openAdd,
    args.openRemove,
  ];
  const parked = args.parked === null ? '' : args.parked ? '1' : '0';
  const reply = readReply(
    script,
    await runScript(redis, script, keys, [
      runId,
      args.expectedVersion,
      args.keepInboxFrom ?? '',
      parked,
      ...groups.map((group) => group.length),
      ...groups.flat(),
    ]),
  );
  return reply.number(0) === 0 ? null : { now: reply.number(1), more: reply.number(2) === 1 };
}
