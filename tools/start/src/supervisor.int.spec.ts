import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askRedis, freePort, infoField } from '@bridge/redis-server';
import { eventually } from '@bridge/test-kit';
import { parseSettings, type StartSettings } from './settings.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

/** An app that is ready at once, tells its pid, and writes down when it is told to stop. */
const FAKE_APP = (portVariable: string): string => `
  import { createServer } from 'node:http';
  import { appendFileSync } from 'node:fs';
  const server = createServer((request, response) => {
    response.end(JSON.stringify({ pid: process.pid, redis: process.env.REDIS_URL }));
  }).listen(Number(process.env.${portVariable}), process.env.HOST);
  process.on('SIGTERM', () => { appendFileSync('stops', '${portVariable} '); process.exit(0); });
`;

let root: string;
let settings: StartSettings;
let supervisor: Supervisor | undefined;
let said: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'a2ab-start-'));
  await writeFile(join(root, 'package.json'), '{"type": "module"}');
  const env: Record<string, string> = { NO_FLEET: '1' };
  for (const variable of ['GATEWAY_PORT', 'ENGINE_PORT', 'DLQ_PORT', 'REDIS_PORT'])
    env[variable] = String(await freePort());
  ({ settings } = parseSettings(env, []));
  for (const { name, portVariable } of settings.apps) {
    await mkdir(join(root, 'apps', name, 'dist'), { recursive: true });
    await writeFile(join(root, 'apps', name, 'dist/main.js'), FAKE_APP(portVariable));
  }
  said = [];
  supervisor = createSupervisor(root, settings, (line) => said.push(line));
});
afterEach(async () => {
  await supervisor?.stop();
  await rm(root, { recursive: true, force: true });
});

const up = (): Supervisor => {
  if (supervisor === undefined) throw new Error('made in beforeEach');
  return supervisor;
};
async function ask(index: number): Promise<{ pid: number; redis: string }> {
  const port = settings.apps[index]?.port ?? 0;
  return (await (await fetch(`http://127.0.0.1:${String(port)}/readyz`)).json()) as {
    pid: number;
    redis: string;
  };
}
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process
  }
};

describe('the supervisor', () => {
  it('brings everything up, brings back what dies, and stops in order with nothing left', async () => {
    await up().start();
    expect(said.join('\n')).toContain('A2A Bridge is ready.');
    const before = await ask(0);
    expect(before.redis).toBe(`redis://127.0.0.1:${String(settings.redisPort)}/0`);

    process.kill(before.pid, 'SIGKILL');
    await eventually(async () => (await ask(0)).pid !== before.pid);
    expect(said.join('\n')).toMatch(/a2a-gateway.* ended \(SIGKILL\); starting it again/);

    const redis = { host: '127.0.0.1', port: settings.redisPort };
    await askRedis(redis, ['SET', 'k', 'v']);
    const pid = infoField(await askRedis(redis, ['INFO', 'server']), 'process_id');
    process.kill(Number(pid), 'SIGKILL');
    await eventually(async () => (await askRedis(redis, ['GET', 'k'])) === 'v');
    await eventually(() => said.includes('Redis runs again.'));

    const pids = [...(await Promise.all([0, 1, 2].map(ask))).map((answer) => answer.pid)];
    await up().stop();
    expect(await readFile(join(root, 'stops'), 'utf8')).toBe('GATEWAY_PORT ENGINE_PORT DLQ_PORT ');
    expect(pids.filter(alive)).toEqual([]);
    await expect(askRedis(redis, ['PING'])).rejects.toThrow();
  });

  it('names the variable of a busy port and starts nothing', async () => {
    const stranger = createServer().listen(settings.apps[1]?.port, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    try {
      await expect(up().start()).rejects.toThrow(/Set ENGINE_PORT to another one/);
      await expect(ask(0)).rejects.toThrow();
    } finally {
      stranger.close();
    }
  });

  it('shows the log of an app that ends while starting', async () => {
    await writeFile(
      join(root, 'apps/workflow-engine/dist/main.js'),
      "console.error('bad config'); process.exit(3);",
    );
    await expect(up().start()).rejects.toThrow(
      /workflow-engine ended while starting \(exit code 3\)[^]*bad config/,
    );
  });

  it('a stop in the middle of the start leaves nothing behind', async () => {
    await writeFile(join(root, 'apps/workflow-engine/dist/main.js'), 'setInterval(() => undefined, 1000);');
    const starting = up().start();
    const failed = expect(starting).rejects.toThrow();
    await eventually(async () => (await ask(0)).pid > 0);
    const { pid } = await ask(0);
    await up().stop();
    await failed;
    expect(alive(pid)).toBe(false);
    await expect(askRedis({ host: '127.0.0.1', port: settings.redisPort }, ['PING'])).rejects.toThrow();
  });
});
