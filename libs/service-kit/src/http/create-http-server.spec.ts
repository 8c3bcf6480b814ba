import type { FastifyInstance } from 'fastify';
import { createLogger } from '../logging/logger.ts';
import { createHttpServer, type HttpServerOptions } from './create-http-server.ts';

const written: string[] = [];
const logger = createLogger({
  service: 's',
  version: '1',
  level: 'debug',
  destination: {
    write: (text: string) => {
      written.push(text);
    },
  },
});
const logged = (): Record<string, unknown>[] =>
  written.map((line) => JSON.parse(line) as Record<string, unknown>);

class KnownError extends Error {}

function build(options: Partial<HttpServerOptions> = {}): FastifyInstance {
  const app = createHttpServer({
    logger,
    bodyLimit: 2_000,
    toProblem: (error) =>
      error instanceof KnownError
        ? { status: 409, code: 'KNOWN', detail: error.message, retryAfterS: 3 }
        : null,
    ...options,
  });
  app.post('/echo', (request, reply) => reply.send(request.body));
  app.get('/boom', () => {
    throw new Error('secret inside');
  });
  app.get('/known', () => {
    throw new KnownError('already there');
  });
  app.get('/raw', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/plain' }).end('raw');
  });
  app.get('/page', (_request, reply) =>
    reply.header('content-security-policy', "default-src 'self'").send('page'),
  );
  return app;
}

describe('the http server', () => {
  const app = build();
  beforeEach(() => {
    written.length = 0;
  });
  afterAll(() => app.close());
  const post = (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/echo', payload, headers: { 'content-type': type } });

  it('takes over a sane request id and makes one otherwise', async () => {
    const sane = await app.inject({ url: '/known', headers: { 'x-request-id': 'abc-1.2:3_4' } });
    expect(sane.headers['x-request-id']).toBe('abc-1.2:3_4');
    expect(sane.json()).toMatchObject({ requestId: 'abc-1.2:3_4' });
    for (const insane of ['a b', 'x'.repeat(129), 'a"b', '<script>']) {
      const reply = await app.inject({ url: '/known', headers: { 'x-request-id': insane } });
      expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('answers errors as problem documents', async () => {
    const known = await app.inject('/known');
    expect(known.statusCode).toBe(409);
    expect(known.headers['content-type']).toBe('application/problem+json');
    expect(known.headers['retry-after']).toBe('3');
    expect(known.json()).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'already there',
      code: 'KNOWN',
      requestId: known.headers['x-request-id'],
    });
    expect((await app.inject('/nowhere')).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('keeps the message of an unexpected error inside and logs it with the request id', async () => {
    const reply = await app.inject('/boom');
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain('secret inside');
    expect(reply.json()).toMatchObject({ code: 'INTERNAL' });
    const line = logged().find(({ level }) => level === 'error');
    expect(line).toMatchObject({
      requestId: reply.headers['x-request-id'],
      code: 'INTERNAL',
      err: { message: 'secret inside' },
    });
  });

  it.each([
    ['half an object', '{"a":', 'application/json', 400, 'JSON_MALFORMED'],
    ['nothing', '', 'application/json', 400, 'JSON_MALFORMED'],
    ['a prototype', '{"__proto__":{"x":1}}', 'application/json', 400, 'JSON_MALFORMED'],
    ['33 levels', '['.repeat(33) + ']'.repeat(33), 'application/json', 400, 'JSON_TOO_DEEP'],
    ['32 levels', '['.repeat(32) + ']'.repeat(32), 'application/json', 200, undefined],
    ['a long string', `"${'x'.repeat(2_000)}"`, 'application/json', 413, 'BODY_TOO_LARGE'],
    ['xml', '<a/>', 'application/xml', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['brackets in a string', '{"a":"[[[["}', 'application/json; charset=utf-8', 200, undefined],
  ])('reads %s', async (_name, payload, type, status, code) => {
    const reply = await post(payload, type);
    expect(reply.statusCode).toBe(status);
    if (code !== undefined) expect(reply.json()).toMatchObject({ code, status });
  });

  it('sends the security headers with every answer, hijacked ones too, and lets a route replace them', async () => {
    for (const url of ['/known', '/raw', '/nowhere']) {
      const { headers } = await app.inject(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect(headers['x-request-id']).toBeDefined();
    }
    expect((await app.inject('/page')).headers['content-security-policy']).toBe("default-src 'self'");
  });

  it('logs access at debug, by route and without the URL', async () => {
    await app.inject('/known?token=canary');
    const line = logged().find(({ msg }) => msg === 'request');
    expect(line).toMatchObject({ level: 'debug', method: 'GET', route: '/known', status: 409 });
    expect(written.join('')).not.toContain('canary');
  });
});

describe('cross-origin access', () => {
  const origin = 'https://console.example';
  const preflight = {
    method: 'OPTIONS',
    url: '/echo',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  } as const;

  it('is closed by default', async () => {
    const app = build();
    const reply = await app.inject(preflight);
    expect(reply.statusCode).toBe(404);
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    await app.close();
  });

  it('is open to the listed origins only', async () => {
    const app = build({ corsOrigins: [origin] });
    const allowed = await app.inject(preflight);
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'content-type',
      vary: 'origin',
    });
    expect(allowed.headers['access-control-allow-methods']).toContain('POST');
    expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
    const simple = await app.inject({ url: '/raw', headers: { origin } });
    expect(simple.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' });
    for (const other of ['https://evil.example', 'https://console.example.evil', 'null']) {
      const reply = await app.inject({ ...preflight, headers: { ...preflight.headers, origin: other } });
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
      expect(reply.headers['vary']).toBe('origin');
    }
    await app.close();
  });
});
