import { setTimeout as wait } from 'node:timers/promises';
import type { ReceivedTask, ReplyFields } from './agent-styles.ts';
import type { Gate } from './gate.ts';
import type { PythonValue } from './python-json.ts';

/** What a behaviour can do with a task it was handed. */
export interface AgentHands {
  readonly reply: (fields: ReplyFields) => Promise<void>;
  /** Pushes these bytes to where the reply belongs. */
  readonly replyRaw: (element: string | Buffer) => Promise<void>;
  /** The process dies here: nothing more is popped, sent or renewed until `restart()`. */
  readonly crash: () => void;
}

/** One execution of one task. Rejecting = the agent crashes with the test's attention: `stop()` rethrows it. */
export type Behaviour = (task: ReceivedTask, hands: AgentHands) => Promise<void>;

export type Answer = PythonValue | ((task: ReceivedTask) => PythonValue | Promise<PythonValue>);

const echoed = (task: ReceivedTask): PythonValue => `Processed: ${task.description}`;
const valueOf = async (given: Answer, task: ReceivedTask): Promise<PythonValue> =>
  typeof given === 'function' ? given(task) : given;

/** Completes every task; by default with its description, so that a test can tell whose answer it holds. */
export function answer(given: Answer = echoed): Behaviour {
  return async (task, { reply }) => reply({ status: 'completed', result: await valueOf(given, task) });
}

/** Pops and never answers: every real agent that drops messages looks like this. */
export function silent(): Behaviour {
  return () => Promise.resolve();
}

/** Pops, then dies: the message is lost with it. */
export function crashAfterPop(): Behaviour {
  return (_task, { crash }) => {
    crash();
    return Promise.resolve();
  };
}

/** Answers when the gate opens or the milliseconds are over, without holding up other tasks. */
export function late(until: Gate | number, then: Behaviour = answer()): Behaviour {
  return async (task, hands) => {
    await (typeof until === 'number' ? wait(until) : until.passed);
    await then(task, hands);
  };
}

/** Sends the same kind of answer several times. */
export function duplicate(times = 2, given: Answer = echoed): Behaviour {
  return async (task, hands) => {
    for (let sent = 0; sent < times; sent += 1) await answer(given)(task, hands);
  };
}

/** A known outcome, and a bad one. */
export function failing(error = 'the agent could not do it'): Behaviour {
  return (_task, { reply }) => reply({ status: 'failed', extra: { error } });
}

/** Reports progress (0..1 each), then completes. */
export function progressThenAnswer(
  steps: readonly number[] = [0.25, 0.5, 0.75],
  given: Answer = echoed,
): Behaviour {
  return async (task, hands) => {
    for (const progress of steps) {
      await hands.reply({ status: 'progress', extra: { progress, message: `at ${String(progress)}` } });
    }
    await answer(given)(task, hands);
  };
}

/** Asks first; the turn that carries `payload.history` is answered. */
export function inputRequired(question = 'Which one?', then: Behaviour = answer()): Behaviour {
  return async (task, hands) => {
    if (task.payload['history'] !== undefined) await then(task, hands);
    else await hands.reply({ status: 'input_required', extra: { message: question } });
  };
}

/** The first execution (of any task) has the first behaviour, and so on; the last one stays. */
export function inTurn(first: Behaviour, ...rest: readonly Behaviour[]): Behaviour {
  const left = [first, ...rest];
  return (task, hands) => ((left.length > 1 ? left.shift() : left[0]) ?? first)(task, hands);
}

const GARBAGE = {
  'not-json': 'this is not JSON',
  truncated: '{"id": "x", "type": "task_result", "from_agent": "a", "payl',
  empty: '',
  number: '42',
  null: 'null',
  array: '[1, 2, 3]',
  'no-payload':
    '{"id": "x", "type": "task_result", "from_agent": "a", "to_agent": "b", "timestamp": "t", "retry_count": 0}',
  'payload-is-text':
    '{"id": "x", "type": "task_result", "from_agent": "a", "to_agent": "b", "timestamp": "t", "payload": "done", "retry_count": 0}',
  'wrong-type':
    '{"id": "x", "type": "task_assignment", "from_agent": "a", "to_agent": "b", "timestamp": "t", "payload": {}, "retry_count": 0}',
  'unknown-status':
    '{"id": "x", "type": "task_result", "from_agent": "a", "to_agent": "b", "timestamp": "t", "payload": {"status": "perhaps"}, "retry_count": 0}',
  'no-status':
    '{"id": "x", "type": "task_result", "from_agent": "a", "to_agent": "b", "timestamp": "t", "payload": {}, "retry_count": 0}',
  'invalid-utf8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  deep: '['.repeat(100_000) + ']'.repeat(100_000),
} as const;

export type GarbageKind = keyof typeof GARBAGE;
export const GARBAGE_KINDS = Object.keys(GARBAGE) as readonly GarbageKind[];

/** Answers with something that is no answer, then perhaps goes on properly. */
export function garbage(kind: GarbageKind, then: Behaviour = silent()): Behaviour {
  return async (task, hands) => {
    await hands.replyRaw(GARBAGE[kind]);
    await then(task, hands);
  };
}
