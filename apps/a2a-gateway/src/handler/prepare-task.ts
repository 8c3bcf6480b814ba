import { SCHEMA_VERSION, type AcceptanceRecord, type CoreMessage, type CoreTask } from '@bridge/contracts';
import type { Call } from '../rpc/call.ts';
import type { HandlerDeps } from './deps.ts';

/** The acceptance record of a new task. Pure but for the clock; refuses an impossible workflow. */
export function prepareTask(deps: HandlerDeps, call: Call, message: CoreMessage): AcceptanceRecord {
  const { identity } = deps;
  const { owner, traceparent } = call;
  const plan = deps.plan(message);
  const bodyHash = identity.bodyHash(message);
  const runId = identity.taskId(owner, message.messageId, bodyHash);
  return {
    schemaVersion: SCHEMA_VERSION,
    tenant: owner.tenant,
    principal: owner.principal,
    traceparent,
    runId,
    contextId: message.contextId ?? identity.contextId(runId),
    bodyHash,
    acceptedAt: deps.now(),
    message,
    plan,
  };
}

/** What Redis would answer about a task that was accepted this moment, without asking it. */
export function acceptedTask(record: AcceptanceRecord): CoreTask {
  const { runId, contextId, message, acceptedAt } = record;
  return {
    taskId: runId,
    contextId,
    status: { state: 'submitted', at: acceptedAt },
    artifacts: [],
    history: [message],
    number: 0,
  };
}
