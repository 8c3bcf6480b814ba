import { eventually, useRedis } from '@bridge/test-kit';
import { assertNoEviction } from './assert-no-eviction.ts';
import { redisCall } from './classify-redis-error.ts';
import { closeRedis } from './close-redis.ts';
import { createRedis, type RedisClient, type RedisRole } from './create-redis.ts';

const server = useRedis({ unixSocket: true });
let errors: Error[] = [];

function connect(role: RedisRole, url: string = server.url()): RedisClient {
  const client = createRedis({ url, name: 'test', role, onError: (error) => errors.push(error) });
  server.defer(() => closeRedis(client, 0));
  return client;
}

beforeEach(() => {
  errors = [];
});

describe('createRedis', () => {
  it('names its connection', async () => {
    const client = connect('service');
    expect(await client.client('GETNAME')).toBe('a2a-bridge:test:service');
  });

  it('speaks over a unix socket', async () => {
    expect(await connect('service', `unix://${server.socketPath()}?db=3`).ping()).toBe('PONG');
  });

  it('a request gives up after 2 s on a server that hangs, and says REDIS_UNAVAILABLE', async () => {
    const client = connect('request');
    await client.ping();
    const other = server.client();
    // A paused server does not take UNPAUSE either, so the pause ends by itself.
    await other.client('PAUSE', 2_700, 'ALL');
    const started = performance.now();
    await expect(redisCall(client.get('a'))).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    const took = performance.now() - started;
    await other.ping();
    expect(took).toBeGreaterThan(1_900);
    expect(took).toBeLessThan(2_500);
  });

  it('nobody listening: every error goes to the callback, a request is refused within 2 s, a service waits', async () => {
    const url = 'redis://127.0.0.1:1';
    const service = connect('service', url);
    let settled = false;
    const waiting = redisCall(service.get('a')).finally(() => {
      settled = true;
    });
    await expect(redisCall(connect('request', url).get('a'))).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
    });
    expect(settled).toBe(false);
    expect(errors.length).toBeGreaterThan(1);
    await closeRedis(service);
    await expect(waiting).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  });

  it('a refused command is INTERNAL and does not quote its arguments', async () => {
    const client = connect('service');
    await client.set('text', 'secret words');
    const error: unknown = await redisCall(client.xadd('text', '*', 'f', 'v')).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'INTERNAL', message: 'Redis refused a command: WRONGTYPE' });
  });
});

describe('closeRedis', () => {
  it('lets commands in flight finish; again is the same; nothing is left', async () => {
    const client = connect('service');
    await client.ping();
    const reply = client.ping();
    const first = closeRedis(client);
    expect(closeRedis(client)).toBe(first);
    await first;
    expect(await reply).toBe('PONG');
    expect(client.status).toBe('end');
  });

  it('cuts a blocking read', async () => {
    const admin = server.client();
    const client = connect('blocking');
    await client.ping();
    const read = client.xread('BLOCK', 5_000, 'STREAMS', 'none', '$').catch((error: unknown) => error);
    await eventually(async () => String(await admin.client('LIST')).includes('cmd=xread'));
    const started = performance.now();
    await closeRedis(client, 0);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await read).toBeInstanceOf(Error);
  });

  it('ends one that never got through, at once', async () => {
    const client = connect('service', 'redis://127.0.0.1:1');
    await eventually(() => client.status === 'reconnecting');
    const reply = client.ping().catch((error: unknown) => error);
    await closeRedis(client);
    expect(client.status).toBe('end');
    expect(await reply).toBeInstanceOf(Error);
  });
});

describe('assertNoEviction', () => {
  it('accepts noeviction alone', async () => {
    const client = connect('service');
    await assertNoEviction(client);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(assertNoEviction(client)).rejects.toThrow(/"allkeys-lru"/);
    await client.config('SET', 'maxmemory-policy', 'noeviction');
  });

  it('finds out without CONFIG', async () => {
    const admin = server.client();
    await admin.acl('SETUSER', 'limited', 'on', '>pw', '~*', '+@all', '-config');
    const url = `redis://limited:pw@127.0.0.1:${String(server.port())}`;
    await assertNoEviction(connect('service', url));
    await admin.config('SET', 'maxmemory-policy', 'volatile-ttl');
    await expect(assertNoEviction(connect('service', url))).rejects.toThrow(/"volatile-ttl"/);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.acl('DELUSER', 'limited');
  });
});
