import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** One line an app printed: a log record where it is JSON, else only its text. */
export interface LogLine {
  readonly from: 'stdout' | 'stderr';
  readonly text: string;
  readonly record: Readonly<Record<string, unknown>> | null;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface AppProcess {
  readonly name: string;
  readonly pid: number;
  readonly lines: readonly LogLine[];
  readonly exited: Promise<ExitStatus>;
  readonly running: () => boolean;
  /** Sends a signal to exactly this process; after SIGKILL and SIGTERM wait for `exited`. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** SIGTERM, and SIGKILL after `graceMs`; says how it ended and whether it had to be forced. */
  readonly end: (graceMs?: number) => Promise<ExitStatus & { readonly forced: boolean }>;
  /** Resolves with the first line (past or future) the predicate accepts; rejects when the process ends first. */
  readonly line: (accept: (line: LogLine) => boolean, timeoutMs?: number) => Promise<LogLine>;
}

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const GRACE_MS = 15_000;
const LINE_TIMEOUT_MS = 20_000;

// A test run that is aborted must not leave its processes behind.
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a program with its output collected line by line. */
export function startProcess(program: Program): AppProcess {
  const child = spawn(program.command, program.args, {
    cwd: program.cwd,
    env: { ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid === undefined) throw new Error(`${program.name} could not be started: ${program.command}`);
  children.add(child);
  const pid = child.pid;
  const lines: LogLine[] = [];
  const listeners = new Set<(line: LogLine) => void>();
  let ended = false;

  const collect = (from: LogLine['from'], stream: NodeJS.ReadableStream): void => {
    createInterface({ input: stream }).on('line', (text) => {
      const line = { from, text, record: recordOf(text) };
      lines.push(line);
      for (const listener of listeners) listener(line);
    });
  };
  collect('stdout', child.stdout);
  collect('stderr', child.stderr);

  // 'close', not 'exit': only then every line was read.
  const exited = once(child, 'close').then(([code, signal]): ExitStatus => {
    ended = true;
    children.delete(child);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  const signal = (name: NodeJS.Signals): void => {
    if (!ended) child.kill(name);
  };

  return {
    name: program.name,
    pid,
    lines,
    exited,
    running: () => !ended,
    signal,
    end: async (graceMs = GRACE_MS) => {
      signal('SIGTERM');
      const abort = new AbortController();
      const late = wait(graceMs, null, { signal: abort.signal }).catch(() => null); // aborted = it went in time
      const status = await Promise.race([exited, late]);
      abort.abort();
      if (status !== null) return { ...status, forced: false };
      signal('SIGKILL');
      return { ...(await exited), forced: true };
    },
    line: (accept, timeoutMs = LINE_TIMEOUT_MS) =>
      firstLine({ name: program.name, lines, listeners, exited }, accept, timeoutMs),
  };
}

interface LineSource {
  readonly name: string;
  readonly lines: readonly LogLine[];
  readonly listeners: Set<(line: LogLine) => void>;
  readonly exited: Promise<ExitStatus>;
}

async function firstLine(
  source: LineSource,
  accept: (line: LogLine) => boolean,
  timeoutMs: number,
): Promise<LogLine> {
  const known = source.lines.find(accept);
  if (known !== undefined) return known;
  const abort = new AbortController();
  let listener: ((line: LogLine) => void) | undefined;
  try {
    return await Promise.race([
      new Promise<LogLine>((resolve) => {
        listener = (line) => {
          if (accept(line)) resolve(line);
        };
        source.listeners.add(listener);
      }),
      source.exited.then(() => {
        throw new Error(`${source.name} ended before the expected line:\n${tail(source.lines)}`);
      }),
      wait(timeoutMs, null, { signal: abort.signal }).then(() => {
        throw new Error(`${source.name} did not print the expected line:\n${tail(source.lines)}`);
      }),
    ]);
  } finally {
    abort.abort();
    if (listener !== undefined) source.listeners.delete(listener);
  }
}

/** The last lines, for error messages. */
export function tail(lines: readonly LogLine[], count = 15): string {
  return lines
    .slice(-count)
    .map((line) => `  ${line.text}`)
    .join('\n');
}

function recordOf(text: string): LogLine['record'] {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null; // a line that only looks like a record is shown as text
  }
}

const PINO_ERROR = 50;
/** Node's own words about a deprecated option of a package: worth a look, no error. */
const DEPRECATION = /^\(node:\d+\) .*deprecat|^\(Use `node --trace-/i;

/** Is it an error by its level, or something that reached stderr without being a record at all? */
export function isErrorLine(line: LogLine): boolean {
  if (line.record === null)
    return line.from === 'stderr' && line.text.trim() !== '' && !DEPRECATION.test(line.text);
  const level = line.record['level'];
  if (typeof level === 'number') return level >= PINO_ERROR;
  return level === 'error' || level === 'fatal';
}
