import { agentKey, agentQueueKey, AGENT_PREFIX } from '@bridge/redis-keys';
import { BridgeError } from '@bridge/error-policy';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { classifyRedisError, redisCall } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';

/** What is in Redis about one agent; `unreadable` if a key is of another type than it must be. */
export type AgentReading =
  | {
      readonly kind: 'found';
      readonly fields: Readonly<Record<string, string>>;
      readonly queueLength: number;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreadable'; readonly reason: string };

// Commands of one pipeline: some milliseconds of parsing here, less than one of work for the server.
const CHUNK = 200;
// Keys looked at by one SCAN call.
const SCAN_COUNT = 1_000;

const Hash = z.record(z.string(), z.string());
const Length = z.number().int().nonnegative();

/** SCAN looks at every key of the server, so its cost grows with what others store there. */
export interface ScanPace {
  /** Pause after each call, as a multiple of the time it took; 0 = as fast as it goes. */
  readonly pauseFactor: number;
  readonly stopped: () => boolean;
}

const AT_ONCE: ScanPace = { pauseFactor: 0, stopped: () => false };

/**
 * Ids of all `agent:*` keys, of whatever type; those found so far when it was stopped.
 * @throws BridgeError
 */
export async function scanAgentIds(
  redis: RedisClient,
  pace: ScanPace = AT_ONCE,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor = '0';
  do {
    const began = performance.now();
    const [next, keys] = await redisCall(
      redis.scan(cursor, 'MATCH', `${AGENT_PREFIX}*`, 'COUNT', SCAN_COUNT),
    );
    cursor = next;
    for (const key of keys) ids.add(key.slice(AGENT_PREFIX.length));
    if (cursor !== '0' && pace.pauseFactor > 0) await pause((performance.now() - began) * pace.pauseFactor);
  } while (cursor !== '0' && !pace.stopped());
  return ids;
}

/**
 * Hash and queue length of each, in this order.
 * @throws BridgeError
 */
export async function readAgents(
  redis: RedisClient,
  ids: readonly string[],
): Promise<readonly AgentReading[]> {
  const answers = await pipelined(
    redis,
    ids.flatMap((id) => [
      ['hgetall', agentKey(id)],
      ['llen', agentQueueKey(id)],
    ]),
  );
  return ids.map((_, i) => readingOf(answers[2 * i], answers[2 * i + 1]));
}

/**
 * Queue lengths, in this order; `null` for what is no list.
 * @throws BridgeError
 */
export async function readQueueLengths(
  redis: RedisClient,
  ids: readonly string[],
): Promise<readonly (number | null)[]> {
  const answers = await pipelined(
    redis,
    ids.map((id) => ['llen', agentQueueKey(id)]),
  );
  return answers.map((answer) => (answer === WRONG_TYPE ? null : parsed(Length, answer)));
}

function readingOf(hash: unknown, length: unknown): AgentReading {
  if (hash === WRONG_TYPE) return { kind: 'unreadable', reason: 'it is no hash' };
  const fields = parsed(Hash, hash);
  if (Object.keys(fields).length === 0) return { kind: 'gone' };
  if (length === WRONG_TYPE) return { kind: 'unreadable', reason: 'its queue is no list' };
  return { kind: 'found', fields, queueLength: parsed(Length, length) };
}

function parsed<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new BridgeError('INTERNAL', 'Redis answered in an unexpected shape', { cause: result.error });
}

const WRONG_TYPE = Symbol('wrong type');

/** Chunk after chunk: parsing a thousand hashes at once would hold up everything else in this process. */
async function pipelined(redis: RedisClient, commands: string[][]): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (let start = 0; start < commands.length; start += CHUNK) {
    answers.push(...(await answersOf(redis, commands.slice(start, start + CHUNK))));
  }
  return answers;
}

async function answersOf(redis: RedisClient, commands: string[][]): Promise<readonly unknown[]> {
  const results = (await redisCall(redis.pipeline(commands).exec())) ?? [];
  return results.map(([error, answer]) => {
    if (error === null) return answer;
    // One key of a wrong type must not hide all others.
    if (error.message.startsWith('WRONGTYPE')) return WRONG_TYPE;
    throw classifyRedisError(error);
  });
}
