import { randomUUID } from 'node:crypto';
import { doWork } from './work.ts';

/** The five fields of `agent:{id}`. */
export function registration(agentId: string, at: Date): Record<string, string> {
  return {
    id: agentId,
    type: 'worker',
    capabilities: JSON.stringify(['text-statistics', 'arithmetic', 'hashing', 'json-query']),
    status: 'active',
    last_heartbeat: naiveTimestamp(at),
  };
}

export interface Reply {
  /** The name to answer to: the list is `queue:{target}`. */
  readonly target: string;
  /** A TaskMessage with exactly its seven fields, as JSON. */
  readonly element: string;
}

/** The reply to an element of `queue:{agentId}`; `null` for what is no assignment. */
export function replyTo(element: string, agentId: string, at: Date): Reply | null {
  const task = readAssignment(element);
  if (task === null) return null;
  const target = task.parent ?? task.fromAgent;
  const message = {
    id: randomUUID(),
    type: 'task_result',
    from_agent: agentId,
    to_agent: target,
    timestamp: naiveTimestamp(at),
    payload: {
      task_id: task.taskId,
      original_task_id: task.id,
      description: task.description,
      ...doWork(task.description),
      processed_by: agentId,
      timestamp: naiveTimestamp(at),
    },
    retry_count: 0,
  };
  return { target, element: JSON.stringify(message) };
}

interface Assignment {
  readonly id: string;
  readonly fromAgent: string;
  readonly taskId: string;
  readonly parent: string | null;
  readonly description: string;
}

function readAssignment(element: string): Assignment | null {
  let message: unknown;
  try {
    message = JSON.parse(element);
  } catch {
    return null; // the caller says that it dropped the element
  }
  if (!isObject(message)) return null;
  const { id, from_agent: fromAgent, payload } = message;
  if (typeof id !== 'string' || typeof fromAgent !== 'string' || !isObject(payload)) return null;
  const text = (name: string): string | null => {
    const value = payload[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    id,
    fromAgent,
    taskId: text('task_id') ?? id,
    parent: text('parent'),
    description: text('description') ?? '',
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Local, without a zone, with microseconds: what every writer of the fleet puts into its timestamps. */
export function naiveTimestamp(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return `${local.toISOString().slice(0, -1)}000`;
}
