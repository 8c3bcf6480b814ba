import {
  isVisible,
  AttemptId,
  type AcceptanceRecord,
  type RunId,
  type VisibleEvent,
} from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { agendaKey, eventsKey, openKey, runKeyOf } from '@bridge/redis-keys';
import type { RunState, StepState } from '@bridge/workflow-core';
import { redisCall } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';
import type { AppendRequest, AppendResult, DrainResult, DueMember, PutResult, RunStore } from '../ports.ts';
import { accept } from '../scripts/accept.ts';
import { append } from '../scripts/append.ts';
import { drain } from '../scripts/drain.ts';
import { put } from '../scripts/put.ts';
import { readStream } from '../scripts/read-stream.ts';
import { remove } from '../scripts/remove.ts';
import { sweep } from '../scripts/sweep.ts';
import { task } from '../scripts/task.ts';
import { agendaMember, parseAgendaMember } from './agenda-member.ts';
import { decodeEvent, encodeEvents, idAfter, placeOf, streamIdOf } from './event-ids.ts';
import { decodeEntries, startCommand } from './inbox-codec.ts';
import {
  changedFields,
  checkRunSchema,
  decodeRecord,
  decodeRun,
  decodePart,
  toPairs,
  versionFields,
} from './run-codec.ts';
import { toTask } from './task-view.ts';

/** ZADD and friends take this many members a call, as the scripts do. */
const CHUNK = 1_000;

export interface RunStoreDeps {
  readonly redis: RedisClient;
  /** The run before anything happened, from `@bridge/workflow-core`. */
  readonly initialState: (record: AcceptanceRecord) => RunState;
}

function toPutResult(reply: { readonly kind: PutResult['kind']; readonly now: number }): PutResult {
  return reply.kind === 'put' ? { kind: 'put', now: reply.now } : { kind: reply.kind };
}

function toDue(flat: readonly string[]): DueMember[] {
  const due: DueMember[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    due.push({ ...parseAgendaMember(flat[at] ?? ''), due: Number(flat[at + 1]) });
  }
  return due;
}

/** Attempts of a stored run, from its step fields. */
function attemptsOf(fields: ReadonlyMap<string, string>): readonly AttemptId[] {
  return [...fields]
    .filter(([name]) => name.startsWith('s:'))
    .flatMap(([, json]) => (JSON.parse(json) as StepState).attempts.map(({ attemptId }) => attemptId));
}

/**
 * The run store over our Redis; every method but `remove` is one command.
 *
 * A caller that keeps states must drop them when its connection was lost: after a failover two different states can
 * have had the same version.
 */
export function createRunStore(deps: RunStoreDeps): RunStore {
  const { redis, initialState } = deps;

  async function drainRun(runId: RunId, cached?: RunState): Promise<DrainResult> {
    const reply = await drain(redis, runId, cached?.version ?? null);
    if (reply === null) return { kind: 'unknown-run' };
    const record = cached?.record ?? decodeRecord(reply.record ?? 'null');
    const entries = decodeEntries(reply.entries);
    const { stored } = reply;
    if (stored === null && cached !== undefined)
      return { kind: 'drained', now: reply.now, state: cached, entries };
    const state =
      stored === null || stored.run.length === 0
        ? initialState(record)
        : decodeRun(record, stored.run, stored.outputs);
    return { kind: 'drained', now: reply.now, state, entries };
  }

  async function appendDecision(request: AppendRequest): Promise<AppendResult> {
    const { previous, next } = request;
    const { runId } = previous.record;
    const version = previous.version + 1;
    const cursor = request.cursor ?? previous.cursor;
    const changed = changedFields(previous, next);
    const reply = await append(redis, {
      runId,
      expectedVersion: previous.version,
      keepInboxFrom: request.cursor === undefined ? null : idAfter(request.cursor),
      parked: request.parked ?? null,
      events: encodeEvents(previous.head.place, request.events),
      runFields: [...versionFields(version, cursor), ...changed.run],
      outputs: changed.outputs,
      agendaSet: request.agendaSet.flatMap(({ id, due }) => [due, agendaMember(runId, id)]),
      agendaRemove: request.agendaRemove.map((id) => agendaMember(runId, id)),
      openAdd: request.openAdd,
      openRemove: request.openRemove,
    });
    if (reply === null) return { kind: 'conflict' };
    return { kind: 'appended', state: { ...next, version, cursor }, more: reply.more, now: reply.now };
  }

  async function removeRun(runId: RunId, leftovers: readonly string[] = []): Promise<boolean> {
    const fields = toPairs(Object.entries(await redisCall(redis.hgetall(runKeyOf(runId)))).flat());
    const agendaMembers = ['end', ...leftovers].map((id) => agendaMember(runId, id));
    if (fields.size === 0) return remove(redis, { runId, version: null, agendaMembers, attempts: [] });
    checkRunSchema(fields.get('sv'));
    if (decodePart.head(fields.get('head') ?? 'null').phase !== 'ended') return false;
    return remove(redis, {
      runId,
      version: Number(fields.get('v')),
      agendaMembers,
      attempts: attemptsOf(fields),
    });
  }

  return {
    async accept(record) {
      const start = JSON.stringify(startCommand(record));
      const { runId, bodyHash } = record;
      return toPutResult(await accept(redis, { runId, bodyHash, record: JSON.stringify(record), start }));
    },

    async put(runId, command) {
      if (command.type === 'start') throw new BridgeError('INTERNAL', 'a start is put by accept alone');
      return toPutResult(
        await put(redis, { runId, inputId: command.inputId, command: JSON.stringify(command) }),
      );
    },

    drain: drainRun,
    append: appendDecision,

    async task(runId) {
      const reply = await task(redis, runId);
      return reply === null ? null : toTask(reply);
    },

    async visibleEvents(runId, after) {
      const from = streamIdOf({ n: after + 1, k: 0 });
      const entries = readStream(await redisCall(redis.xrange(eventsKey(runId), from, '+')));
      // By the id, before any JSON is read: most events are internal.
      return entries.flatMap((entry) => {
        const { n, k } = placeOf(entry.id);
        if (k !== 0) return [];
        const { event } = decodeEvent(entry);
        if (!isVisible(event))
          throw new BridgeError('INTERNAL', `event ${entry.id} has the place of a visible one`);
        return [{ n, event: event satisfies VisibleEvent }];
      });
    },

    async events(runId) {
      return readStream(await redisCall(redis.xrange(eventsKey(runId), '-', '+'))).map(decodeEvent);
    },

    async sweep(partition, options) {
      const reply = await sweep(redis, partition, options);
      return {
        now: reply.now,
        due: toDue(reply.due),
        stale: reply.stale.map((runId) => runId as RunId),
        nextDue: reply.nextDue,
      };
    },

    async openAttempts(partition) {
      const members = await redisCall(redis.zrange(openKey(partition), 0, '-1'));
      return members.map((member) => AttemptId.parse(member));
    },

    async reschedule(partition, members) {
      for (let at = 0; at < members.length; at += CHUNK) {
        const pairs = members
          .slice(at, at + CHUNK)
          .flatMap(({ runId, obligation, due }) => [String(due), agendaMember(runId, obligation)]);
        await redisCall(redis.zadd(agendaKey(partition), 'XX', ...pairs));
      }
    },

    remove: removeRun,
  };
}
