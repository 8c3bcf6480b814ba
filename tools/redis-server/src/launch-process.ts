import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface Launched {
  /** Of the server itself; `undefined` inside a container, where process ids mean nothing to us. */
  readonly pid: number | undefined;
  /** Settles, never rejects, when the server is gone. */
  readonly exited: Promise<string>;
  readonly alive: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => Promise<void>;
}

// A test run that is aborted must not leave its servers behind.
const children = new Set<ChildProcess>();
const killAll = (): void => {
  for (const child of children) child.kill('SIGKILL');
};

function remember(child: ChildProcess): void {
  if (children.size === 0) process.on('exit', killAll);
  children.add(child);
  child.once('exit', () => {
    children.delete(child);
    if (children.size === 0) process.off('exit', killAll);
  });
}

/** Starts the server with its output appended to `logFile`. `ownGroup` keeps a terminal's Ctrl-C away from it. */
export function launchProcess(
  path: string,
  args: readonly string[],
  logFile: string,
  ownGroup: boolean,
): Launched {
  const log = openSync(logFile, 'a');
  const child = spawn(path, args, { stdio: ['ignore', log, log], detached: ownGroup });
  closeSync(log);
  let gone = false;
  const exited = new Promise<string>((resolve) => {
    const leave = (how: string): void => {
      gone = true;
      resolve(how);
    };
    child.once('error', (error) => {
      leave(error.message);
    });
    child.once('exit', (code, signal) => {
      leave(signal === null ? `exit code ${String(code)}` : signal);
    });
  });
  if (child.pid !== undefined) remember(child);
  return {
    pid: child.pid,
    exited,
    alive: () => !gone,
    signal: (signal) => {
      child.kill(signal);
      return Promise.resolve();
    },
  };
}
