import { monitor, parseMonitorLine } from './monitor.ts';
import { useRedis } from './redis-fixture.ts';
import { snapshotKeys } from './snapshot-keys.ts';

const redis = useRedis();

describe('monitor', () => {
  it('gives arguments byte for byte, in order, and knows what a script called', async () => {
    const client = redis.client();
    const watch = await monitor(client);
    redis.defer(watch.stop);
    const value = 'a "quoted" \\ back\\x41slash\r\n\t\u00e9 \u65e5 "" \u{1f600}';
    await client.set('k', value);
    await client.eval("redis.call('SET', KEYS[1], ARGV[1])", 1, 'k2', '');
    const commands = (await watch.commands()).filter(({ args }) => args[0] === 'SET');
    expect(commands.map(({ args, source }) => [source, ...args])).toEqual([
      ['client', 'SET', 'k', value],
      ['lua', 'SET', 'k2', ''],
    ]);
    await watch.clear();
    expect(await watch.commands()).toEqual([]);
  });

  it('reads nothing into other lines', () => {
    expect(parseMonitorLine('+OK')).toBeUndefined();
    expect(parseMonitorLine('+1.5 [0 unix:/tmp/a b] "ping"')).toEqual({
      time: 1.5,
      args: ['PING'],
      source: 'client',
    });
  });
});

describe('snapshotKeys', () => {
  it('shows every key with its type, TTL and value', async () => {
    const client = redis.client();
    await redis.flush();
    await client.set('s', 'v', 'EX', 100);
    await client.rpush('l', 'b', 'a');
    await client.hset('h', 'f', '1');
    await client.sadd('set', 'y', 'x');
    await client.zadd('z', 2, 'two', 1, 'one');
    await client.xadd('x', '1-0', 'f', 'v');
    expect(await snapshotKeys(client)).toEqual({
      s: { type: 'string', ttl: expect.any(Number), value: 'v' },
      l: { type: 'list', ttl: -1, value: ['b', 'a'] },
      h: { type: 'hash', ttl: -1, value: { f: '1' } },
      set: { type: 'set', ttl: -1, value: ['x', 'y'] },
      z: {
        type: 'zset',
        ttl: -1,
        value: [
          ['one', '1'],
          ['two', '2'],
        ],
      },
      x: { type: 'stream', ttl: -1, value: [['1-0', { f: 'v' }]] },
    });
    expect(Object.keys(await snapshotKeys(client, 's*'))).toEqual(['s', 'set']);
  });
});
