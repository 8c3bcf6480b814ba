import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../logging/logger.ts';
import { createHttpServer } from './create-http-server.ts';

describe('the timeouts of the http server', () => {
  const requestTimeoutMs = 300;
  const app = createHttpServer({
    logger: createLogger({ service: 's', version: '1', level: 'silent' }),
    requestTimeoutMs,
  });
  let port: number;

  beforeAll(async () => {
    // The answer takes longer than the request may: that is the case under test, not waiting for something.
    app.get('/slow', async () => {
      await delay(requestTimeoutMs * 6);
      return { answered: true };
    });
    app.post('/echo', (request, reply) => reply.send(request.body));
    await app.listen({ host: '127.0.0.1', port: 0 });
    port = (app.server.address() as AddressInfo).port;
  });
  afterAll(() => app.close());

  it('do not cut off an answer that takes its time', async () => {
    const reply = await fetch(`http://127.0.0.1:${String(port)}/slow`);
    expect(await reply.json()).toEqual({ answered: true });
  });

  it.each([
    ['headers', 'GET /slow HTTP/1.1\r\nhost: x\r\n'],
    [
      'body',
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{"a"',
    ],
  ])('end a request whose %s never end', async (_part, text) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.write(text);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});
