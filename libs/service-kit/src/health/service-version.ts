import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface ServiceVersion {
  readonly service: string;
  readonly version: string;
  /** `unknown` outside images: they set GIT_SHA when they are built. */
  readonly gitSha: string;
  readonly node: string;
}

const PackageFile = z.object({ name: z.string(), version: z.string() });

/**
 * @param packageUrl the app's package.json: `new URL('../package.json', import.meta.url)`
 * @throws if the file cannot be read as a package.json
 */
export function readServiceVersion(packageUrl: URL, gitSha?: string): ServiceVersion {
  const { name, version } = PackageFile.parse(JSON.parse(readFileSync(packageUrl, 'utf8')));
  const service = name.slice(name.lastIndexOf('/') + 1);
  return { service, version, gitSha: gitSha ?? 'unknown', node: process.versions.node };
}
