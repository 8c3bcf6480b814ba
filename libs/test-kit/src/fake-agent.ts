import type { Redis } from 'ioredis';
import { replyElement, replyTarget, type AgentStyle, type ReceivedTask } from './agent-styles.ts';
import { answer, type AgentHands, type Behaviour } from './behaviours.ts';
import { createGate, type Gate } from './gate.ts';
import { pythonJson, pythonTimestamp, type PythonValue } from './python-json.ts';

export interface FakeAgentOptions {
  /** Only its address is used: the agent opens two connections of its own. */
  readonly redis: Redis;
  readonly id: string;
  /** `opus`, `sonnet`, `subagent`, `debug`, `test`, ...; default `debug`. */
  readonly type?: string;
  /** A list as agents write it, or a dict as direct writers do; default `["testing"]`. */
  readonly capabilities?: readonly string[] | Readonly<Record<string, boolean | number>>;
  /** Default `answer()`. */
  readonly behaviour?: Behaviour;
  /** Default: the type where there is a style of that name, else `debug`. */
  readonly style?: AgentStyle;
  /** One task at a time, as real agents work; default false, so that a late task holds up no other. */
  readonly serial?: boolean;
  /** Renews `last_heartbeat` this often; default never: a test says when. */
  readonly heartbeatMs?: number;
  /** Default true. */
  readonly register?: boolean;
}

export interface FakeAgent {
  readonly id: string;
  /** Every task popped and understood, oldest first. */
  readonly received: readonly ReceivedTask[];
  /** Elements that a real agent loses: `TaskMessage(**dict)` raises after the pop. Byte for byte. */
  readonly lost: readonly string[];
  /** How often a task with this description was executed. */
  readonly executions: (description: string) => number;
  readonly alive: () => boolean;
  readonly behave: (behaviour: Behaviour) => void;
  /** HSET of the five fields. */
  readonly register: () => Promise<void>;
  readonly heartbeat: () => Promise<void>;
  /** Comes back after a crash or `kill()`; registers again. */
  readonly restart: () => Promise<void>;
  /** As a killed process: the registration stays, nothing is popped any more. */
  readonly kill: () => Promise<void>;
  /** Ends it. Throws what a behaviour threw, once. */
  readonly stop: () => Promise<void>;
}

const STYLES: ReadonlySet<string> = new Set<AgentStyle>(['debug', 'test', 'sonnet', 'subagent']);
const FIELDS = ['id', 'type', 'from_agent', 'to_agent', 'timestamp', 'payload'];
const isStyle = (type: string): type is AgentStyle => STYLES.has(type);

/**
 * A legacy agent that speaks raw JSON over Redis lists and nothing else, registered and popping when this resolves.
 * Knows none of the bridge's codecs.
 */
export async function createFakeAgent(options: FakeAgentOptions): Promise<FakeAgent> {
  const type = options.type ?? 'debug';
  const style = options.style ?? (isStyle(type) ? type : 'debug');
  const { id } = options;
  const received: ReceivedTask[] = [];
  const lost: string[] = [];
  const failures: Error[] = [];
  const counts = new Map<string, number>();
  let behaviour = options.behaviour ?? answer();
  let life: Life | undefined;

  const handsOf = (task: ReceivedTask, own: Life): AgentHands => {
    const replyRaw = async (element: string | Buffer): Promise<void> => {
      if (own.alive) await own.commands.lpush(`queue:${replyTarget(style, task)}`, element);
    };
    return {
      replyRaw,
      reply: (fields) => replyRaw(replyElement(style, id, task, fields)),
      crash: () => {
        own.alive = false;
        own.ended.open();
        own.blocking.disconnect();
      },
    };
  };
  const execute = async (raw: string, own: Life): Promise<void> => {
    const task = readTask(raw, counts);
    if (task === undefined) {
      lost.push(raw);
      return;
    }
    received.push(task);
    const work = behaviour(task, handsOf(task, own)).catch((error: unknown) => {
      if (own.alive) failures.push(asError(error)); // a reply cut off by kill() is what kill() is for
    });
    if (options.serial === true) await Promise.race([work, own.ended.passed]);
  };
  const heartbeat = async (): Promise<void> => {
    await life?.commands.hset(`agent:${id}`, 'last_heartbeat', pythonTimestamp());
  };
  const register = async (): Promise<void> => {
    const capabilities: PythonValue = options.capabilities ?? ['testing'];
    await life?.commands.hset(
      `agent:${id}`,
      ...['id', id, 'type', type, 'capabilities', pythonJson(capabilities)],
      ...['status', 'active', 'last_heartbeat', pythonTimestamp()],
    );
  };
  const start = async (): Promise<void> => {
    life = await beginLife(options.redis);
    if (options.register ?? true) await register();
    if (options.heartbeatMs !== undefined) {
      life.timer = setInterval(
        () => void heartbeat().catch((error: unknown) => failures.push(asError(error))),
        options.heartbeatMs,
      );
    }
    life.loop = popLoop(life, `queue:${id}`, execute);
  };
  const kill = async (): Promise<void> => {
    if (life !== undefined) await endLife(life);
  };

  await start();
  return {
    id,
    received,
    lost,
    executions: (description) => counts.get(description) ?? 0,
    alive: () => life?.alive ?? false,
    behave: (next) => {
      behaviour = next;
    },
    register,
    heartbeat,
    restart: async () => {
      await kill();
      await start();
    },
    kill,
    stop: async () => {
      await kill();
      const [failure] = failures.splice(0);
      if (failure !== undefined) throw failure;
    },
  };
}

/** One process of the agent: from start to crash, kill or stop. */
interface Life {
  alive: boolean;
  readonly commands: Redis;
  readonly blocking: Redis;
  readonly ended: Gate;
  loop: Promise<void>;
  timer: NodeJS.Timeout | undefined;
}

async function beginLife(redis: Redis): Promise<Life> {
  const commands = redis.duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
  const blocking = redis.duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
  // A server that a test kills is expected to be away; what matters shows in the commands themselves.
  for (const client of [commands, blocking]) client.on('error', () => undefined);
  await Promise.all([commands.connect(), blocking.connect()]);
  return { alive: true, commands, blocking, ended: createGate(), loop: Promise.resolve(), timer: undefined };
}

async function endLife(life: Life): Promise<void> {
  life.alive = false;
  life.ended.open();
  clearInterval(life.timer);
  await Promise.all([disconnect(life.blocking), disconnect(life.commands)]);
  await life.loop;
}

async function disconnect(client: Redis): Promise<void> {
  if (client.status === 'end') return;
  const ended = new Promise((resolve) => client.once('end', resolve));
  client.disconnect();
  await ended;
}

/** A question, because `alive` changes while the loop waits. */
const hasEnded = (life: Life): boolean => !life.alive;
const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

async function popLoop(
  life: Life,
  queue: string,
  execute: (raw: string, life: Life) => Promise<void>,
): Promise<void> {
  while (life.alive) {
    let popped: [string, string] | null;
    try {
      popped = await life.blocking.brpop(queue, 0);
    } catch (error) {
      if (hasEnded(life)) return; // disconnected by crash, kill or stop
      if (life.blocking.status === 'end') throw error;
      continue; // the server went away; ioredis reconnects, the next BRPOP waits for it
    }
    if (popped !== null) await execute(popped[1], life);
  }
}

function readTask(raw: string, counts: Map<string, number>): ReceivedTask | undefined {
  let message: unknown;
  try {
    message = JSON.parse(raw);
  } catch {
    return undefined; // counted as lost by the caller, as it would be
  }
  if (!isObject(message)) return undefined;
  const names = Object.keys(message).filter((name) => name !== 'retry_count');
  if (names.length !== FIELDS.length || !FIELDS.every((field) => field in message)) return undefined;
  const { id, from_agent: fromAgent, payload } = message;
  if (typeof id !== 'string' || typeof fromAgent !== 'string' || !isObject(payload)) return undefined;
  const description = typeof payload['description'] === 'string' ? payload['description'] : '';
  const execution = (counts.get(description) ?? 0) + 1;
  counts.set(description, execution);
  return { raw, id, fromAgent, description, payload, execution };
}

function isObject(value: unknown): value is Record<string, PythonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
