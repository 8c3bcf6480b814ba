/**
 * The client of the bench: blocking SendMessage (1.0) over keep-alive connections, every answer checked.
 * Prints one JSON line. argv: gateway url, requests in flight, how many.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { quantiles } from './quantiles.ts';

const [url = '', inFlight = '1', count = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(inFlight) });
const took: number[] = [];
let wrong = 0;

function post(body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'a2a-version': '1.0',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(`${url}/rpc`, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        resolve(text);
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function lane(next: () => number | null): Promise<void> {
  for (let n = next(); n !== null; n = next()) {
    const messageId = randomUUID();
    const text = `turn ${messageId} round`;
    const message = { messageId, role: 'ROLE_USER', parts: [{ text }] };
    const body = JSON.stringify({ jsonrpc: '2.0', id: n, method: 'SendMessage', params: { message } });
    const from = performance.now();
    const answer = await post(body);
    took.push(performance.now() - from);
    if (!answer.includes(JSON.stringify(Array.from(text).reverse().join('')))) {
      wrong += 1;
      if (wrong === 1) console.error(`a wrong answer: ${answer.slice(0, 500)}`);
    }
  }
}

let left = Number(count);
const began = performance.now();
await Promise.all(
  Array.from({ length: Number(inFlight) }, () => lane(() => (left > 0 ? (left -= 1) : null))),
);
const wall = performance.now() - began;
agent.destroy();
console.log(JSON.stringify({ inFlight: Number(inFlight), wrong, ...quantiles(took, wall) }));
