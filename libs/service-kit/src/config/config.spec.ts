import { inspect } from 'node:util';
import { z } from 'zod';
import { createLogger } from '../logging/logger.ts';
import { defineConfig } from './define-config.ts';
import { loadConfig, type ConfigProcess } from './load-config.ts';
import { ConfigError, parseConfig, type Environment } from './parse-config.ts';
import { isSecret, secret, secretUrl } from './secret.ts';
import { commaList, count, durationMs, flag, port } from './values.ts';

const definition = defineConfig(
  z
    .object({
      PORT: port().default(8080).meta({ description: 'Where it listens.' }),
      STORE_URL: secretUrl(['redis', 'rediss']).meta({ description: 'The store.' }),
      API_KEY: secret({ minLength: 8 }).optional().meta({ description: 'The key.' }),
      WAIT_MS: durationMs({ min: 1, max: 60_000 }).default(500).meta({ description: 'How long.' }),
      LIMIT: count({ min: 1 }).default(10).meta({ description: 'How many.' }),
      ORIGINS: commaList(z.url()).default([]).meta({ description: 'Who may call.' }),
      VERBOSE: flag().default(false).meta({ description: 'Say more.' }),
      MODE: z.enum(['off', 'on']).default('on').meta({ description: 'The mode.' }),
    })
    .superRefine((config, context) => {
      if (config.MODE === 'off' && config.API_KEY !== undefined) {
        context.addIssue({ code: 'custom', path: ['API_KEY'], message: 'means nothing while MODE is off' });
      }
    }),
);

const minimal = { STORE_URL: 'redis://user:hunter2@store:6379/0?password=hunter2' };

function problemsOf(env: Environment): ConfigError {
  try {
    parseConfig(definition, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

describe('parseConfig', () => {
  it('fills in defaults, takes an empty string for absent and ignores what is not declared', () => {
    const config = parseConfig(definition, {
      ...minimal,
      PORT: '',
      HOME: '/root',
      VERBOSE: 'Yes',
      ORIGINS: 'https://a.example, ,https://b.example',
    });
    expect(config).toMatchObject({ PORT: 8080, WAIT_MS: 500, LIMIT: 10, VERBOSE: true, MODE: 'on' });
    expect(config.ORIGINS).toEqual(['https://a.example', 'https://b.example']);
    expect(config).not.toHaveProperty('HOME');
  });

  it('reports every problem at once, each with what is expected', () => {
    const { message, problems } = problemsOf({
      PORT: '65536',
      API_KEY: 'short',
      WAIT_MS: '5s',
      LIMIT: '0',
      ORIGINS: 'https://a.example,nonsense',
      VERBOSE: 'maybe',
      MODE: 'sometimes',
    });
    expect(problems.map(({ variable }) => variable)).toEqual([
      'PORT',
      'STORE_URL',
      'API_KEY',
      'WAIT_MS',
      'LIMIT',
      'ORIGINS',
      'VERBOSE',
      'MODE',
    ]);
    expect(message).toContain('The configuration has 8 problems:');
    expect(message).toContain('  PORT: "65536": cannot be read; expected a TCP port, 0 to 65535');
    expect(message).toContain('  STORE_URL: is missing; expected a URL starting with redis:// or rediss://');
    expect(message).toContain('  WAIT_MS: "5s": cannot be read; expected milliseconds, 1 to 60000');
    expect(message).toContain('item 2:');
    expect(message).toContain('  MODE: "sometimes"');
    expect(message).toContain('expected one of off, on');
  });

  it('never shows the value of a secret, even a malformed one', () => {
    const { message } = problemsOf({ STORE_URL: 'http://user:hunter2@store', API_KEY: 'tiny' });
    expect(message).toContain('STORE_URL: its value');
    expect(message).not.toContain('hunter2');
    expect(message).not.toContain('tiny');
  });

  it('reports cross-field rules at the variable they name', () => {
    const { problems } = problemsOf({ ...minimal, MODE: 'off', API_KEY: 'long enough' });
    expect(problems).toEqual([
      expect.objectContaining({ variable: 'API_KEY', problem: 'its value: means nothing while MODE is off' }),
    ]);
  });

  it.each(['-1', '1.5', '1e3', '0x10', ' ', 'NaN'])('refuses %j as a number', (text) => {
    expect(problemsOf({ ...minimal, WAIT_MS: text }).problems).toHaveLength(1);
  });
});

describe('a secret', () => {
  const config = parseConfig(definition, { ...minimal, API_KEY: 'correct horse' });

  it('is revealed only on request', () => {
    expect(config.API_KEY?.reveal()).toBe('correct horse');
    expect(config.STORE_URL.reveal()).toBe(minimal.STORE_URL);
    expect(isSecret(config.API_KEY)).toBe(true);
    expect(isSecret({ reveal: () => 'x' })).toBe(false);
  });

  it('stays hidden from JSON, inspect, strings and the logger', () => {
    let line = '';
    const logger = createLogger({
      service: 's',
      version: '1',
      destination: {
        write: (text: string) => {
          line += text;
        },
      },
    });
    logger.info(
      { config, key: config.API_KEY },
      `with ${String(config.API_KEY)} and ${String(config.STORE_URL)}`,
    );
    const shown = [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true }), line];
    for (const text of shown) {
      expect(text).not.toMatch(/correct horse|hunter2/);
      expect(text).toContain('[redacted]');
      expect(text).toContain('redis://***@store:6379/0');
    }
  });
});

describe('loadConfig', () => {
  class Exit extends Error {
    readonly code: number;
    constructor(code: number) {
      super(`exit ${String(code)}`);
      this.code = code;
    }
  }
  function run(argv: string[], env: Environment): { out: string; err: string; exit: number | null } {
    const seen: { out: string; err: string; exit: number | null } = { out: '', err: '', exit: null };
    const host: ConfigProcess = {
      argv,
      env,
      stdout: { write: (text) => (seen.out += text) },
      stderr: { write: (text) => (seen.err += text) },
      exit: (code) => {
        throw new Exit(code);
      },
    };
    try {
      loadConfig(definition, host);
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      seen.exit = error.code;
    }
    return seen;
  }

  it('prints the effective configuration, redacted, and exits 0', () => {
    const { out, exit } = run(['node', 'main', '--print-config'], { ...minimal, API_KEY: 'correct horse' });
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      PORT: 8080,
      API_KEY: '[redacted]',
      STORE_URL: 'redis://***@store:6379/0',
    });
  });

  it('prints every problem to stderr and exits 1', () => {
    const { out, err, exit } = run(['node', 'main', '--print-config'], {});
    expect(exit).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('STORE_URL: is missing');
  });

  it('returns the configuration when nothing else was asked for', () => {
    expect(run(['node', 'main'], minimal).exit).toBeNull();
  });
});

describe('defineConfig', () => {
  it('describes every variable for the docs', () => {
    expect(definition.variables).toContainEqual({
      name: 'PORT',
      description: 'Where it listens.',
      expects: 'a TCP port, 0 to 65535',
      default: 8080,
      required: false,
      secret: false,
    });
    expect(definition.variables).toContainEqual(
      expect.objectContaining({ name: 'STORE_URL', required: true, secret: true, default: undefined }),
    );
    expect(definition.variables).toContainEqual(
      expect.objectContaining({ name: 'MODE', expects: 'one of off, on', default: 'on' }),
    );
    expect(definition.variables).toContainEqual(
      expect.objectContaining({
        name: 'API_KEY',
        required: false,
        secret: true,
        expects: 'a secret of at least 8 characters',
      }),
    );
  });

  it('refuses a variable without a description and a name that is no variable', () => {
    expect(() => defineConfig(z.object({ PORT: port() }))).toThrow(/PORT has no description/);
    expect(() => defineConfig(z.object({ port: port().meta({ description: 'x' }) }))).toThrow(/UPPER_SNAKE/);
  });
});
