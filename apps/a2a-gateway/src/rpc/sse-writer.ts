import type { ServerResponse } from 'node:http';
import { SSE_HEADERS } from '@a2a-js/sdk';

/** A comment: keeps proxies and load balancers from closing a quiet stream (they give up after 60 s or less). */
const HEARTBEAT = ': heartbeat\n\n';

export interface SseWriterOptions {
  readonly heartbeatMs: number;
  /** A reader that takes nothing for so long is dropped; it can come back with the id of its last event. */
  readonly stallMs: number;
  readonly onStalled: () => void;
}

export interface SseWriter {
  /** Resolves when the connection can take more, or is gone. */
  send(event: { readonly id: number; readonly data: unknown }): Promise<void>;
  /** Ends the response; `comment` says why, for those who read it. */
  end(comment?: string): void;
}

/** Server-sent events over a hijacked response, with ids, heartbeats and backpressure. */
export function createSseWriter(response: ServerResponse, options: SseWriterOptions): SseWriter {
  // Headers that were set before (request id, CORS, security) go out with these.
  response.writeHead(200, SSE_HEADERS);
  response.flushHeaders();
  let fullSince: number | null = null;
  const heartbeat = setInterval(() => {
    if (fullSince === null) {
      response.write(HEARTBEAT);
    } else if (performance.now() - fullSince > options.stallMs) {
      options.onStalled();
      response.destroy();
    }
  }, options.heartbeatMs);
  response.once('close', () => {
    clearInterval(heartbeat);
  });

  return {
    async send({ id, data }) {
      if (response.destroyed) return;
      if (response.write(`id: ${String(id)}\ndata: ${JSON.stringify(data)}\n\n`)) return;
      fullSince = performance.now();
      await drained(response);
      fullSince = null;
    },
    end(comment) {
      clearInterval(heartbeat);
      if (response.destroyed) return;
      response.end(comment === undefined ? undefined : `: ${comment}\n\n`);
    },
  };
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
    if (response.destroyed) done();
  });
}
