import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
}

export interface RunningProgram {
  readonly pid: number | undefined;
  /** Settles, never rejects, with how it ended. */
  readonly ended: Promise<string>;
  readonly alive: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/**
 * Starts a program in the checkout's root with its output appended to its log. It gets a process group of its own:
 * a Ctrl-C in the terminal reaches only us, and we stop everything in order.
 */
export function startProgram(program: Program, cwd: string): RunningProgram {
  mkdirSync(dirname(program.logFile), { recursive: true });
  const log = openSync(program.logFile, 'a');
  const child = spawn(program.command, program.args, {
    cwd,
    env: { ...program.env },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  let alive = true;
  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      alive = false;
      resolve(how);
    };
    child.once('error', (error) => {
      end(error.message);
    });
    child.once('exit', (code, signal) => {
      end(signal === null ? `exit code ${String(code)}` : signal);
    });
  });
  return {
    pid: child.pid,
    ended,
    alive: () => alive,
    signal: (signal) => {
      if (alive) child.kill(signal);
    },
  };
}

/** SIGTERM, and SIGKILL after `graceMs`. Says whether it went by itself. */
export async function endProgram(running: RunningProgram, graceMs: number): Promise<boolean> {
  running.signal('SIGTERM');
  const inTime = new AbortController();
  const late = wait(graceMs, false, { signal: inTime.signal }).catch(() => true); // aborted = it went in time
  const went = await Promise.race([running.ended.then(() => true), late]);
  inTime.abort();
  if (!went) running.signal('SIGKILL');
  await running.ended;
  return went;
}
