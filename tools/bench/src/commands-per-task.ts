import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { ROOT } from './processes.ts';

/** sha1 of a script -> its name, for the scripts of the checkout. */
function scriptNames(): ReadonlyMap<string, string> {
  const source = join(ROOT, 'libs/redis-store/src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.lua'),
  );
  return new Map(
    files.map((file) => [
      createHash('sha1')
        .update(readFileSync(join(source, file)))
        .digest('hex'),
      basename(file, '.lua'),
    ]),
  );
}

/**
 * Counts the commands that clients send (what scripts call is left out) while `work` runs, by client and command.
 * MONITOR costs time: never during a timing run.
 */
export async function countCommands(
  url: string,
  work: () => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const redis = new Redis(url);
  const list = String(await redis.client('LIST'));
  const names = new Map<string, string>();
  for (const line of list.split('\n')) {
    const address = / addr=(\S+)/.exec(line)?.[1];
    const name = / name=(\S*)/.exec(line)?.[1];
    if (address !== undefined) names.set(address, name === undefined || name === '' ? 'agent' : name);
  }
  const scripts = scriptNames();
  const counts = new Map<string, number>();
  const stop = await watch(url, (source, args) => {
    const [command = '', first = ''] = args;
    const name = command.toLowerCase();
    const what = name === 'evalsha' ? (scripts.get(first) ?? `bullmq ${first.slice(0, 6)}`) : name;
    const key = `${names.get(source) ?? source} ${what}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  try {
    await work();
  } finally {
    stop();
    redis.disconnect();
  }
  return counts;
}

/** MONITOR by hand: the client's own loses its place when replies come faster than it reads them. */
async function watch(
  url: string,
  onCommand: (source: string, args: readonly string[]) => void,
): Promise<() => void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.write('MONITOR\r\n');
  const lines = createInterface({ input: socket });
  lines.on('line', (line) => {
    const found = /^\+\d+\.\d+ \[\d+ ([^\]]+)\] (.*)$/.exec(line);
    if (found === null || found[1] === 'lua') return;
    const args = [...(found[2] ?? '').slice(0, 200).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
      (each) => each[1] ?? '',
    );
    onCommand(found[1] ?? '', args);
  });
  return () => {
    lines.close();
    socket.destroy();
  };
}
