import { isClusterUrl, parseRedisUrl } from './redis-url.ts';

describe('parseRedisUrl', () => {
  it.each([
    ['redis://localhost', { kind: 'single', nodes: [{ host: 'localhost', port: 6379 }], db: 0, tls: false }],
    [
      'rediss://me:p%40ss@redis.example:6380/3',
      {
        kind: 'single',
        nodes: [{ host: 'redis.example', port: 6380 }],
        db: 3,
        tls: true,
        username: 'me',
        password: 'p@ss',
      },
    ],
    ['redis://[::1]:7000', { kind: 'single', nodes: [{ host: '::1', port: 7000 }], db: 0, tls: false }],
    [
      'unix:///run/redis.sock?db=2',
      { kind: 'single', nodes: [{ path: '/run/redis.sock' }], db: 2, tls: false },
    ],
    ['/run/redis.sock', { kind: 'single', nodes: [{ path: '/run/redis.sock' }], db: 0, tls: false }],
    [
      'redis://:secret@a:7000, redis://b:7001',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 7001 },
        ],
        db: 0,
        tls: false,
        password: 'secret',
      },
    ],
    ['redis://seed:7000,', { kind: 'cluster', nodes: [{ host: 'seed', port: 7000 }], db: 0, tls: false }],
  ])('%s', (url, address) => {
    expect(parseRedisUrl(url)).toEqual(address);
  });

  it.each([
    '',
    ',',
    'localhost:6379',
    'http://secret@host',
    'redis://',
    'redis://h/secret',
    '/a.sock,/b.sock',
    'redis://a/1,redis://b',
  ])('refuses %j without repeating it', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(TypeError);
    expect(() => parseRedisUrl(url)).not.toThrow(/secret/);
  });

  it('a comma makes a cluster', () => {
    expect([
      isClusterUrl('redis://a,redis://b'),
      isClusterUrl('redis://a,'),
      isClusterUrl('redis://a'),
    ]).toEqual([true, true, false]);
  });
});
