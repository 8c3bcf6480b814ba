import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { registration, replyTo, type Reply } from './list-protocol.ts';

const HEARTBEAT_MS = 10_000;
const POP_SECONDS = 2;
const RETRY_MS = 1_000;

export interface AgentOptions {
  readonly agentId: string;
  /** For HSET and LPUSH. */
  readonly commands: Redis;
  /** For BRPOP, which would hold the others up. */
  readonly blocking: Redis;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Takes and answers assignments until `signal` aborts; ends within the BRPOP's two seconds. */
export async function runAgent({ agentId, commands, blocking, signal, say }: AgentOptions): Promise<void> {
  const register = (): Promise<unknown> =>
    commands.hset(`agent:${agentId}`, registration(agentId, new Date()));
  const heartbeat = setInterval(() => {
    // The whole registration: a heartbeat alone would leave half of one after a flush.
    register().catch((error: unknown) => {
      say(`heartbeat failed: ${String(error)}`);
    });
  }, HEARTBEAT_MS);
  let registered = false;
  // A reply that could not be pushed is kept: the assignment is popped already, so nobody else has it.
  let pending: Reply | null = null;
  while (!signal.aborted) {
    try {
      if (!registered) {
        await register();
        registered = true;
        say(`${agentId} takes work from queue:${agentId}`);
      }
      pending ??= await nextReply(blocking, agentId, say);
      if (pending === null) continue;
      await commands.lpush(`queue:${pending.target}`, pending.element);
      pending = null;
    } catch (error) {
      say(`Redis: ${String(error)}; trying again`);
      registered = false;
      await wait(RETRY_MS);
    }
  }
  clearInterval(heartbeat);
  await commands.hset(`agent:${agentId}`, 'status', 'inactive');
}

async function nextReply(
  blocking: Redis,
  agentId: string,
  say: (line: string) => void,
): Promise<Reply | null> {
  const popped = await blocking.brpop(`queue:${agentId}`, POP_SECONDS);
  if (popped === null) return null;
  const reply = replyTo(popped[1], agentId, new Date());
  if (reply === null) say('dropped an element that is no assignment');
  return reply;
}
