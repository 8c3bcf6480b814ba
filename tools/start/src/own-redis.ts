import { mkdir, rm } from 'node:fs/promises';
import { findServer, startRedis, type RedisServer } from '@bridge/redis-server';

/** Our own Redis, append-only with everysec, its data in `dir`; `fresh` wipes that first. */
export async function startOwnRedis(dir: string, port: number, fresh: boolean): Promise<RedisServer> {
  if (fresh) await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  return startRedis({ dir, port, appendOnly: 'everysec', ownGroup: true, source: await findServer() });
}
