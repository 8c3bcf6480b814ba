import type { z } from 'zod';
import type { ConfigDefinition } from './define-config.ts';
import { ConfigError, parseConfig, type Environment } from './parse-config.ts';

/** What `loadConfig` needs of the process; `process` itself fits. */
export interface ConfigProcess {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  exit(code: number): never;
}

/** The effective configuration as JSON, secrets redacted. */
export function printConfig(config: object): string {
  return JSON.stringify(config, null, 2);
}

/**
 * For `main.ts`: parses the environment. `--print-config` prints the effective configuration and exits 0;
 * a faulty configuration prints every problem to stderr and exits 1.
 */
export function loadConfig<Schema extends z.ZodObject>(
  definition: ConfigDefinition<Schema>,
  from: ConfigProcess,
): z.output<Schema> {
  const config = parseOrExit(definition, from);
  if (!from.argv.includes('--print-config')) return config;
  from.stdout.write(`${printConfig(config)}\n`);
  return from.exit(0);
}

function parseOrExit<Schema extends z.ZodObject>(
  definition: ConfigDefinition<Schema>,
  from: ConfigProcess,
): z.output<Schema> {
  try {
    return parseConfig(definition, from.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    from.stderr.write(`${error.message}\n`);
    return from.exit(1);
  }
}
