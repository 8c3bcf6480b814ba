/** `npm run bench`: a simple task end to end, and in the same run, with the same Redis settings, the floor. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startRedis, type RedisServer } from '@bridge/redis-server';
import { Redis } from 'ioredis';
import { countCommands } from './commands-per-task.ts';
import { ROOT, cpuMs, firstLine, output, rssMiB, run, stop, type Running } from './processes.ts';
import type { Quantiles } from './quantiles.ts';
import { parseSettings, type BenchSettings } from './settings.ts';

type Timed = Quantiles & { readonly inFlight: number; readonly wrong?: number };

const program = (name: string): string => join(import.meta.dirname, `${name}.js`);
const settings = parseSettings(process.argv.slice(2));
const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

interface Bridge {
  readonly url: string;
  readonly running: readonly Running[];
}

async function startBridge(redis: RedisServer): Promise<Bridge> {
  const [gateway, engine, dlq] = await Promise.all([freePort(), freePort(), freePort()]);
  const env = {
    REDIS_URL: redis.url,
    GATEWAY_PORT: String(gateway),
    ENGINE_PORT: String(engine),
    DLQ_PORT: String(dlq),
    LOG_LEVEL: 'warn',
  };
  const agents = run('agents', [program('agent'), redis.url, String(settings.agents)]);
  await firstLine(agents);
  const apps = ['a2a-gateway', 'workflow-engine', 'dlq-processor'].map((app) =>
    run(app, [`apps/${app}/dist/main.js`], env),
  );
  for (const port of [gateway, engine, dlq]) await ready(port);
  return { url: `http://127.0.0.1:${String(gateway)}`, running: [agents, ...apps] };
}

async function ready(port: number): Promise<void> {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    const ok = await fetch(`http://127.0.0.1:${String(port)}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > giveUpAt) throw new Error(`nothing is ready on port ${String(port)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function load(url: string, inFlight: number, count: number): Promise<Timed> {
  const client = run('client', [program('client'), url, String(inFlight), String(count)]);
  const timed = JSON.parse(await output(client)) as Timed;
  if (timed.wrong !== 0) throw new Error(`${String(timed.wrong)} wrong answers`);
  return timed;
}

async function measureFloor(url: string): Promise<readonly Timed[]> {
  const loads = settings.loads.map(({ inFlight, count }) => `${String(inFlight)}:${String(count)}`).join(',');
  const lines = await output(run('floor', [program('floor'), 'all', url, loads]));
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Timed);
}

const ms = (value: number): string => value.toFixed(2).padStart(8);

function printTimes(title: string, rows: readonly Timed[]): void {
  say(`\n${title}`);
  say('in flight      n      p50      p95      p99      max    per s');
  for (const { inFlight, count, p50, p95, p99, max, perSecond } of rows) {
    const numbers = [p50, p95, p99, max].map(ms).join(' ');
    say(
      `${String(inFlight).padStart(9)} ${String(count).padStart(6)} ${numbers} ${perSecond.toFixed(0).padStart(8)}`,
    );
  }
}

async function printCommands(bridge: Bridge, redis: RedisServer, { loads }: BenchSettings): Promise<void> {
  for (const inFlight of [1, 50]) {
    const count = Math.min(500, loads.find((each) => each.inFlight === inFlight)?.count ?? 100);
    const counts = await countCommands(redis.url, async () => {
      await load(bridge.url, inFlight, count);
    });
    const ours = [...counts].filter(([key]) => key.startsWith('a2a-bridge') || key.includes('a2ab:q'));
    const total = ours.reduce((sum, [, n]) => sum + n, 0);
    say(
      `\nRedis commands per task, ${String(inFlight)} in flight: ${(total / count).toFixed(1)} sent by our processes`,
    );
    for (const [key, n] of ours.sort((a, b) => b[1] - a[1]).slice(0, 30)) {
      if (n / count >= 0.05) say(`${(n / count).toFixed(2).padStart(8)}  ${key}`);
    }
  }
}

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'a2ab-bench-'));
  const redis = await startRedis({ dir, port: 0, appendOnly: 'everysec' });
  let bridge: Bridge | undefined;
  try {
    const [cpu] = cpus();
    say(
      `machine: ${String(cpus().length)} x ${cpu?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(2) ?? '?'}`,
    );
    say(
      `Node ${process.version}, AOF everysec, noeviction, ${String(settings.agents)} agents in one process,`,
    );
    say('8 attempts in flight per agent, SendMessage 1.0 (blocking), every answer checked; times in ms');

    const floor = await measureFloor(redis.url);
    printTimes('floor: BullMQ add -> worker process -> stream read', floor);

    bridge = await startBridge(redis);
    await load(bridge.url, 10, settings.warmUp);
    const times: Timed[] = [];
    for (const { inFlight, count } of settings.loads) {
      const before = bridge.running.map(({ pid }) => cpuMs(pid));
      times.push(await load(bridge.url, inFlight, count));
      const spent = bridge.running.map(({ name, pid }, i) => {
        const each = (cpuMs(pid) - (before[i] ?? 0)) / count;
        return `${name} ${each.toFixed(2)}`;
      });
      say(`CPU ms per task at ${String(inFlight)} in flight: ${spent.join(', ')}`);
    }
    printTimes('simple task, end to end', times);
    say('\nratio of p50 to the floor:');
    times.forEach((timed, i) => {
      const base = floor[i]?.p50 ?? Number.NaN;
      say(`${String(timed.inFlight).padStart(9)}  ${(timed.p50 / base).toFixed(1)}`);
    });

    await printCommands(bridge, redis, settings);
    await printBytes(bridge, redis);
    if (settings.memoryTasks > 0) await printMemory(bridge, settings.memoryTasks);
    if (settings.json !== null) writeFileSync(settings.json, JSON.stringify({ floor, times }, null, 2));
  } finally {
    for (const each of bridge?.running ?? []) await stop(each);
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function printBytes(bridge: Bridge, server: RedisServer): Promise<void> {
  const redis = new Redis(server.url);
  const used = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? 0);
  const before = await used();
  const count = 500;
  await load(bridge.url, 10, count);
  say(
    `\nRedis memory per finished task: ${((await used()) - before) / count / 1_024 < 0 ? 'unknown' : (((await used()) - before) / count / 1_024).toFixed(1)} KiB`,
  );
  redis.disconnect();
}

async function printMemory(bridge: Bridge, tasks: number): Promise<void> {
  const gateway = bridge.running.find(({ name }) => name === 'a2a-gateway');
  if (gateway === undefined) return;
  const rounds = 10;
  const rss: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await load(bridge.url, 50, tasks / rounds);
    rss.push(rssMiB(gateway.pid));
  }
  // Flat: the second half grows by less than a tenth of what the gateway holds.
  const half = rss[rounds / 2] ?? 0;
  const last = rss.at(-1) ?? 0;
  say(`\ngateway memory over ${String(tasks)} tasks, MiB: ${rss.map((each) => each.toFixed(0)).join(' ')}`);
  say(last - half < half / 10 ? 'flat' : 'NOT flat');
}

process.chdir(ROOT);
await main();
