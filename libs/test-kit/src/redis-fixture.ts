import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis, type RedisServer } from '@bridge/redis-server';
import { Redis, type RedisOptions } from 'ioredis';
import { eventually } from './eventually.ts';
import { createFakeAgent, type FakeAgent, type FakeAgentOptions } from './fake-agent.ts';
import { connectionsOf, openHandles, type Connection } from './leaks.ts';

export interface RedisFixtureOptions {
  /** Default 'no': nothing is written, so a file starts in some 30 ms. Tests that kill the server say 'always'. */
  readonly appendOnly?: 'everysec' | 'always' | 'no';
  /** Listen on a unix socket as well (`socketPath()`). */
  readonly unixSocket?: boolean;
  readonly extraArgs?: readonly string[];
  /** Default true: connections left open fail the test or the file. Off where killed processes leave theirs. */
  readonly failOnLeaks?: boolean;
}

export interface RedisFixture {
  /** `redis://127.0.0.1:PORT/0`. Like all that follows: from `beforeAll` on. */
  readonly url: () => string;
  readonly port: () => number;
  readonly socketPath: () => string;
  readonly server: () => RedisServer;
  /**
   * A client that the fixture closes: after the test when made in a test (or a `beforeEach`), else at the end
   * of the file.
   */
  readonly client: (options?: ClientOptions) => Redis;
  /** A fake legacy agent, started, registered and stopped by the fixture like a client. */
  readonly agent: (options: Omit<FakeAgentOptions, 'redis'>) => Promise<FakeAgent>;
  /** Registers what must be closed: newest first, before the check for leaks, same scope as `client`. */
  readonly defer: (close: () => unknown) => void;
  /** Empties the server. */
  readonly flush: () => Promise<void>;
}

/** What ioredis takes; how replies are mapped stays ioredis's default, because it is part of the client's type. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

type Scope = 'file' | 'test';

/**
 * A real redis-server for this test file, started before its first test and stopped after its last. Call it once,
 * at the top of the file. A test that leaves a connection open fails (when something file-wide holds connections
 * of its own, the file's end is what fails); so do HTTP servers and child processes left at the end of the file.
 */
export function useRedis(options: RedisFixtureOptions = {}): RedisFixture {
  let running: RedisServer | undefined;
  let scope: Scope = 'file';
  let dir = '';
  let handlesBefore: readonly string[] = [];
  let connectionsBefore: readonly Connection[] = [];
  const closers: Record<Scope, (() => unknown)[]> = { file: [], test: [] };

  const server = (): RedisServer => {
    if (running === undefined) throw new Error('the Redis of this file runs from beforeAll on');
    return running;
  };
  const port = (): number => {
    const given = server().port;
    if (given === null) throw new Error('this Redis has no TCP port');
    return given;
  };
  const fixture: RedisFixture = {
    url: () => server().url,
    port,
    socketPath: () => server().unixSocket ?? missing('ask for { unixSocket: true }'),
    server,
    client: (clientOptions = {}) => {
      const client = new Redis(port(), '127.0.0.1', clientOptions);
      closers[scope].push(() => close(client));
      return client;
    },
    agent: async (agentOptions) => {
      const redis = new Redis(port(), '127.0.0.1');
      const agent = await createFakeAgent({ ...agentOptions, redis });
      closers[scope].push(async () => {
        try {
          await agent.stop();
        } finally {
          await close(redis);
        }
      });
      return agent;
    },
    defer: (closer) => {
      closers[scope].push(closer);
    },
    flush: async () => {
      const client = new Redis(port(), '127.0.0.1');
      await client.flushall();
      await close(client);
    },
  };

  const connections = (): Promise<Connection[]> => connectionsOf({ host: '127.0.0.1', port: port() });
  const failOnLeaks = options.failOnLeaks ?? true;
  const noNewConnections = async (known: readonly Connection[]): Promise<void> => {
    if (!failOnLeaks || !server().alive()) return;
    const ids = new Set(known.map(({ id }) => id));
    // A client that was told to disconnect is gone a moment later.
    await eventually(
      async () => {
        const left = (await connections()).filter(({ id }) => !ids.has(id));
        if (left.length > 0) throw new Error(left.map(({ line }) => line).join('\n'));
      },
      { timeoutMs: 1_000, what: 'closing every connection to Redis (use client(), agent() or defer())' },
    );
  };

  beforeAll(async () => {
    handlesBefore = openHandles();
    dir = await mkdtemp(join(tmpdir(), 'a2ab-'));
    running = await startRedis({
      dir,
      port: 0,
      appendOnly: options.appendOnly ?? 'no',
      extraArgs: options.extraArgs ?? [],
      ...(options.unixSocket === true ? { unixSocket: join(dir, 'redis.sock') } : {}),
    });
  });
  beforeEach(async () => {
    scope = 'test';
    if (failOnLeaks && server().alive()) connectionsBefore = await connections();
  });
  afterEach(async () => {
    scope = 'file';
    await closeAll(closers.test);
    // What lives as long as the file may open connections whenever it likes.
    if (closers.file.length === 0) await noNewConnections(connectionsBefore);
  });
  afterAll(async () => {
    try {
      await closeAll(closers.file);
      await noNewConnections([]);
    } finally {
      await running?.stop();
      if (dir !== '') await rm(dir, { recursive: true, force: true });
    }
    if (!failOnLeaks) return;
    await eventually(
      () => {
        expect(openHandles()).toEqual(handlesBefore);
      },
      { timeoutMs: 1_000, what: 'closing every HTTP server and child process' },
    );
  });
  return fixture;
}

function missing(hint: string): never {
  throw new Error(hint);
}

/** Runs every closer, newest first, even when one fails; then fails with all that failed. */
async function closeAll(closers: (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
    try {
      await closer();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'several things could not be closed');
}

async function close(client: Redis): Promise<void> {
  if (client.status === 'end') return;
  const ended = new Promise((resolve) => client.once('end', resolve));
  // Not quit(): a blocked or unreachable server must not hold the test up.
  client.disconnect();
  await ended;
}
