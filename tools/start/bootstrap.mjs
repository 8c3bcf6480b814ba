/** What `npm start` and `npm test` need before anything of ours is built. Depends on Node alone. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
const OLDEST_NODE = [20, 19];

/** Runs a program in the checkout with our terminal. @throws when it does not end with 0 */
export function run(command, args, env = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status ?? signal}`);
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

/** `npm ci` when there are no packages, or when they belong to another lock file. */
export function ensurePackages() {
  const lock = join(ROOT, 'package-lock.json');
  const stamp = join(ROOT, 'node_modules/.installed-lock.sha256');
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : null;
  if (installed === wanted) return;
  // Without a stamp somebody ran npm by hand, which writes its own copy of the lock last.
  const npms = join(ROOT, 'node_modules/.package-lock.json');
  const byHand = installed === null && existsSync(npms) && statSync(npms).mtimeMs >= statSync(lock).mtimeMs;
  if (!byHand) {
    console.log('Installing packages (npm ci) ...');
    const npm = process.env.npm_execpath;
    if (npm === undefined) run('npm', ['ci', '--no-audit', '--no-fund']);
    else run(process.execPath, [npm, 'ci', '--no-audit', '--no-fund']);
  }
  writeFileSync(stamp, wanted);
}

/** Builds these projects and what they depend on. The compiler itself: it starts faster than a task runner. */
export function build(projects) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  run(process.execPath, [tsc, '--build', ...projects.map((project) => `${project}/tsconfig.lib.json`)]);
}
