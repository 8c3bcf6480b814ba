import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 300_000;

/** Is there a Python that can make virtual environments? Says why not. */
export async function pythonProblem(): Promise<string | null> {
  try {
    await run('python3', [
      '-c',
      'import sys, venv, ensurepip; assert sys.version_info >= (3, 9), sys.version',
    ]);
    return null;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (text.includes('ENOENT')) return 'python3 is not installed';
    if (text.includes('No module named'))
      return 'python3 has no venv (Debian/Ubuntu: sudo apt-get install python3-venv)';
    return `python3 cannot be used: ${text.trim().split('\n').at(-1) ?? ''}`;
  }
}

/**
 * The interpreter of a virtual environment with these requirements (as pip takes them), made once: it is made anew
 * when the requirements change or an earlier attempt was cut short.
 * @throws an `Error` with the last lines of pip
 */
export async function ensureVenv(
  dir: string,
  requirements: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const options = signal === undefined ? {} : { signal };
  const python = join(dir, 'bin', 'python');
  const stamp = join(dir, 'requirements.sha256');
  const wanted = createHash('sha256').update(requirements.join('\n')).digest('hex');
  const found = await readFile(stamp, 'utf8').catch(() => ''); // none yet
  if (found === wanted) return python;
  await rm(dir, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', dir], options);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements], {
      timeout: INSTALL_TIMEOUT_MS,
      ...options,
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(text.trim().split('\n').slice(-3).join('\n'), { cause: error });
  }
  await writeFile(stamp, wanted);
  return python;
}
