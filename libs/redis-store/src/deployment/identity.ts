import { createHash, createHmac } from 'node:crypto';
import { ANONYMOUS, RunId, type CoreMessage, type Owner } from '@bridge/contracts';
import { canonicalJson } from './jcs.ts';

function uuidShaped(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** The parts as one JSON list: no two different lists give the same text. */
function hmac(secret: string, parts: readonly string[]): string {
  return createHmac('sha256', Buffer.from(secret, 'hex')).update(JSON.stringify(parts)).digest('hex');
}

function orNothing<T extends object>(value: T | undefined): T | undefined {
  return value === undefined || Object.keys(value).length === 0 ? undefined : value;
}

/**
 * What a message says, as one hash (64 hex digits): the same for every honest retry, in whatever protocol version.
 * Not in it: messageId, extensions, envelope, configuration. Empty metadata and references mean the same as none.
 */
export function bodyHashOf(message: CoreMessage): string {
  const { parts, role, metadata, contextId, taskId, referenceTaskIds } = message;
  const body = {
    parts,
    role,
    metadata: orNothing(metadata),
    contextId,
    taskId,
    referenceTaskIds: orNothing(referenceTaskIds),
  };
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}

/**
 * The id of the task that (tenant, principal, messageId) makes (law L2). Anonymous callers share one scope, so for
 * them the body counts as well: two that happen to use one messageId must not meet.
 *
 * @param secret of the deployment, hex: without it nobody can guess task ids
 */
export function taskIdOf(secret: string, owner: Owner, messageId: string, bodyHash: string): RunId {
  const scope = owner.principal === ANONYMOUS ? [bodyHash] : [];
  return RunId.parse(uuidShaped(hmac(secret, ['task', owner.tenant, owner.principal, messageId, ...scope])));
}

/** The context of a message that names none: it follows from the task's id, so a retry finds the same. */
export function contextIdOf(secret: string, taskId: RunId): string {
  return uuidShaped(hmac(secret, ['context', taskId]));
}
