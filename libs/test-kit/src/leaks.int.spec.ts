import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Runs a test file of its own in a Jest of its own: whether a leak fails can only be seen from outside. */
async function runJest(body: string): Promise<{ failed: boolean; output: string }> {
  const dir = await mkdtemp(resolve(import.meta.dirname, '../out-tsc-leak-'));
  const source = `import { Redis } from 'ioredis';\nimport { useRedis } from '../src/index.ts';\n${body}`;
  await writeFile(resolve(dir, 'planted.spec.ts'), source);
  const root = resolve(import.meta.dirname, '..');
  const jest = resolve(root, '../../node_modules/jest/bin/jest.js');
  try {
    return await new Promise((done) => {
      const args = [
        '--experimental-vm-modules',
        '--no-warnings',
        jest,
        '--rootDir',
        dir,
        '--config',
        `${root}/jest.config.mjs`,
        '--forceExit',
      ];
      execFile(
        process.execPath,
        args,
        { cwd: root, env: { ...process.env, FORCE_COLOR: '0' } },
        (error, stdout, stderr) => {
          done({ failed: error !== null, output: stdout + stderr });
        },
      );
    });
  } finally {
    await rm(dir, { recursive: true });
  }
}

describe('a leak fails', () => {
  it('in the test that left the connection open, and only there', async () => {
    const { failed, output } = await runJest(`
      const redis = useRedis();
      it('tidy', async () => { await redis.client().ping(); });
      it('leaky', async () => { globalThis.kept = new Redis(redis.port()); await globalThis.kept.ping(); });
    `);
    expect(failed).toBe(true);
    expect(output).toContain('1 failed, 1 passed');
    expect(output).toContain('● leaky');
    expect(output).toContain('closing every connection to Redis');
  });

  it('at the end of the file for HTTP servers', async () => {
    const { failed, output } = await runJest(`
      import { createServer } from 'node:http';
      useRedis();
      it('listens', async () => {
        globalThis.kept = createServer().listen(0);
        await new Promise((resolve) => globalThis.kept.once('listening', resolve));
      });
    `);
    expect(failed).toBe(true);
    expect(output).toContain('closing every HTTP server');
  });

  it('never where everything is closed, file-wide things included', async () => {
    const { failed, output } = await runJest(`
      const redis = useRedis();
      let shared;
      beforeAll(() => { shared = redis.client(); });
      it('one', async () => { await shared.ping(); });
      it('two', async () => { const own = new Redis(redis.port()); redis.defer(() => own.quit()); await own.ping(); });
    `);
    expect([failed, output]).toEqual([false, expect.stringContaining('2 passed')]);
  });
});
