import { randomUUID } from 'node:crypto';
import { pythonJson, pythonTime, pythonTimestamp, type PythonValue } from './python-json.ts';

/** An assignment as an agent of the legacy fleet receives it. */
export interface ReceivedTask {
  /** The element byte for byte, as popped. */
  readonly raw: string;
  readonly id: string;
  readonly fromAgent: string;
  readonly description: string;
  readonly payload: Readonly<Record<string, PythonValue>>;
  /** How often this agent has received this description, this time included. */
  readonly execution: number;
}

/**
 * Whose wire an agent speaks: `debug` and `test` name the task, `debug` with message ids that are not unique;
 * `sonnet` names no task; `subagent` neither, and answers to `payload.parent`, never to `from_agent`.
 */
export type AgentStyle = 'debug' | 'test' | 'sonnet' | 'subagent';

/** What a reply says, in the words of the legacy payload. */
export interface ReplyFields {
  readonly status: string;
  /** Becomes `result` or `output`, as the style has it. */
  readonly result?: PythonValue;
  /** Further fields of the payload: error, message, progress ... */
  readonly extra?: Readonly<Record<string, PythonValue>>;
}

export function replyTarget(style: AgentStyle, task: ReceivedTask): string {
  if (style !== 'subagent') return task.fromAgent;
  // Without a parent the real one answers to the key `queue:`, literally.
  return typeof task.payload['parent'] === 'string' ? task.payload['parent'] : '';
}

/** The whole reply element, as the style writes it. */
export function replyElement(
  style: AgentStyle,
  agent: string,
  task: ReceivedTask,
  fields: ReplyFields,
): string {
  const to = replyTarget(style, task);
  return pythonJson({
    id: style === 'debug' ? `result_${String(Math.floor(Date.now() / 1_000))}` : randomUUID(),
    type: 'task_result',
    from_agent: agent,
    to_agent: to,
    timestamp: pythonTimestamp(),
    payload: payloadOf(style, agent, task, fields),
    retry_count: 0,
  });
}

function payloadOf(style: AgentStyle, agent: string, task: ReceivedTask, fields: ReplyFields): PythonValue {
  const { status, result, extra } = fields;
  const taskId = task.payload['task_id'] ?? task.id;
  switch (style) {
    case 'debug':
    case 'test':
      return {
        task_id: taskId,
        original_task_id: task.id,
        status,
        ...(result === undefined ? {} : { result }),
        ...extra,
        processed_by: agent,
        timestamp: style === 'debug' ? pythonTimestamp() : pythonTime(),
      };
    case 'sonnet':
    case 'subagent':
      return {
        status,
        description: task.description,
        ...(result === undefined ? {} : { output: result }),
        ...extra,
        processing_time: 5.0067901611328125e-6,
        ...(style === 'subagent' ? { parent_agent: replyTarget(style, task) } : {}),
        timestamp: pythonTime(),
      };
  }
}
