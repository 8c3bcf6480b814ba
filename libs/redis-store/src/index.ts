export type * from './ports.ts';
export { assertNoEviction } from './client/assert-no-eviction.ts';
export { classifyRedisError, redisCall } from './client/classify-redis-error.ts';
export { closeRedis } from './client/close-redis.ts';
export { createRedis, type RedisClient, type RedisRole, type RedisSettings } from './client/create-redis.ts';
export { redisUrl } from './client/redis-url-variable.ts';
export { isClusterUrl, parseRedisUrl, type RedisAddress } from './client/redis-url.ts';
export { bodyHashOf, contextIdOf, taskIdOf } from './deployment/identity.ts';
export { canonicalJson } from './deployment/jcs.ts';
export { loadDeployment, type Deployment } from './deployment/load-deployment.ts';
export {
  createDeadLetterStore,
  DeadLetterState,
  type DeadLetterEntry,
  type DeadLetterPage,
  type DeadLetterStore,
} from './dead-letters/create-dead-letter-store.ts';
export { createFeed } from './feeds/create-feed.ts';
export { createFeedTail, type FeedGap, type FeedTailDeps } from './feeds/create-feed-tail.ts';
export {
  BEAT_MS,
  DEAD_MS,
  createEngineBeats,
  type EngineBeatsDeps,
} from './partitions/create-engine-beats.ts';
export { ownedPartitions, ownerOfPartition } from './partitions/owned-partitions.ts';
export { createOwnerIndex } from './runs/create-owner-index.ts';
export { createRunStore, type RunStoreDeps } from './runs/create-run-store.ts';
export {
  createAgentDirectory,
  type AgentDirectoryDeps,
  type AgentDirectoryEvent,
} from './directory/create-agent-directory.ts';
export { createMailbox, type MailboxDeps, type StoppableMailbox } from './mailbox/create-mailbox.ts';
export { TOMBSTONE } from './mailbox/tombstone.ts';
export {
  createKeyNotices,
  type KeyNoticeListener,
  type KeyNotices,
  type KeyNoticesDeps,
  type NoticesEvent,
  type NoticesState,
} from './notices/key-notices.ts';
export { createReplyWatch, type ReplyWatchDeps, type ReplyWatchEvent } from './notices/reply-watch.ts';
