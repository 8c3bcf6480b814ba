import { connect, type Socket } from 'node:net';

/** Where a server listens: TCP or a unix socket. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** A reply as RESP2 says it; an error reply is a thrown `Error` instead. */
export type Reply = string | number | null | Reply[];

/**
 * Sends one command over its own connection and gives its reply. Just enough of RESP2 to ask a server
 * who it is, so that this package needs no client.
 * @throws an `Error` when the server cannot be reached, answers with an error, or not within `timeoutMs`
 */
export function askRedis(address: Address, args: readonly string[], timeoutMs = 1_000): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    let received = Buffer.alloc(0);
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      finish();
    };
    const timer = setTimeout(() => {
      settle(() => {
        reject(new Error(`no answer to ${args[0] ?? ''} within ${String(timeoutMs)} ms`));
      });
    }, timeoutMs);
    onceConnected(socket, args);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const parsed = parseReply(received, 0);
      if (parsed === undefined) return;
      settle(() => {
        if (parsed.value instanceof Error) reject(parsed.value);
        else resolve(parsed.value);
      });
    });
    socket.on('error', (error) => {
      settle(() => {
        reject(error);
      });
    });
    socket.on('close', () => {
      settle(() => {
        reject(new Error('the server closed the connection'));
      });
    });
  });
}

function onceConnected(socket: Socket, args: readonly string[]): void {
  const bulk = args.map((arg) => `$${String(Buffer.byteLength(arg))}\r\n${arg}\r\n`).join('');
  socket.once('connect', () => socket.write(`*${String(args.length)}\r\n${bulk}`));
}

interface Parsed {
  readonly value: Reply | Error;
  readonly end: number;
}

/** `undefined` while the reply is not complete. */
export function parseReply(bytes: Buffer, start: number): Parsed | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const line = bytes.toString('utf8', start + 1, lineEnd);
  const next = lineEnd + 2;
  switch (bytes.toString('latin1', start, start + 1)) {
    case '+':
      return { value: line, end: next };
    case '-':
      return { value: new Error(line), end: next };
    case ':':
      return { value: Number(line), end: next };
    case '$': {
      const length = Number(line);
      if (length < 0) return { value: null, end: next };
      if (bytes.length < next + length + 2) return undefined;
      return { value: bytes.toString('utf8', next, next + length), end: next + length + 2 };
    }
    case '*': {
      const items: Reply[] = [];
      let at = next;
      for (let index = 0; index < Number(line); index += 1) {
        const item = parseReply(bytes, at);
        if (item === undefined) return undefined;
        if (item.value instanceof Error) return { value: item.value, end: item.end };
        items.push(item.value);
        at = item.end;
      }
      return { value: Number(line) < 0 ? null : items, end: at };
    }
    default:
      return { value: new Error('this is not a Redis server'), end: bytes.length };
  }
}

/** One field of an INFO answer. */
export function infoField(info: Reply, field: string): string | undefined {
  if (typeof info !== 'string') return undefined;
  const line = info.split('\r\n').find((candidate) => candidate.startsWith(`${field}:`));
  return line?.slice(field.length + 1);
}
