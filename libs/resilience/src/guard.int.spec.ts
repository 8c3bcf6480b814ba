import { BridgeError } from '@bridge/error-policy';
import { eventually, useRedis } from '@bridge/test-kit';
import { createGuard, type GuardState } from './guard.ts';

const redis = useRedis();

describe('a guard around a Redis that hangs', () => {
  it('fails fast while it hangs and recovers by itself', async () => {
    const client = redis.client({ maxRetriesPerRequest: 1 });
    const states: GuardState[] = [];
    const guard = createGuard('redis', (key: string) => client.incr(key), {
      timeoutMs: 100,
      unavailable: 'REDIS_UNAVAILABLE',
      classify: (cause) => new BridgeError('REDIS_UNAVAILABLE', undefined, { cause }),
      volumeThreshold: 5,
      retryAfterMs: 1_000,
      onState: (state) => states.push(state),
    });
    redis.defer(() => {
      guard.close();
    });
    expect(await guard.call('n')).toBe(1);

    await redis.server().kill('SIGSTOP');
    try {
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => guard.call('n')));
      for (const result of results)
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'REDIS_UNAVAILABLE' } });
      expect(states[0]).toBe('open');
      await eventually(() => guard.state() === 'open');
      const startedAt = performance.now();
      await expect(guard.call('n')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
      // Far below the time limit of a call: it was not tried.
      expect(performance.now() - startedAt).toBeLessThan(50);
      // The probe that goes out while it still hangs opens the breaker again.
      await eventually(() => guard.state() === 'half-open');
      await expect(guard.call('n')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
      expect(states).toEqual(['open', 'half-open', 'open']);
    } finally {
      await redis.server().kill('SIGCONT');
    }

    const value = await eventually(() => guard.call('n'));
    expect(guard.state()).toBe('closed');
    expect(states.at(-1)).toBe('closed');
    // What timed out was done after all: a timeout says nothing about the effect.
    expect(value).toBeGreaterThan(9);
  });
});
