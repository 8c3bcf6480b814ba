import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findServer, type RedisBinary, type RedisContainer } from './find-redis.ts';
import { freePort } from './free-port.ts';
import { launchContainer } from './launch-container.ts';
import { launchProcess, type Launched } from './launch-process.ts';
import { askRedis, infoField, type Address } from './resp.ts';
import { serverArguments, type ServerSettings } from './server-arguments.ts';

export interface StartRedisOptions {
  /** Data and log; made when absent. Absolute or relative to the working directory. */
  readonly dir: string;
  /** Default 0 = a free port that the system gives; without TCP when only `unixSocket` is given. */
  readonly port?: number;
  /** At most 107 bytes, a limit of the system. */
  readonly unixSocket?: string;
  readonly appendOnly: 'everysec' | 'always' | 'no';
  readonly extraArgs?: readonly string[];
  /** Its own process group, so that a terminal's Ctrl-C reaches only the caller. Default false. */
  readonly ownGroup?: boolean;
  /** Default: `findServer()`. */
  readonly source?: RedisBinary | RedisContainer;
  readonly startTimeoutMs?: number;
}

export interface RedisServer {
  /** `redis://127.0.0.1:PORT/0`, or the path of the unix socket when there is no TCP. */
  readonly url: string;
  /** `null` without TCP. */
  readonly port: number | null;
  readonly unixSocket: string | null;
  readonly dir: string;
  readonly logFile: string;
  readonly source: RedisBinary | RedisContainer;
  /** `undefined` inside a container. */
  readonly pid: () => number | undefined;
  readonly alive: () => boolean;
  /** Settles, never rejects, when the server that runs now is gone; says how. */
  readonly exited: () => Promise<string>;
  /** SIGTERM, and SIGKILL after 5 s. Harmless when it is gone. */
  readonly stop: () => Promise<void>;
  /** Default SIGKILL. After a signal that ends it, resolves when it is gone; SIGSTOP and SIGCONT resolve at once. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
  /** On the same folder and address. Stops it first when it runs. */
  readonly restart: () => Promise<void>;
}

// A large append-only file takes a while to load; an empty server answers within 30 ms.
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 5;
// Between asking for a free port and binding it, somebody else may take it.
const PORT_ATTEMPTS = 5;
const ENDING_SIGNALS: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGKILL',
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGABRT',
]);

/**
 * Starts a server on 127.0.0.1 and resolves when it answers and is proven to be the process that was started
 * (INFO's process_id), never somebody else's on the same address.
 * @throws an `Error` with the tail of its log when it does not come up
 */
export async function startRedis(options: StartRedisOptions): Promise<RedisServer> {
  const source = options.source ?? (await findServer());
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const logFile = join(dir, 'redis.log');
  const wantsTcp = source.kind === 'docker' || options.port !== undefined || options.unixSocket === undefined;
  const given = options.port ?? 0;
  const attempts = wantsTcp && given === 0 ? PORT_ATTEMPTS : 1;

  const launch = async (port: number): Promise<Launched> => {
    const settings: ServerSettings = {
      dir,
      port,
      unixSocket: source.kind === 'docker' ? undefined : options.unixSocket,
      appendOnly: options.appendOnly,
      bind: source.kind === 'docker' ? '0.0.0.0' : '127.0.0.1',
      extraArgs: [
        ...(source.kind === 'docker' ? ['--protected-mode', 'no'] : []),
        ...(options.extraArgs ?? []),
      ],
    };
    const launched =
      source.kind === 'docker'
        ? await launchContainer(serverArguments(settings), dir, port)
        : launchProcess(source.path, serverArguments(settings), logFile, options.ownGroup ?? false);
    const address: Address =
      settings.unixSocket === undefined ? { host: '127.0.0.1', port } : { path: settings.unixSocket };
    await untilItAnswers(launched, address, logFile, options.startTimeoutMs ?? START_TIMEOUT_MS);
    return launched;
  };

  let port = given;
  let current: Launched | undefined;
  for (let attempt = 1; current === undefined; attempt += 1) {
    port = wantsTcp && given === 0 ? await freePort() : given;
    try {
      current = await launch(port);
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
  return serverOf(current, launch, { source, dir, logFile, port, unixSocket: options.unixSocket });
}

interface Place {
  readonly source: RedisBinary | RedisContainer;
  readonly dir: string;
  readonly logFile: string;
  readonly port: number;
  readonly unixSocket: string | undefined;
}

function serverOf(first: Launched, launch: (port: number) => Promise<Launched>, place: Place): RedisServer {
  let current = first;
  const stop = async (): Promise<void> => {
    if (current.alive()) await end(current, 'SIGTERM');
  };
  return {
    url: place.port === 0 ? (place.unixSocket ?? '') : `redis://127.0.0.1:${String(place.port)}/0`,
    port: place.port === 0 ? null : place.port,
    unixSocket: place.unixSocket ?? null,
    dir: place.dir,
    logFile: place.logFile,
    source: place.source,
    pid: () => current.pid,
    alive: () => current.alive(),
    exited: () => current.exited,
    stop,
    kill: async (signal = 'SIGKILL') => {
      if (ENDING_SIGNALS.has(signal)) await end(current, signal);
      else await current.signal(signal);
    },
    restart: async () => {
      await stop();
      current = await launch(place.port);
    },
  };
}

async function end(server: Launched, signal: NodeJS.Signals): Promise<void> {
  await server.signal(signal);
  const late = new AbortController();
  const gone = await Promise.race([
    server.exited.then(() => true),
    wait(STOP_TIMEOUT_MS, false, { signal: late.signal }).catch(() => false), // aborted = it went in time
  ]);
  late.abort();
  // A stopped (SIGSTOP) or wedged server ignores everything else.
  if (!gone) await server.signal('SIGKILL');
  await server.exited;
}

async function untilItAnswers(
  server: Launched,
  address: Address,
  logFile: string,
  timeoutMs: number,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  let lastRefusal = 'no answer yet';
  while (server.alive()) {
    if (Date.now() > giveUpAt) {
      await server.signal('SIGKILL');
      throw await startFailure(`did not answer within ${String(timeoutMs)} ms (${lastRefusal})`, logFile);
    }
    try {
      await askRedis(address, ['PING']);
      const owner = infoField(await askRedis(address, ['INFO', 'server']), 'process_id');
      if (server.pid === undefined || owner === String(server.pid)) return;
      lastRefusal = `process ${owner ?? '?'} answers there, not ours`;
    } catch (error) {
      lastRefusal = error instanceof Error ? error.message : String(error);
    }
    await Promise.race([server.exited, wait(POLL_MS)]);
  }
  throw await startFailure(`ended: ${await server.exited}`, logFile);
}

async function startFailure(what: string, logFile: string): Promise<Error> {
  const log = await readFile(logFile, 'utf8').catch(() => ''); // no log is no news, the reason is in `what`
  const tail = log.trimEnd().split('\n').slice(-5).join('\n');
  return new Error(`the Redis server ${what}. Log ${logFile} ends with:\n${tail}`);
}
