import { parseConfig, printConfig, type Environment } from '@bridge/service-kit';
import { config } from './config.ts';

const HASH = 'a'.repeat(64);
const parse = (env: Environment): ReturnType<typeof parseConfig<typeof config.schema>> =>
  parseConfig(config, env);

it('needs nothing on loopback', () => {
  expect(parse({})).toMatchObject({ HOST: '127.0.0.1', GATEWAY_PORT: 8080, CORS_ORIGINS: [] });
});

it('does not open itself to strangers by default: everything missing is named at once', () => {
  expect(() => parse({ HOST: '0.0.0.0', GATEWAY_PORT: 'http' })).toThrow(/GATEWAY_PORT/);
  expect(() => parse({ HOST: '0.0.0.0' })).toThrow(/AUTH[\s\S]*METRICS_PORT/);
  expect(parse({ HOST: '0.0.0.0', AUTH: 'none', METRICS_PORT: '9090' }).AUTH).toBe('none');
});

it('reads API keys, and refuses what is none', () => {
  const keys = (list: unknown): Environment => ({ AUTH: 'api-key', API_KEYS: JSON.stringify(list) });
  expect(parse(keys([{ principal: 'alice', sha256: HASH }])).API_KEYS?.keys).toEqual([
    { principal: 'alice', tenant: 'default', sha256: HASH },
  ]);
  for (const wrong of [
    [],
    {},
    [{ principal: 'alice' }],
    [{ principal: 'alice', sha256: 'short' }],
    [{ principal: '', sha256: HASH }],
  ]) {
    expect(() => parse(keys(wrong))).toThrow(/API_KEYS/);
  }
  const twice = [
    { principal: 'alice', sha256: HASH },
    { principal: 'bob', sha256: HASH },
  ];
  expect(() => parse(keys(twice))).toThrow(/twice/);
  expect(() => parse({ AUTH: 'api-key' })).toThrow(/API_KEYS/);
  expect(() => parse({ API_KEYS: '[' })).toThrow(/API_KEYS/);
});

it('prints no key, hash or password', () => {
  const printed = printConfig(
    parse({
      AUTH: 'api-key',
      API_KEYS: JSON.stringify([{ principal: 'alice', sha256: HASH }]),
      REDIS_URL: 'redis://user:hunter2@db.example:7000/1',
    }),
  );
  expect(printed).not.toContain(HASH);
  expect(printed).not.toContain('hunter2');
  expect(printed).toContain('db.example:7000');
});

it('takes a cluster and a public url', () => {
  const parsed = parse({
    REDIS_URL: 'redis://a:7000,redis://b:7000',
    PUBLIC_URL: 'https://a2a.example/base/',
  });
  expect(parsed.REDIS_URL.reveal()).toBe('redis://a:7000,redis://b:7000');
  expect(parsed.PUBLIC_URL).toBe('https://a2a.example/base');
});

it('documents every variable', () => {
  for (const { name, description } of config.variables)
    expect([name, description.length > 10]).toEqual([name, true]);
});
