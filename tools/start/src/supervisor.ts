import { join } from 'node:path';
import type { RedisServer } from '@bridge/redis-server';
import { busyPorts } from './busy-ports.ts';
import { exampleFleet } from './fleet.ts';
import { startGuard, type Guard } from './guard.ts';
import { keepRunning } from './keep-running.ts';
import { startOwnRedis } from './own-redis.ts';
import { endProgram, startProgram, type Program, type RunningProgram } from './program.ts';
import { untilReady } from './readiness.ts';
import { readyText } from './ready-text.ts';
import { localUrl, type StartSettings } from './settings.ts';

const READY_TIMEOUT_MS = 60_000;
// Longer than an app's own budget for its stop.
const STOP_GRACE_MS = 30_000;
const AGENT_GRACE_MS = 5_000;

export interface Supervisor {
  /** Starts everything; resolves when it is ready. @throws with a message for the person at the terminal */
  readonly start: () => Promise<void>;
  /** Fleet, gateway, engine, dead letters, Redis: in this order, so that nobody loses what it depends on. */
  readonly stop: () => Promise<void>;
  readonly stopping: () => boolean;
  /** SIGKILL to everything, at once. */
  readonly kill: () => void;
}

interface Kept {
  readonly name: string;
  readonly graceMs: number;
  running: RunningProgram;
}

export function createSupervisor(
  root: string,
  settings: StartSettings,
  say: (line: string) => void,
): Supervisor {
  const logs = join(root, '.data/logs');
  const stopping = new AbortController();
  /** In the order of stopping. */
  const kept: Kept[] = [];
  const watches: Promise<void>[] = [];
  let guard: Guard | undefined;
  let redis: RedisServer | undefined;
  let starting = Promise.resolve();

  const launch = (program: Program): RunningProgram => {
    const running = startProgram(program, root);
    guard?.watch(running.pid, running.ended);
    return running;
  };
  const keep = (program: Program, graceMs: number): Kept => {
    const one: Kept = { name: program.name, graceMs, running: launch(program) };
    kept.push(one);
    return one;
  };
  const watch = (one: Kept, program: Program): void => {
    const restartable = {
      name: `${one.name} (log: ${program.logFile})`,
      ended: () => one.running.ended,
      start: () => {
        one.running = launch(program);
        return Promise.resolve();
      },
    };
    watches.push(keepRunning(restartable, stopping.signal, say));
  };

  const findRedisUrl = async (): Promise<string> => {
    if (settings.redisUrl !== null) return settings.redisUrl;
    const server = await startOwnRedis(join(root, '.data/redis'), settings.redisPort, settings.fresh);
    redis = server;
    guard?.watch(server.pid(), server.exited());
    const restartable = {
      name: 'Redis',
      ended: () => server.exited(),
      start: async () => {
        await server.restart();
        guard?.watch(server.pid(), server.exited());
      },
    };
    watches.push(keepRunning(restartable, stopping.signal, say));
    return server.url;
  };

  const bringUp = async (): Promise<void> => {
    const redisPort =
      settings.redisUrl === null && settings.redisPort !== 0
        ? [{ variable: 'REDIS_PORT', port: settings.redisPort }]
        : [];
    const wanted = settings.apps.map(({ portVariable, port }) => ({ variable: portVariable, port }));
    const busy = [...(await busyPorts(settings.host, wanted)), ...(await busyPorts('127.0.0.1', redisPort))];
    if (busy.length > 0) throw new Error(busy.join('\n'));
    guard = startGuard();
    const redisUrl = await findRedisUrl();
    stopping.signal.throwIfAborted();

    // Made while the apps start: the first time it installs packages.
    const fleetReady = settings.fleet
      ? exampleFleet(root, redisUrl, logs, stopping.signal)
      : Promise.resolve({ programs: [], notes: [] });
    const apps = settings.apps.map(({ name, portVariable, port }) => {
      const program: Program = {
        name,
        command: process.execPath,
        args: [join(root, 'apps', name, 'dist/main.js')],
        env: { ...process.env, HOST: settings.host, REDIS_URL: redisUrl, [portVariable]: String(port) },
        logFile: join(logs, `${name}.log`),
      };
      return { program, one: keep(program, STOP_GRACE_MS), url: localUrl(settings.host, port) };
    });
    const fleet = await fleetReady;
    stopping.signal.throwIfAborted();
    const agents = fleet.programs.map((program) => ({ program, one: keep(program, AGENT_GRACE_MS) }));
    // Agents go first: they take no new work while the rest finishes.
    kept.unshift(...kept.splice(apps.length));
    await Promise.all(
      apps.map(({ program, one, url }) =>
        untilReady(program.name, url, one.running, program.logFile, READY_TIMEOUT_MS, stopping.signal),
      ),
    );
    for (const { program, one } of [...apps, ...agents]) watch(one, program);
    const redisFolder = settings.redisUrl === null ? '.data/redis' : null;
    const names = agents.map(({ program }) => program.name);
    say(
      readyText({ settings, redisUrl, redisFolder, agents: names, notes: fleet.notes, logs: '.data/logs/' }),
    );
  };

  const stop = async (): Promise<void> => {
    stopping.abort();
    // A start that is under way ends at its next step; only then the list of what runs is complete.
    await starting.catch(() => undefined); // start() has thrown it to whoever called that
    await Promise.all(watches);
    for (const one of kept) {
      const went = await endProgram(one.running, one.graceMs);
      say(
        `${one.name} stopped${went ? '' : ` by force: it did not end within ${String(one.graceMs / 1000)} s`}.`,
      );
    }
    if (redis !== undefined) {
      await redis.stop();
      say('Redis stopped.');
    }
    await guard?.release();
  };

  return {
    start: () => {
      starting = bringUp();
      return starting;
    },
    stop,
    stopping: () => stopping.signal.aborted,
    kill: () => {
      for (const { running } of kept) running.signal('SIGKILL');
      const pid = redis?.alive() === true ? redis.pid() : undefined;
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    },
  };
}
