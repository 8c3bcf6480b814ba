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
import { BridgeError } from '@bridge/error-policy';
import type { RedisClient } from '../client/create-redis.ts';
import { LUA } from './lua-sources.ts';
import { defineScript, runScript } from './run-script.ts';

const script = defineScript('remove', LUA.remove);

export interface RemoveArgs {
  readonly runId: RunId;
  /** The version at which the run was seen to have ended; null = there was no run. */
  readonly version: number | null;
  readonly agendaMembers: readonly string[];
  readonly attempts: readonly string[];
}

/** false: it changed since, or its inbox holds input; nothing was deleted. */
export async function remove(redis: RedisClient, args: RemoveArgs): Promise<boolean> {
  const { runId } = args;
  const partition = partitionOf(runId);
  const keys = [
    acceptanceKey(runId),
    inboxKey(runId),
    inputIdsKey(runId),
    runKeyOf(runId),
    outputsKey(runId),
    eventsKey(runId),
    readyKey(partition),
    agendaKey(partition),
    openKey(partition),
    parkedKey(partition),
  ];
  const reply = await runScript(redis, script, keys, [
    runId,
    args.version ?? '',
    args.agendaMembers.length,
    ...args.agendaMembers,
    ...args.attempts,
  ]);
  if (reply !== 0 && reply !== 1)
    throw new BridgeError('INTERNAL', 'script remove answered in an unexpected shape');
  return reply === 1;
}
