/** A JSON-RPC answer, not interpreted. */
export interface RpcAnswer {
  readonly httpStatus: number;
  readonly headers: Headers;
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface SseEvent {
  /** As the wire has it; `undefined` where the event names none. */
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}

export interface RpcStream {
  readonly httpStatus: number;
  readonly headers: Headers;
  /** Ends when the server ends the stream; leaving the loop early closes the connection. */
  readonly events: AsyncGenerator<SseEvent, void, undefined>;
  readonly close: () => void;
}

let nextId = 1;

/** One JSON-RPC call over HTTP, raw: what comes back is what was sent. `baseUrl` is the endpoint itself. */
export async function rpc(
  baseUrl: string,
  method: string,
  params: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RpcAnswer> {
  const response = await post(baseUrl, method, params, headers, AbortSignal.timeout(60_000));
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Error(`${method}: HTTP ${String(response.status)}, not JSON: ${text.slice(0, 200)}`, {
      cause: error,
    });
  }
  return {
    ...(body as Omit<RpcAnswer, 'httpStatus' | 'headers'>),
    httpStatus: response.status,
    headers: response.headers,
  };
}

/** A JSON-RPC call that is answered with server-sent events. */
export async function rpcStream(
  baseUrl: string,
  method: string,
  params: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RpcStream> {
  const abort = new AbortController();
  const response = await post(
    baseUrl,
    method,
    params,
    { accept: 'text/event-stream', ...headers },
    abort.signal,
  );
  return streamOf(response, abort);
}

/** Any other stream of server-sent events. */
export async function openStream(
  url: string,
  init: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<RpcStream> {
  const abort = new AbortController();
  return streamOf(await fetch(url, { ...init, signal: abort.signal }), abort);
}

function post(
  url: string,
  method: string,
  params: unknown,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: nextId++, method, params });
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    signal,
  });
}

function streamOf(response: Response, abort: AbortController): RpcStream {
  return {
    httpStatus: response.status,
    headers: response.headers,
    events: readSse(
      response.body ??
        new ReadableStream<Uint8Array>({
          start: (control) => {
            control.close();
          },
        }),
      abort,
    ),
    close: () => {
      abort.abort();
    },
  };
}

async function* readSse(
  body: ReadableStream<Uint8Array>,
  abort: AbortController,
): AsyncGenerator<SseEvent, void, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseSseBlock(block);
        if (event !== undefined) yield event;
      }
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error; // closed by the reader: the end, not a failure
  } finally {
    abort.abort();
  }
}

/** `undefined` for a block without data, such as a heartbeat comment. */
export function parseSseBlock(block: string): SseEvent | undefined {
  const fields = { id: undefined as string | undefined, event: undefined as string | undefined };
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ''] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'id' || name === 'event') fields[name] = value;
  }
  return data.length === 0 ? undefined : { ...fields, data: data.join('\n') };
}
