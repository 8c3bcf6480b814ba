import { createServer, type Server } from 'node:http';
import { openStream, parseSseBlock, rpc, rpcStream } from './a2a-driver.ts';

let server: Server;
let base = '';
let closed = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.headers.accept === 'text/event-stream') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.on('close', () => (closed += 1));
        response.write(': ping\n\nid: 1\ndata: {"a":1}\n\nid: 2\nevent: x\ndata: on');
        response.write('e\ndata: two\r\n\r\n');
        if (request.url === '/ends') response.end();
        return;
      }
      const text = Buffer.concat(chunks).toString();
      if (request.url === '/html') response.end('<html>');
      else
        response.end(
          JSON.stringify({ id: 9, result: { sent: JSON.parse(text), auth: request.headers.authorization } }),
        );
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null) base = `http://127.0.0.1:${String(address.port)}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('rpc', () => {
  it('sends an envelope with the headers and gives the answer as it is', async () => {
    const answer = await rpc(base, 'message/send', { a: 1 }, { authorization: 'Bearer x' });
    expect(answer).toMatchObject({
      httpStatus: 200,
      id: 9,
      result: { sent: { jsonrpc: '2.0', method: 'message/send', params: { a: 1 } }, auth: 'Bearer x' },
    });
  });

  it('names an answer that is not JSON', async () => {
    await expect(rpc(`${base}/html`, 'm', {})).rejects.toThrow('m: HTTP 200, not JSON: <html>');
  });
});

describe('streams', () => {
  it('gives the events with their ids, joins data lines, skips comments, ends with the stream', async () => {
    const stream = await rpcStream(`${base}/ends`, 'message/stream', {});
    const events = [];
    for await (const event of stream.events) events.push(event);
    expect(events).toEqual([
      { id: '1', event: undefined, data: '{"a":1}' },
      { id: '2', event: 'x', data: 'one\ntwo' },
    ]);
  });

  it('closes the connection when the reader leaves', async () => {
    const before = closed;
    const stream = await openStream(base, { headers: { accept: 'text/event-stream' } });
    for await (const event of stream.events) {
      expect(event.id).toBe('1');
      break;
    }
    while (closed === before) await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(before + 1);
  });
});

it('a block without data is no event', () => {
  expect(parseSseBlock(': ping')).toBeUndefined();
  expect(parseSseBlock('data')).toEqual({ id: undefined, event: undefined, data: '' });
});
