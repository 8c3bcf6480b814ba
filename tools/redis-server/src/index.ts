export {
  findRedis,
  findServer,
  type RedisBinary,
  type RedisContainer,
  type RedisProbes,
  type RedisSource,
  type RedisUrl,
} from './find-redis.ts';
export { freePort } from './free-port.ts';
export { askRedis, infoField, type Address, type Reply } from './resp.ts';
export { startRedis, type RedisServer, type StartRedisOptions } from './start-redis.ts';
