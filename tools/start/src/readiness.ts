import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunningProgram } from './program.ts';

const POLL_MS = 100;
const ANSWER_TIMEOUT_MS = 2_000;
const LOG_LINES = 15;

/**
 * Resolves when `url`/readyz answers 200.
 * @throws an `Error` with the end of its log when the program ends first, or with its reasons after `timeoutMs`
 */
export async function untilReady(
  name: string,
  url: string,
  running: RunningProgram,
  logFile: string,
  timeoutMs: number,
  stopping: AbortSignal,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (running.alive()) {
    stopping.throwIfAborted();
    let reason: string;
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
      const body = await response.text();
      if (response.ok) return;
      reason = `${String(response.status)} ${body}`;
    } catch (error) {
      reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    }
    if (Date.now() > giveUpAt) {
      throw new Error(
        `${name} is not ready after ${String(timeoutMs / 1000)} s: ${reason}\n${await tailOf(logFile)}`,
      );
    }
    await Promise.race([running.ended, wait(POLL_MS)]);
  }
  throw new Error(`${name} ended while starting (${await running.ended}).\n${await tailOf(logFile)}`);
}

async function tailOf(logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => ''); // no log: the reason above is all there is
  return `The end of ${logFile}:\n${log.trimEnd().split('\n').slice(-LOG_LINES).join('\n')}`;
}
