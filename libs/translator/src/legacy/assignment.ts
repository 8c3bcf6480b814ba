import {
  legacyTaskIdOf,
  type AttemptId,
  type CoreMessage,
  type CorePart,
  type Json,
} from '@bridge/contracts';
import { toNaive } from './naive-time.ts';
import { pythonFloat, pythonJson, type PythonValue } from './python-json.ts';

/** One attempt as the engine knows it. */
export interface Assignment {
  readonly attemptId: AttemptId;
  /** Agent id, hence the list `queue:{agent}`. */
  readonly agent: string;
  /** Where the answer goes: `replyNameOf(attemptId)`. */
  readonly replyName: string;
  /** For subagents, which answer to `payload.parent` and never to `from_agent`: the reply name again. */
  readonly parent?: string | undefined;
  /** The client's context for a single task, the workflow id for a step. */
  readonly contextId: string;
  /** All that a legacy agent reads. */
  readonly description: string;
  readonly timeoutMs: number;
  /** The legacy server's wall clock, epoch ms; a fraction carries microseconds. */
  readonly nowMs: number;
  /** `LEGACY_TZ`. */
  readonly timeZone: string;
  /** Parts that are not text, as core JSON. */
  readonly parts?: readonly CorePart[] | undefined;
  /** Mapped output of earlier steps. */
  readonly input?: Json | undefined;
  /** Earlier turns of a continued task, oldest first. */
  readonly history?: readonly CoreMessage[] | undefined;
}

/** What the seven fields and the payload say, already in the words of the wire. */
export interface AssignmentFields extends Pick<
  Assignment,
  'parent' | 'description' | 'parts' | 'input' | 'history'
> {
  /** `id` and `payload.task_id`. */
  readonly taskId: string;
  readonly fromAgent: string;
  readonly toAgent: string;
  /** Naive local time. */
  readonly timestamp: string;
  readonly contextId: string;
  readonly timeoutMs: number;
}

/**
 * The exact bytes that are pushed for an attempt, and that `revoke` removes. Everything in them is ASCII.
 *
 * @throws {RangeError} for an unknown zone or a number that is not JSON
 */
export function encodeAssignment(assignment: Assignment): string {
  return writeAssignment({
    taskId: legacyTaskIdOf(assignment.attemptId),
    fromAgent: assignment.replyName,
    toAgent: assignment.agent,
    timestamp: toNaive(assignment.nowMs, assignment.timeZone),
    contextId: assignment.contextId,
    description: assignment.description,
    timeoutMs: assignment.timeoutMs,
    parent: assignment.parent,
    parts: assignment.parts,
    input: assignment.input,
    history: assignment.history,
  });
}

/** The old bridge's bytes for the same values: its key order, its separators, `timeout` in seconds as a float. */
export function writeAssignment(fields: AssignmentFields): string {
  return pythonJson({
    id: fields.taskId,
    type: 'task_assignment',
    from_agent: fields.fromAgent,
    to_agent: fields.toAgent,
    timestamp: fields.timestamp,
    payload: {
      description: fields.description,
      context_id: fields.contextId,
      timeout: pythonFloat(fields.timeoutMs / 1000),
      task_id: fields.taskId,
      parent: fields.parent,
      // Ours come last: an agent that knows the old payload reads the same prefix.
      parts: listOrNothing(fields.parts),
      input: fields.input,
      history: listOrNothing(fields.history),
    },
    retry_count: 0,
  });
}

/** Core parts and messages are JSON by their schema; an empty list says nothing, so it is left out. */
function listOrNothing(list: readonly (CorePart | CoreMessage)[] | undefined): PythonValue | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
