import { createHash } from 'node:crypto';
import { bodyHashOf, contextIdOf, taskIdOf } from '@bridge/redis-store';
import type { TaskIdentity } from './deps.ts';

/** @param secret of the deployment, hex */
export function createTaskIdentity(secret: string): TaskIdentity {
  return {
    bodyHash: bodyHashOf,
    taskId: (owner, messageId, bodyHash) => taskIdOf(secret, owner, messageId, bodyHash),
    contextId: (taskId) => contextIdOf(secret, taskId),
    inputId: (messageId, bodyHash) =>
      `message:${createHash('sha256')
        .update(JSON.stringify([messageId, bodyHash]))
        .digest('hex')}`,
  };
}
