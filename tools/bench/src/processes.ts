import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../../..');

export interface Running {
  readonly name: string;
  readonly pid: number;
  readonly child: ChildProcess;
}

const children = new Set<ChildProcess>();
// Whatever ends this process, a crash too, takes them along.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A Node program of the checkout; its stderr is ours, its stdout is kept from the terminal. */
export function run(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  if (child.pid === undefined) throw new Error(`${name} could not be started`);
  return { name, pid: child.pid, child };
}

/** Resolves with the first line of its output. */
export async function firstLine({ name, child }: Running): Promise<string> {
  if (child.stdout === null) throw new Error(`${name} has no output`);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return chunk.toString('utf8').split('\n')[0] ?? '';
}

/** Its whole output, once it ended well. */
export async function output({ name, child }: Running): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}`);
  return text;
}

export async function stop({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** User and system time of a process so far, ms (a tick of /proc is 10 ms). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory, MiB. */
export function rssMiB(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
}
