/**
 * A process beside the supervisor. stdin: `+pid` and `-pid`, a line each. When stdin ends, the supervisor is gone,
 * however it went: what is still on the list is ended here, so that nothing is ever left running.
 */

import { createInterface } from 'node:readline';

const GRACE_MS = 5_000;
const pids = new Set();

// The terminal's Ctrl-C is for the supervisor alone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

function signalAll(signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      pids.delete(pid); // gone already
    }
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) pids.add(pid);
  else pids.delete(pid);
});
lines.on('close', () => {
  signalAll('SIGTERM');
  if (pids.size > 0) setTimeout(() => signalAll('SIGKILL'), GRACE_MS);
});
