import { createHttpServer } from '../http/create-http-server.ts';
import { createLogger } from '../logging/logger.ts';
import { createRegistry } from '../metrics/create-registry.ts';
import { createHealth, type Health } from './health.ts';
import { isLoopback, mountOps } from './mount-ops.ts';
import { readServiceVersion } from './service-version.ts';

const logger = createLogger({ service: 'demo', version: '1', level: 'silent' });
const version = readServiceVersion(new URL('../../package.json', import.meta.url), 'abc123');

describe('the ops routes', () => {
  let now = 0;
  let health: Health;
  const app = createHttpServer({ logger });
  let reasonOfStore: string | null = null;

  beforeAll(async () => {
    health = createHealth({ now: () => now, checkTimeoutMs: 50 });
    health.check('store', () => reasonOfStore);
    const register = createRegistry({ service: 'demo' });
    await mountOps({ app, host: '127.0.0.1', logger, health, version, register });
  });
  afterAll(async () => {
    health.close();
    await app.close();
  });
  const get = (url: string) => app.inject({ method: 'GET', url });

  it('is live, but neither started nor ready, before the start is done', async () => {
    expect((await get('/livez')).statusCode).toBe(200);
    expect((await get('/startupz')).statusCode).toBe(503);
    const ready = await get('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ status: 'unavailable', reasons: ['starting'] });
  });

  it('is ready when started and every check says so, and says why not otherwise', async () => {
    health.started();
    expect((await get('/startupz')).statusCode).toBe(200);
    expect((await get('/readyz')).json()).toEqual({ status: 'ok', reasons: [] });
    reasonOfStore = 'connection lost';
    const ready = await get('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ status: 'unavailable', reasons: ['store: connection lost'] });
    // An outage of what it depends on never restarts the fleet.
    expect((await get('/livez')).statusCode).toBe(200);
    reasonOfStore = null;
  });

  it('counts a check that throws or hangs as not ready, without its message', async () => {
    health.check('throwing', () => Promise.reject(new TypeError('password of store.internal')));
    health.check('hanging', () => new Promise<null>(() => undefined));
    const { reasons } = (await get('/readyz')).json<{ reasons: string[] }>();
    expect(reasons).toEqual(['throwing: TypeError', 'hanging: no answer in 50 ms']);
    health.check('throwing', () => null);
    health.check('hanging', () => null);
  });

  it('is not live when a watched loop is silent, unless it is excused', async () => {
    let storeIsDown = false;
    const loop = health.watch('fetch', { maxSilenceMs: 5_000, excused: () => storeIsDown });
    const eventLoop = health.watch('event-loop', { maxSilenceMs: 1e9 });
    now += 5_001;
    const dead = await get('/livez');
    expect(dead.statusCode).toBe(503);
    expect(dead.json()).toEqual({ status: 'unavailable', reasons: ['fetch: no progress for 5.0 s'] });
    storeIsDown = true;
    expect((await get('/livez')).statusCode).toBe(200);
    storeIsDown = false;
    now += 4_999;
    expect((await get('/livez')).statusCode).toBe(200);
    now += 2;
    expect((await get('/livez')).statusCode).toBe(503);
    loop.beat();
    expect((await get('/livez')).statusCode).toBe(200);
    now += 6_000;
    loop.done();
    expect((await get('/livez')).statusCode).toBe(200);
    eventLoop.beat();
  });

  it('tells its version and its metrics', async () => {
    expect((await get('/version')).json()).toEqual({
      service: 'service-kit',
      version: version.version,
      gitSha: 'abc123',
      node: process.versions.node,
    });
    const metrics = await get('/metrics');
    expect(metrics.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(metrics.body).toContain('nodejs_eventloop_lag_seconds');
    expect(metrics.body.endsWith('\n')).toBe(true);
  });

  it('stops being ready, but not live, when it drains', async () => {
    health.draining();
    expect((await get('/readyz')).json()).toEqual({ status: 'unavailable', reasons: ['draining'] });
    expect((await get('/livez')).statusCode).toBe(200);
    health.started();
    expect((await get('/readyz')).statusCode).toBe(503);
  });
});

describe('mountOps', () => {
  it('keeps health and metrics away from a public port', async () => {
    const health = createHealth();
    const register = createRegistry({ service: 'demo' });
    const app = createHttpServer({ logger });
    await expect(mountOps({ app, host: '0.0.0.0', logger, health, version, register })).rejects.toThrow(
      /METRICS_PORT/,
    );
    const ops = await mountOps({ app, host: '0.0.0.0', metricsPort: 0, logger, health, version, register });
    expect((await app.inject('/livez')).statusCode).toBe(404);
    expect((await ops.ownServer?.inject('/livez'))?.statusCode).toBe(200);
    await ops.close();
    await app.close();
    health.close();
  });

  it.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.example.com', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
