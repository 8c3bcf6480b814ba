import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startRedis, type RedisServer } from '@bridge/redis-server';
import { createFakeAgent, eventually, type FakeAgent, type FakeAgentOptions } from '@bridge/test-kit';
import { Redis } from 'ioredis';
import { isErrorLine, startProcess, tail, type AppProcess, type Program } from './app-process.ts';
import { APPS, ROOT, builtApp, type AppName } from './paths.ts';

export interface SystemOptions {
  /** For all three apps, over what the system itself sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default 'everysec', as `npm start`. */
  readonly appendOnly?: 'no' | 'everysec' | 'always';
  /** Before the apps start; what it resolves to becomes their REDIS_URL. */
  readonly prepareRedis?: (redis: Redis, url: string) => Promise<string>;
  /** Fake legacy agents, registered before the apps start. */
  readonly agents?: readonly Omit<FakeAgentOptions, 'redis'>[];
}

export interface RunningApp {
  readonly name: AppName;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The process of now; another one after `restart()`. */
  readonly process: () => AppProcess;
  /** By pid, SIGKILL; resolves when it is gone. Its exit is then no failure of `stop()`. */
  readonly kill: () => Promise<void>;
  /** A new process on the same port, ready when this resolves. Kills a running one. */
  readonly restart: () => Promise<void>;
}

export interface System {
  readonly gateway: RunningApp;
  readonly engine: RunningApp;
  readonly dlq: RunningApp;
  /** The gateway's JSON-RPC endpoint. */
  readonly rpcUrl: string;
  readonly redisServer: RedisServer;
  /** As the default user, whatever the apps use. */
  readonly redis: Redis;
  readonly agents: readonly FakeAgent[];
  readonly addAgent: (options: Omit<FakeAgentOptions, 'redis'>) => Promise<FakeAgent>;
  /** A further program beside the system (an example agent), ended by `stop()`. */
  readonly run: (
    program: Omit<Program, 'cwd' | 'env'> & { readonly env?: Readonly<Record<string, string>> },
  ) => AppProcess;
  /** Error lines that match are foreseen by the test. */
  readonly expectErrors: (pattern: RegExp) => void;
  /**
   * Ends agents, apps (SIGTERM, in order) and Redis, and removes the data.
   * @throws when an app ended by itself, did not exit with 0, or logged an error nobody foresaw
   */
  readonly stop: () => Promise<void>;
}

const PORT_VARIABLES: Readonly<Record<AppName, string>> = {
  'a2a-gateway': 'GATEWAY_PORT',
  'workflow-engine': 'ENGINE_PORT',
  'dlq-processor': 'DLQ_PORT',
};
const READY_TIMEOUT_MS = 30_000;

/** The whole system as its users run it: a Redis of its own and one process per app, ready when this resolves. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  // Asked first: a missing build is the clearest of all reasons.
  const mains = new Map(APPS.map((app) => [app, builtApp(app)]));
  const dir = await mkdtemp(join(tmpdir(), 'a2ab-e2e-'));
  const redisServer = await startRedis({ dir, port: 0, appendOnly: options.appendOnly ?? 'everysec' });
  const redis = new Redis(redisServer.url, { maxRetriesPerRequest: null });
  // A server that a test kills is expected to be away; what matters shows in the commands themselves.
  redis.on('error', () => undefined);

  const agents: FakeAgent[] = [];
  const programs: AppProcess[] = [];
  const foreseen: RegExp[] = [];
  const complaints: string[] = [];
  const apps: ManagedApp[] = [];

  const addAgent = async (agentOptions: Omit<FakeAgentOptions, 'redis'>): Promise<FakeAgent> => {
    const agent = await createFakeAgent({ ...agentOptions, redis });
    agents.push(agent);
    return agent;
  };
  const stop = async (): Promise<void> => {
    for (const app of apps) await app.end();
    for (const program of programs) await program.end();
    for (const agent of agents) await agent.stop();
    redis.disconnect();
    await redisServer.stop();
    await rm(dir, { recursive: true, force: true });
    const errors = apps.flatMap((app) =>
      app.errorLines().filter((line) => !foreseen.some((known) => known.test(line))),
    );
    const all = [...complaints, ...errors.map((line) => `logged an error nobody foresaw: ${line}`)];
    if (all.length > 0) throw new Error(`the system did not end well:\n${all.join('\n')}`);
  };

  try {
    const redisUrl = (await options.prepareRedis?.(redis, redisServer.url)) ?? redisServer.url;
    for (const agent of options.agents ?? []) await addAgent(agent);
    for (const app of APPS) {
      const port = await freePort();
      const env = {
        ...inherited(),
        HOST: '127.0.0.1',
        REDIS_URL: redisUrl,
        [PORT_VARIABLES[app]]: String(port),
        ...options.env,
      };
      const program = { name: app, command: process.execPath, args: [mains.get(app) ?? ''], cwd: ROOT, env };
      apps.push(manage(app, port, program, complaints));
    }
    // Only now all at once: they do not wait for each other.
    await Promise.all(apps.map((app) => app.ready()));
    const [gateway, engine, dlq] = apps;
    if (gateway === undefined || engine === undefined || dlq === undefined)
      throw new Error('three apps were started');
    return {
      gateway,
      engine,
      dlq,
      rpcUrl: `${gateway.url}/rpc`,
      redisServer,
      redis,
      agents,
      addAgent,
      run: (program) => {
        const started = startProcess({
          ...program,
          cwd: ROOT,
          env: { ...inherited(), REDIS_URL: redisServer.url, ...program.env },
        });
        programs.push(started);
        return started;
      },
      expectErrors: (pattern) => {
        foreseen.push(pattern);
      },
      stop,
    };
  } catch (error) {
    await stop().catch(() => undefined); // why it did not start is the better news
    throw error;
  }
}

interface ManagedApp extends RunningApp {
  readonly ready: () => Promise<void>;
  readonly end: () => Promise<void>;
  readonly errorLines: () => string[];
}

function manage(name: AppName, port: number, program: Program, complaints: string[]): ManagedApp {
  const url = `http://127.0.0.1:${String(port)}`;
  const generations = [startProcess(program)];
  const current = (): AppProcess => {
    const last = generations.at(-1);
    if (last === undefined) throw new Error('the first process is started at once');
    return last;
  };
  const ready = async (): Promise<void> => {
    const starting = current();
    await eventually(() => !starting.running() || answersReady(url), {
      timeoutMs: READY_TIMEOUT_MS,
      intervalMs: 20,
      what: `${name} ready`,
    });
    if (!starting.running()) throw new Error(`${name} ended while starting:\n${tail(starting.lines)}`);
  };
  const killed = new Set<AppProcess>();
  const kill = async (): Promise<void> => {
    killed.add(current());
    current().signal('SIGKILL');
    await current().exited;
  };
  return {
    name,
    url,
    process: current,
    ready,
    kill,
    restart: async () => {
      if (current().running()) await kill();
      generations.push(startProcess(program));
      await ready();
    },
    end: async () => {
      const last = current();
      if (killed.has(last)) return;
      const endedItself = !last.running();
      const { code, signal, forced } = await last.end();
      if (endedItself || forced || code !== 0) {
        const how = forced ? 'had to be killed' : `exited with ${String(code ?? signal)}`;
        complaints.push(`${name} ${endedItself ? 'ended by itself: it ' : ''}${how}\n${tail(last.lines)}`);
      }
    },
    errorLines: () =>
      generations.flatMap((process) =>
        process.lines.filter(isErrorLine).map((line) => `${name}: ${line.text}`),
      ),
  };
}

async function answersReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`HTTP ${String(response.status)}: ${body}`);
  return true;
}

/** What a program needs of this process: nothing of Jest's, and no setting of the machine that runs the tests. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
