/**
 * `npm test`: sets up what the tests need, builds, runs every project's tests and the Python agent's, and ends with
 * `N passed, N failed`. With CI=true nothing may be skipped. Arguments are names of projects; without any, all.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, build, checkNode, ensurePackages } from './start/bootstrap.mjs';

const RESULTS = join(ROOT, '.cache/test-results');
const CI = process.env.CI === 'true';
const NX = join(ROOT, 'node_modules/.bin/nx');
/** The official clients that the end-to-end tests drive, one environment each. */
const A2A_SDKS = {
  '0.2.16': ['a2a-sdk==0.2.16'],
  '0.3.26': ['a2a-sdk[http-server]==0.3.26'],
  '1.3.0': ['a2a-sdk[http-server]==1.3.0'],
};
const QUIET_NX = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' };

const results = [];
try {
  checkNode();
  ensurePackages();
  build(['tools/start']);
  await findRedis();
  const python = await preparePython();
  const names = process.argv.slice(2);
  // The end-to-end tests drive built programs that they do not import.
  if (names.length === 0 || names.some((name) => name.includes('e2e'))) buildAll();
  if (python !== null) results.push(runPythonTests());
  results.push(...runJest(names));
  if (CI && python === null)
    results.push({ project: 'the Python clients', passed: 0, failed: 1, skipped: 0 });
} catch (error) {
  console.error(`\n${error.message}`);
  results.push({ project: 'set-up', passed: 0, failed: 1, skipped: 0 });
}
finish();

async function findRedis() {
  const { findServer } = await import('./redis-server/dist/index.js');
  const found = await findServer();
  console.log(`Redis: ${found.kind === 'binary' ? found.path : found.kind}`);
}

/** `null` where there is no Python. */
async function preparePython() {
  const { ensureAgentVenv, ensureVenv, pythonProblem } = await import('./start/dist/index.js');
  const problem = await pythonProblem();
  if (problem !== null) {
    const legs = Object.keys(A2A_SDKS).map((version) => `a2a-sdk ${version}`);
    console.log(`Skipped, because ${problem}: ${[...legs, 'the Python agent'].join(', ')}.`);
    return null;
  }
  for (const [version, requirements] of Object.entries(A2A_SDKS)) {
    console.log(`Python client: a2a-sdk ${version}`);
    await ensureVenv(join(ROOT, `.cache/venv-a2a-${version}`), requirements);
  }
  return ensureAgentVenv(ROOT);
}

function runNx(args, env) {
  return spawnSync(process.execPath, [NX, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...QUIET_NX, ...env },
  }).status;
}

function buildAll() {
  if (runNx(['run-many', '-t', 'build', '--parallel=2'], {}) !== 0) throw new Error('The build failed.');
}

/** Needs no package and no Redis; its cases are the TypeScript agent's as well. */
function runPythonTests() {
  const cwd = join(ROOT, 'examples/python-agent');
  const { status, stderr } = spawnSync('python3', ['-B', '-m', 'unittest'], { cwd, encoding: 'utf8' });
  process.stdout.write(stderr);
  const ran = Number(/^Ran (\d+) test/m.exec(stderr)?.[1] ?? 0);
  const broken = [...stderr.matchAll(/(?:failures|errors)=(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  const failed = status === 0 && ran > 0 ? 0 : Math.max(broken, 1);
  return { project: 'examples/python-agent', passed: Math.max(ran - failed, 0), failed, skipped: 0 };
}

function runJest(names) {
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  // Never from the cache: this command is asked whether the tests pass now.
  const args = ['run-many', '-t', 'test', '--parallel=2', '--skip-nx-cache', '--output-style=stream'];
  const only = names.length === 0 ? [] : ['--projects', names.join(',')];
  const env = { TEST_RESULTS_DIR: RESULTS, ...(CI ? { REQUIRE_PYTHON: '1' } : {}) };
  const status = runNx([...args, ...only], env);
  const counted = readdirSync(RESULTS).map((file) => JSON.parse(readFileSync(join(RESULTS, file), 'utf8')));
  const known = new Set(counted.map(({ project }) => project));
  // Whose run crashed has left no result.
  const silent = projectsWithSpecs(names).filter((project) => !known.has(project));
  for (const project of silent) counted.push({ project, passed: 0, failed: 1, skipped: 0 });
  if (status !== 0 && counted.every(({ failed }) => failed === 0)) {
    counted.push({ project: 'the run itself', passed: 0, failed: 1, skipped: 0 });
  }
  return counted;
}

/** All of them, or those that `names` names as Nx does: whole, or without the scope. */
function projectsWithSpecs(names) {
  const dirs = ['apps', 'libs', 'tools', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`),
  );
  return [...dirs, 'e2e'].filter(
    (dir) =>
      (names.length === 0 ||
        names.some((name) => name === nameOf(dir) || `@bridge/${name}` === nameOf(dir))) &&
      existsSync(join(ROOT, dir, 'jest.config.mjs')) &&
      readdirSync(join(ROOT, dir, 'src'), { recursive: true }).some((file) => file.endsWith('.spec.ts')),
  );
}

function nameOf(dir) {
  const file = ['project.json', 'package.json']
    .map((name) => join(ROOT, dir, name))
    .find((path) => existsSync(path));
  return file === undefined ? dir : JSON.parse(readFileSync(file, 'utf8')).name;
}

function finish() {
  const total = (field) => results.reduce((sum, result) => sum + result[field], 0);
  console.log('');
  for (const { project, passed, failed, skipped } of results) {
    const more = skipped > 0 ? `, ${skipped} skipped` : '';
    console.log(`${failed > 0 ? 'FAIL' : 'ok  '} ${project}: ${passed} passed, ${failed} failed${more}`);
  }
  const skippedInCi = CI ? total('skipped') : 0;
  if (skippedInCi > 0) console.log(`${skippedInCi} skipped, and with CI=true a skipped test is a failed one`);
  const failed = total('failed') + skippedInCi;
  console.log(`${total('passed')} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
