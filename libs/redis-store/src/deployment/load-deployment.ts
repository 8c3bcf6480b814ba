import { randomBytes } from 'node:crypto';
import { PARTITIONS, SCHEMA_VERSION } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { deploymentKey } from '@bridge/redis-keys';
import { z } from 'zod';
import { redisCall } from '../client/classify-redis-error.ts';
import type { RedisClient } from '../client/create-redis.ts';

const Versioned = z.object({ schemaVersion: z.number().int().positive() });
const Deployment = Versioned.extend({
  partitions: z.number().int().positive(),
  /** 32 bytes, hex. */
  secret: z.string().regex(/^[0-9a-f]{64}$/),
});
/** Fixed at the first start of a deployment: where runs live, and what their ids are made with. */
export type Deployment = z.infer<typeof Deployment>;

function parse(text: string): Deployment {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // Without the text: it holds the secret (law L14).
    throw new BridgeError('INTERNAL', `${deploymentKey()} is not JSON`, { cause: error });
  }
  const versioned = Versioned.safeParse(json);
  if (versioned.success && versioned.data.schemaVersion > SCHEMA_VERSION) {
    throw new BridgeError('SCHEMA_NEWER', `${deploymentKey()} was written by a newer version`);
  }
  const parsed = Deployment.safeParse(json);
  if (!parsed.success) throw new BridgeError('INTERNAL', `${deploymentKey()} cannot be read`);
  return parsed.data;
}

/**
 * Reads what the first start fixed, or fixes it now; the first of several wins. At every start, before anything else.
 * Two commands.
 * @throws BridgeError `INTERNAL` if the store belongs to a deployment with other partitions; `SCHEMA_NEWER`; `REDIS_UNAVAILABLE`
 */
export async function loadDeployment(redis: RedisClient): Promise<Deployment> {
  const fresh: Deployment = {
    schemaVersion: SCHEMA_VERSION,
    partitions: PARTITIONS,
    secret: randomBytes(32).toString('hex'),
  };
  await redisCall(redis.set(deploymentKey(), JSON.stringify(fresh), 'NX'));
  const stored = await redisCall(redis.get(deploymentKey()));
  if (stored === null) throw new BridgeError('INTERNAL', `${deploymentKey()} is gone right after it was set`);
  const deployment = parse(stored);
  if (deployment.partitions !== PARTITIONS) {
    throw new BridgeError(
      'INTERNAL',
      `this store has ${String(deployment.partitions)} partitions, this version uses ${String(PARTITIONS)}`,
    );
  }
  return deployment;
}
