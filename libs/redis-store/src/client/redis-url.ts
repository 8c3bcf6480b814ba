/** Where a Redis is: one server (TCP, TLS or a unix socket), or the first nodes of a cluster. */
export interface RedisAddress {
  readonly kind: 'single' | 'cluster';
  readonly nodes: readonly ({ readonly host: string; readonly port: number } | { readonly path: string })[];
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
}

const SHAPES =
  'redis://host:port/db, rediss://..., unix:///path?db=n, or several of them separated by commas (a cluster)';

/** The url itself is never part of the message: it may hold a password (law L14). */
function refuse(why: string): never {
  throw new TypeError(`Redis url: ${why}; expected ${SHAPES}`);
}

function dbOf(text: string): number {
  if (!/^\d{0,5}$/.test(text)) refuse('the database is not a number');
  return Number(text);
}

function parseOne(text: string): Omit<RedisAddress, 'kind'> {
  const spelled = text.startsWith('/') ? `unix://${text}` : text;
  if (!URL.canParse(spelled)) refuse('not a url');
  const url = new URL(spelled);
  const credentials = {
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  };
  switch (url.protocol) {
    case 'unix:':
      if (url.pathname.length < 2) refuse('a unix socket needs a path');
      return {
        nodes: [{ path: decodeURIComponent(url.pathname) }],
        db: dbOf(url.searchParams.get('db') ?? ''),
        tls: false,
        ...credentials,
      };
    case 'redis:':
    case 'rediss:': {
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
      if (host === '') refuse('no host');
      return {
        nodes: [{ host, port: url.port === '' ? 6379 : Number(url.port) }],
        db: dbOf(url.pathname.slice(1)),
        tls: url.protocol === 'rediss:',
        ...credentials,
      };
    }
    default:
      return refuse(`protocol ${url.protocol} is unknown`);
  }
}

/** A comma makes it a cluster, even behind a single node: `redis://seed:6379,`. */
export function isClusterUrl(url: string): boolean {
  return url.includes(',');
}

/**
 * Parses a Redis url. Credentials and TLS of a cluster are those of its first node.
 * @throws TypeError with what is wrong, without the url
 */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = url
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const [first, ...others] = parts.map(parseOne);
  if (first === undefined) refuse('empty');
  if (!isClusterUrl(url)) return { kind: 'single', ...first };
  const nodes = [first, ...others].flatMap((part) => part.nodes);
  if (nodes.some((node) => 'path' in node)) refuse('a cluster has no unix sockets');
  if ([first, ...others].some((part) => part.db !== 0)) refuse('a cluster has only database 0');
  return { ...first, kind: 'cluster', nodes };
}
