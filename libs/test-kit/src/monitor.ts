import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Redis } from 'ioredis';
import { eventually } from './eventually.ts';

export interface MonitoredCommand {
  /** The server's time, seconds with microseconds. */
  readonly time: number;
  /** As sent, unescaped, bytes read as UTF-8. `args[0]` is the command's name in upper case. */
  readonly args: readonly string[];
  /** 'lua' for what a script called. */
  readonly source: 'client' | 'lua';
}

export interface Monitor {
  /** All that the server has executed so far, in order. */
  readonly commands: () => Promise<readonly MonitoredCommand[]>;
  /** Forgets what was seen so far. */
  readonly clear: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Watches what the server of `redis` executes. ioredis's own monitor leaves escapes in the arguments, so this one
 * reads the protocol itself. Close it with `stop()` (or the fixture's `defer`).
 */
export async function monitor(redis: Redis): Promise<Monitor> {
  const { path, host, port } = redis.options;
  const socket = connect(path === undefined ? { host: host ?? '127.0.0.1', port: port ?? 6379 } : { path });
  const seen: MonitoredCommand[] = [];
  let armed = false;
  createInterface({ input: socket }).on('line', (line) => {
    if (line === '+OK') armed = true;
    const command = parseMonitorLine(line);
    if (command !== undefined) seen.push(command);
  });
  socket.write('MONITOR\r\n');
  await eventually(() => armed, { what: 'MONITOR' });

  /** Everything executed before the marker has been seen when the marker is. */
  const catchUp = async (): Promise<void> => {
    const marker = randomUUID();
    await redis.echo(marker);
    await eventually(() => seen.some(({ args }) => args[1] === marker), {
      what: 'the monitor catching up',
      intervalMs: 1,
    });
    seen.splice(0, seen.length, ...seen.filter(({ args }) => args[1] !== marker));
  };
  return {
    commands: async () => {
      await catchUp();
      return [...seen];
    },
    clear: async () => {
      await catchUp();
      seen.length = 0;
    },
    stop: async () => {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.destroy();
      await closed;
    },
  };
}

/** `+1339518083.107412 [0 127.0.0.1:60866] "set" "k" "v\n"`; `undefined` for anything else. */
export function parseMonitorLine(line: string): MonitoredCommand | undefined {
  const head = /^\+(\d+\.\d+) \[\d+ (.+?)\] (?=")/.exec(line);
  if (head === null) return undefined;
  const quoted = line.slice(head[0].length).matchAll(/"((?:[^"\\]|\\.)*)"/g);
  const args = [...quoted].map((match) => unescape(match[1] ?? ''));
  return {
    time: Number(head[1]),
    args: [(args[0] ?? '').toUpperCase(), ...args.slice(1)],
    source: head[2] === 'lua' ? 'lua' : 'client',
  };
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8 };

function unescape(text: string): string {
  const bytes: number[] = [];
  for (const [, hex, letter, plain] of text.matchAll(/\\x([0-9a-f]{2})|\\(.)|([^\\]+)/g)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else bytes.push(...Buffer.from(plain ?? '', 'latin1'));
  }
  return Buffer.from(bytes).toString('utf8');
}
