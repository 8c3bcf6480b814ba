import { transformFile } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A service of its own process, made of the real sources; `main` is the body of its main function. */
const SOURCES = ['lifecycle/lifecycle.ts', 'lifecycle/run-service.ts', 'logging/logger.ts'];
const src = join(import.meta.dirname, '..');
/** The last option is newer than the types of swc. */
const jsc = {
  parser: { syntax: 'typescript' as const },
  target: 'es2022' as const,
  rewriteRelativeImportExtensions: true,
};
let room: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  const outDir = join(src, '..', 'out-tsc');
  await mkdir(outDir, { recursive: true });
  // Below the project, so that pino is found.
  room = await mkdtemp(join(outDir, 'run-service-'));
  for (const source of SOURCES) {
    const { code } = await transformFile(join(src, source), {
      jsc,
      module: { type: 'es6' },
    });
    const target = join(room, source.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
  await writeFile(join(room, 'package.json'), '{"type":"module"}');
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(room, { recursive: true, force: true });
});

interface Service {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly says: (text: string) => Promise<void>;
  readonly exit: Promise<unknown[]>;
}

async function startService(name: string, main: string): Promise<Service> {
  const file = join(room, `${name}.js`);
  await writeFile(
    file,
    `import { createLifecycle } from './lifecycle/lifecycle.js';
import { runService } from './lifecycle/run-service.js';
import { createLogger } from './logging/logger.js';
const logger = createLogger({ service: 'demo', version: '1' });
const lifecycle = createLifecycle({ logger, budgetMs: 1500, reserveMs: 500 });
const keepAlive = setInterval(() => undefined, 1000);
const never = () => new Promise(() => undefined);
runService({ logger, lifecycle, main: async () => {
${main}
  logger.info('up');
} });`,
  );
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  children.push(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const says = async (text: string): Promise<void> => {
    while (!output.includes(text)) {
      if (child.exitCode !== null)
        throw new Error(`exited ${String(child.exitCode)} before saying ${text}: ${output}`);
      await once(child.stdout, 'data');
    }
  };
  return { child, output: () => output, says, exit: once(child, 'close') };
}

describe('runService', () => {
  it('exits 0 on SIGTERM when everything stopped inside the budget', async () => {
    const service = await startService(
      'fine',
      `lifecycle.onStop('close', 'store', () => logger.info('closed'));`,
    );
    await service.says('"up"');
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual([0, null]);
    expect(service.output()).toContain('closed');
    expect(service.output()).toContain('"reason":"SIGTERM"');
  });

  it('exits 0 on SIGINT too', async () => {
    const service = await startService('interrupt', '');
    await service.says('"up"');
    service.child.kill('SIGINT');
    expect(await service.exit).toEqual([0, null]);
  });

  it('exits 1 at once on a second signal', async () => {
    const service = await startService('twice', `lifecycle.onStop('drain', 'hangs', never);`);
    await service.says('"up"');
    service.child.kill('SIGTERM');
    await service.says('stopping');
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual([1, null]);
    expect(service.output()).toContain('a second signal');
    expect(service.output()).not.toContain('overran');
  });

  it('exits 1 when a hook overruns, having run the others', async () => {
    const service = await startService(
      'overrun',
      `lifecycle.onStop('drain', 'hangs', never); lifecycle.onStop('close', 'store', () => logger.info('closed'));`,
    );
    await service.says('"up"');
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual([1, null]);
    expect(service.output()).toContain('overran');
    expect(service.output()).toContain('closed');
  });

  it('exits 1 when a hook fails', async () => {
    const service = await startService(
      'failing',
      `lifecycle.onStop('flush', 'sink', () => { throw new Error('no'); });`,
    );
    await service.says('"up"');
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual([1, null]);
  });

  it('exits 1 when the start fails, having closed what was open', async () => {
    const service = await startService(
      'start',
      `lifecycle.onStop('close', 'store', () => logger.info('closed')); await lifecycle.start('broken', () => { throw new Error('no store'); });`,
    );
    expect(await service.exit).toEqual([1, null]);
    expect(service.output()).toMatch(/"level":"fatal".*no store/);
    expect(service.output()).toContain('closed');
  });

  it('exits 0 when it is told to stop in the middle of its start', async () => {
    const service = await startService('early', `logger.info('half'); await lifecycle.start('slow', never);`);
    await service.says('half');
    service.child.kill('SIGTERM');
    expect(await service.exit).toEqual([0, null]);
  });

  it.each([
    ['exception', `setImmediate(() => { throw new Error('lost one'); });`],
    ['rejection', `void Promise.reject(new Error('lost one'));`],
  ])('logs an %s nobody caught as fatal and exits 1', async (kind, main) => {
    const service = await startService(kind, main);
    expect(await service.exit).toEqual([1, null]);
    expect(service.output()).toMatch(/"level":"fatal".*lost one/);
  });
});
