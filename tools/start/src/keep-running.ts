import { setTimeout as wait } from 'node:timers/promises';
import { NO_DEATHS, afterDeath } from './backoff.ts';

/** Something that can end by itself and be started again. */
export interface Restartable {
  readonly name: string;
  /** Settles with how the one that runs now ended. */
  readonly ended: () => Promise<string>;
  /** Starts it again; may fail, and is then tried again. */
  readonly start: () => Promise<void>;
}

export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

const realPause: Pause = (ms, signal) => wait(ms, undefined, { signal });

/**
 * Starts it again, with growing delays, whenever it ends, and says so. Returns after `stopping` aborted, with no
 * start under way.
 */
export async function keepRunning(
  one: Restartable,
  stopping: AbortSignal,
  say: (line: string) => void,
  pause: Pause = realPause,
): Promise<void> {
  const stopped = aborted(stopping);
  let deaths = NO_DEATHS;
  let startedAt = Date.now();
  let how = await Promise.race([one.ended(), stopped]);
  while (!stopping.aborted) {
    const next = afterDeath(deaths, Date.now() - startedAt);
    deaths = next.deaths;
    say(`${one.name} ended (${how}); starting it again in ${String(next.delayMs / 1000)} s.`);
    try {
      await pause(next.delayMs, stopping);
    } catch {
      return; // aborted: everything is being stopped
    }
    startedAt = Date.now();
    try {
      await one.start();
      say(`${one.name} runs again.`);
      how = await Promise.race([one.ended(), stopped]);
    } catch (error) {
      how = error instanceof Error ? error.message : String(error);
    }
  }
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve('stopped');
        },
        { once: true },
      );
  });
}
