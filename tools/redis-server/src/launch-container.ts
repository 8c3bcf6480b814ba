import type { Launched } from './launch-process.ts';

const IMAGE = 'redis:7.2-alpine';
/** A variable, because the package is optional: it wants a newer Node than we do and only helps where an engine is. */
const PACKAGE: string = 'testcontainers';

/** The part of testcontainers that is used. */
interface Container {
  withCommand(command: string[]): Container;
  withExposedPorts(...ports: { container: number; host: number }[]): Container;
  withBindMounts(mounts: { source: string; target: string; mode: 'rw' }[]): Container;
  start(): Promise<StartedContainer>;
}
interface StartedContainer {
  stop(options: { timeout: number }): Promise<unknown>;
  exec(command: string[]): Promise<unknown>;
}
export interface ContainerLibrary {
  readonly GenericContainer: new (image: string) => Container;
}

export type LoadLibrary = () => Promise<unknown>;

/**
 * Starts the server in a container, its data in `dir` of the host, its port the same inside and outside.
 * @throws an `Error` that names the package when it is not installed
 */
export async function launchContainer(
  args: readonly string[],
  dir: string,
  port: number,
  load: LoadLibrary = () => import(PACKAGE),
): Promise<Launched> {
  const { GenericContainer } = await library(load);
  const started = await new GenericContainer(IMAGE)
    .withCommand(['redis-server', ...args])
    .withExposedPorts({ container: port, host: port })
    .withBindMounts([{ source: dir, target: dir, mode: 'rw' }])
    .start();
  let alive = true;
  const exit = deferred();
  const leave = async (timeout: number, how: string): Promise<void> => {
    await started.stop({ timeout });
    alive = false;
    exit.resolve(how);
  };
  return {
    pid: undefined,
    exited: exit.promise,
    alive: () => alive,
    signal: async (signal) => {
      // Process 1 of a container cannot be killed from within, so the engine does that.
      if (signal === 'SIGKILL') await leave(0, signal);
      else if (signal === 'SIGTERM') await leave(5_000, signal);
      else await started.exec(['kill', '-s', signal.slice(3), '1']);
    },
  };
}

function deferred(): { promise: Promise<string>; resolve: (how: string) => void } {
  let resolve: (how: string) => void = () => undefined;
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

async function library(load: LoadLibrary): Promise<ContainerLibrary> {
  let loaded: unknown;
  try {
    loaded = await load();
  } catch (error) {
    throw new Error(
      'Docker answers, but the package testcontainers cannot be loaded: install it (it needs Node >= 22.22), ' +
        'or install a Redis (Debian/Ubuntu: sudo apt-get install redis-server), or set REDIS_URL.',
      { cause: error },
    );
  }
  if (typeof loaded === 'object' && loaded !== null && 'GenericContainer' in loaded)
    return loaded as ContainerLibrary;
  throw new Error('the package testcontainers has no GenericContainer');
}
