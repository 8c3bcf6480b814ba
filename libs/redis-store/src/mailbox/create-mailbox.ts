import { legacyTaskIdOf, type AttemptId } from '@bridge/contracts';
import {
  LEGACY_MEMORY_S,
  agentQueueKey,
  correlationKey,
  removedCountKey,
  replyListKey,
  sentMarkerKey,
} from '@bridge/redis-keys';
import { redisCall } from '../client/classify-redis-error.ts';
import type { Mailbox } from '../ports.ts';
import { watchLegacyServer, type LegacyServerDeps } from './legacy-server.ts';
import { mailboxScripts } from './scripts.ts';
import { CORRELATION_VALUE, TOMBSTONE } from './tombstone.ts';

export type MailboxDeps = LegacyServerDeps;

export interface StoppableMailbox extends Mailbox {
  /** Ends the refreshing of `server()`. The connection is the caller's to close. */
  stop(): void;
}

// Arguments of one script: far below what Lua can hold, and short enough not to hold up the agents.
const CHUNK = 500;

/**
 * The mailbox, once the legacy server has said who it is.
 * @throws BridgeError, from here and from all its methods: `REDIS_UNAVAILABLE` (whether it was done is unknown;
 *   every method may be called again), `INTERNAL`
 */
export async function createMailbox(deps: MailboxDeps): Promise<StoppableMailbox> {
  const { redis } = deps;
  const scripts = mailboxScripts(redis);
  const legacy = await watchLegacyServer(deps);

  async function replyCounts(attemptIds: readonly AttemptId[]): Promise<readonly number[]> {
    const chunks: Promise<readonly number[]>[] = [];
    for (let start = 0; start < attemptIds.length; start += CHUNK) {
      chunks.push(scripts.replyCounts(attemptIds.slice(start, start + CHUNK).map(replyListKey), TOMBSTONE));
    }
    return (await Promise.all(chunks)).flat();
  }

  return {
    send: (request) =>
      scripts.send(
        {
          marker: sentMarkerKey(request.runId, request.stepId, request.epoch, request.number),
          queue: agentQueueKey(request.agent),
          correlation: correlationKey(legacyTaskIdOf(request.attemptId)),
          removed: removedCountKey(request.agent),
        },
        {
          ...request,
          // SETEX refuses 0; a timeout below one second is a second.
          correlationS: Math.max(1, Math.trunc(request.timeoutS)),
          markerS: LEGACY_MEMORY_S,
          correlationValue: CORRELATION_VALUE,
        },
      ),

    revoke: (request) =>
      scripts.revoke(
        {
          marker: sentMarkerKey(request.runId, request.stepId, request.epoch, request.number),
          queue: agentQueueKey(request.agent),
          removed: removedCountKey(request.agent),
        },
        { ...request, markerS: LEGACY_MEMORY_S },
      ),

    async peek(attemptId, from) {
      const key = replyListKey(attemptId);
      // The oldest element is the last one. If that is a tombstone, every reply is one place nearer to the front,
      // and the range holds one more than was asked for.
      const [newestFirst, oldest] = await redisCall(
        Promise.all([redis.lrange(key, 0, -(from + 1)), from === 0 ? null : redis.lindex(key, -1)]),
      );
      const elements = newestFirst.reverse();
      if (from > 0) return oldest === TOMBSTONE ? elements.slice(1) : elements;
      return elements[0] === TOMBSTONE ? elements.slice(1) : elements;
    },

    close: (attemptId) =>
      scripts.close(
        { replies: replyListKey(attemptId), correlation: correlationKey(legacyTaskIdOf(attemptId)) },
        LEGACY_MEMORY_S,
        TOMBSTONE,
      ),

    replyCounts,

    async answered(attemptIds) {
      const counts = await replyCounts(attemptIds);
      return attemptIds.filter((_, index) => (counts[index] ?? 0) > 0);
    },

    server: () => legacy.server(),
    stop: () => {
      legacy.stop();
    },
  };
}
