import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.ts';

/** What a Python client printed: one JSON line, in the client's own models. */
export interface ClientReport {
  readonly card: unknown;
  readonly sent: unknown;
  readonly streamed: readonly unknown[];
  readonly got: unknown;
}

export type PythonSdk = '0.2.16' | '0.3.26' | '1.3.0';

const TIMEOUT_MS = 60_000;

/** The interpreter of a virtual environment in `.cache/`. */
export function pythonOf(venv: string): string {
  return join(ROOT, '.cache', venv, 'bin', 'python');
}

/**
 * A test that needs that environment. `npm test` makes it; without Python there is none, and the test is skipped by
 * name, unless REQUIRE_PYTHON says that nothing may be skipped: then it fails.
 */
export function testWith(venv: string): typeof it {
  return existsSync(pythonOf(venv)) || process.env['REQUIRE_PYTHON'] !== undefined ? it : it.skip;
}

/** Runs the official client of that version against `baseUrl`. */
export function runPythonClient(sdk: PythonSdk, baseUrl: string, text: string): Promise<ClientReport> {
  const script = join(ROOT, 'e2e', 'clients', 'python', `client_${sdk.replaceAll('.', '_')}.py`);
  return new Promise((resolve, reject) => {
    execFile(
      pythonOf(`venv-a2a-${sdk}`),
      [script, baseUrl, text],
      { timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout) as ClientReport);
        else
          reject(
            new Error(`a2a-sdk ${sdk}: ${stderr.trim().split('\n').slice(-6).join('\n')}`, { cause: error }),
          );
      },
    );
  });
}
