import { TERMINAL_STATES, type CoreTask, type FeedEntry } from '@bridge/contracts';
import { BridgeError } from '@bridge/error-policy';
import { isInterrupted, isSettled, type Watch } from '../follow/task-follower.ts';

export interface WaitOptions {
  readonly watch: Watch;
  readonly read: () => Promise<CoreTask>;
  /** Look before the first hint: something may have happened before the watch was opened. */
  readonly lookFirst: boolean;
  /** Only a status decided at this time of our Redis or later is an answer (ms); earlier ones are older news. */
  readonly since?: number;
}

/**
 * The task when its caller is to be answered: at the first of terminal, input or authorization required, or parked
 * with nothing else runnable. Costs one read when the hints arrive. If the watch is closed, what is known then.
 */
export async function waitForAnswer(options: WaitOptions): Promise<CoreTask> {
  const { watch, read, since = 0 } = options;
  let followed: FeedEntry | null = null;
  for (let look = options.lookFirst; ; look = true) {
    if (look) {
      followed = watch.hint;
      const task = await read();
      if (isAnswer(task, watch.hint, since)) return task;
    }
    const old = followed;
    const wake = await watch.until((hint) => isSettled(hint) && hint !== old);
    if (wake !== 'closed') continue;
    if (watch.drained) throw new BridgeError('SERVICE_DRAINING');
    return read();
  }
}

function isAnswer(task: CoreTask, hint: FeedEntry | null, since: number): boolean {
  const { state, at } = task.status;
  if (TERMINAL_STATES.has(state)) return true;
  if (at < since) return false;
  if (isInterrupted(state)) return true;
  // The task says that a step is parked; only a hint says whether another one still runs.
  return hint?.n === task.number ? hint.parked : isParked(task);
}

function isParked(task: CoreTask): boolean {
  const ours = task.metadata?.['a2a-bridge'];
  return typeof ours === 'object' && ours !== null && !Array.isArray(ours) && ours['parked'] === true;
}
