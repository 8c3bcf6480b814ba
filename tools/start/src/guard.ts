import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export interface Guard {
  readonly watch: (pid: number | undefined, ended: Promise<unknown>) => void;
  /** The list is empty by then: lets the guardian go. */
  readonly release: () => Promise<void>;
}

/** Starts the guardian (see guardian.mjs) and keeps its list. */
export function startGuard(): Guard {
  const guardian = spawn(process.execPath, [resolve(import.meta.dirname, '../guardian.mjs')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    guardian.once('exit', () => {
      resolve();
    });
  });
  // Without a guardian the supervisor works as well; it only cannot clean up after its own sudden death.
  guardian.stdin.on('error', () => undefined);
  return {
    watch: (pid, ended) => {
      if (pid === undefined) return;
      guardian.stdin.write(`+${String(pid)}\n`);
      void ended.then(() => guardian.stdin.writable && guardian.stdin.write(`-${String(pid)}\n`));
    },
    release: async () => {
      guardian.stdin.end();
      await gone;
    },
  };
}
