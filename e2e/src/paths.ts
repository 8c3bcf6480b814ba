import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

export const APPS = ['a2a-gateway', 'workflow-engine', 'dlq-processor'] as const;
export type AppName = (typeof APPS)[number];

/** The built program of an app. @throws when the workspace was not built */
export function builtApp(app: AppName): string {
  return built(join('apps', app, 'dist', 'main.js'));
}

/** A built file of the workspace. @throws when the workspace was not built */
export function built(path: string): string {
  const file = join(ROOT, path);
  if (existsSync(file)) return file;
  throw new Error(`${path} is missing: the e2e tests drive the built system, run "npm run build" first`);
}
