import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askRedis, infoField } from './resp.ts';
import { startRedis, type RedisServer } from './start-redis.ts';

let dir: string;
let server: RedisServer | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'a2ab-redis-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(dir, { recursive: true });
});

const tcp = (started: RedisServer): { host: string; port: number } => ({
  host: '127.0.0.1',
  port: started.port ?? -1,
});

describe('startRedis', () => {
  it('gives the very process it started, on a free port, never evicting', async () => {
    server = await startRedis({ dir, appendOnly: 'no' });
    const info = await askRedis(tcp(server), ['INFO']);
    expect(infoField(info, 'process_id')).toBe(String(server.pid()));
    expect(infoField(info, 'maxmemory_policy')).toBe('noeviction');
    expect(server.url).toBe(`redis://127.0.0.1:${String(server.port)}/0`);
  });

  it('serves a unix socket alone when no port is asked for', async () => {
    const path = join(dir, 's');
    server = await startRedis({ dir, unixSocket: path, appendOnly: 'no' });
    expect(await askRedis({ path }, ['PING'])).toBe('PONG');
    expect(server.port).toBeNull();
  });

  it('keeps acknowledged writes over a SIGKILL and a restart on the same address', async () => {
    server = await startRedis({ dir, appendOnly: 'always' });
    const [port, pid] = [server.port, server.pid()];
    await askRedis(tcp(server), ['SET', 'k', 'v']);
    await server.kill();
    expect(server.alive()).toBe(false);
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid()).not.toBe(pid);
    expect(await askRedis(tcp(server), ['GET', 'k'])).toBe('v');
  });

  it('stops a server that is frozen', async () => {
    server = await startRedis({ dir, appendOnly: 'no' });
    await server.kill('SIGSTOP');
    await expect(askRedis(tcp(server), ['PING'], 50)).rejects.toThrow('no answer');
    await server.kill('SIGCONT');
    expect(await askRedis(tcp(server), ['PING'])).toBe('PONG');
    await server.stop();
    expect(server.alive()).toBe(false);
  });

  it('never takes a stranger on the port for its own', async () => {
    const stranger = await startRedis({ dir, appendOnly: 'no' });
    try {
      const other = join(dir, 'other');
      await expect(startRedis({ dir: other, port: stranger.port ?? 0, appendOnly: 'no' })).rejects.toThrow(
        /ended/,
      );
    } finally {
      await stranger.stop();
    }
  });

  it('says what the log says when the port is taken', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    try {
      await expect(startRedis({ dir, port: portOf(listener), appendOnly: 'no' })).rejects.toThrow(
        /Address already in use/,
      );
    } finally {
      listener.close();
    }
  });
});

function portOf(listener: Server): number {
  const address = listener.address();
  if (typeof address !== 'object' || address === null) throw new Error('not a TCP listener');
  return address.port;
}
