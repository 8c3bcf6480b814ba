import { BridgeError } from './bridge-error.ts';
import { classifyRedisError } from './classify-redis-error.ts';

const named = (name: string, message = ''): Error => Object.assign(new Error(message), { name });
const coded = (code: string): Error => Object.assign(new Error(`connect ${code} 127.0.0.1:6379`), { code });

describe('classifyRedisError', () => {
  it.each([
    "OOM command not allowed when used memory > 'maxmemory'.",
    "OOM command not allowed when used memory > 'maxmemory'. script: 9b0c, on @user_script:4.",
    "READONLY You can't write against a read only replica.",
    'LOADING Redis is loading the dataset in memory',
    'MASTERDOWN Link with MASTER is down',
    'CLUSTERDOWN The cluster is down',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'NOREPLICAS Not enough good replicas to write.',
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.',
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  ])('not now: %s', (message) => {
    expect(classifyRedisError(named('ReplyError', message))).toBe('REDIS_UNAVAILABLE');
  });

  it.each([
    'Connection is closed.',
    'Command timed out',
    "Stream isn't writeable and enableOfflineQueue options is false",
    'Command aborted due to connection close',
    'None of startup nodes is available',
    "Cluster isn't ready and enableOfflineQueue options is false",
    'Cluster is disconnected.',
    "Socket timeout. Expecting data, but didn't receive any in 1000ms.",
    'All sentinels are unreachable. Retrying from scratch after 10ms.',
  ])('no answer: %s', (message) => {
    expect(classifyRedisError(new Error(message))).toBe('REDIS_UNAVAILABLE');
  });

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'EPIPE',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENOENT',
  ])('no connection: %s', (code) => {
    expect(classifyRedisError(coded(code))).toBe('REDIS_UNAVAILABLE');
  });

  it.each(['MaxRetriesPerRequestError', 'ClusterAllFailedError', 'TimeoutError', 'AbortError'])(
    'an error named %s',
    (name) => {
      expect(classifyRedisError(named(name))).toBe('REDIS_UNAVAILABLE');
    },
  );

  it('looks behind an error: its cause, the errors it gathers, the last node of a cluster', () => {
    const refused = coded('ECONNREFUSED');
    expect(
      classifyRedisError(new Error('could not', { cause: new Error('deeper', { cause: refused }) })),
    ).toBe('REDIS_UNAVAILABLE');
    expect(classifyRedisError(new AggregateError([new Error('other'), refused]))).toBe('REDIS_UNAVAILABLE');
    expect(classifyRedisError(Object.assign(new Error('failed'), { lastNodeError: refused }))).toBe(
      'REDIS_UNAVAILABLE',
    );
  });

  it('ends on a cycle of causes', () => {
    const [one, two] = [new Error('one'), new Error('two')];
    one.cause = two;
    two.cause = one;
    expect(classifyRedisError(one)).toBe('INTERNAL');
  });

  it('keeps what is classified already', () => {
    expect(classifyRedisError(new BridgeError('MESSAGE_ID_CONFLICT'))).toBe('MESSAGE_ID_CONFLICT');
  });

  it.each([
    named('ReplyError', 'WRONGTYPE Operation against a key holding the wrong kind of value'),
    named('ReplyError', 'ERR unknown command'),
    named('ReplyError', 'NOAUTH Authentication required.'),
    named('ReplyError', "CROSSSLOT Keys in request don't hash to the same slot"),
    named('ReplyError', 'BUSYGROUP Consumer Group name already exists'),
    new TypeError('x is not a function'),
    'a string',
    null,
    undefined,
  ])('is a fault of ours otherwise: %s', (error) => {
    expect(classifyRedisError(error)).toBe('INTERNAL');
  });
});
