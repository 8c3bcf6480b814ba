import { NO_DEATHS, afterDeath } from './backoff.ts';

it('waits longer each time, up to ten seconds', () => {
  const delays: number[] = [];
  let deaths = NO_DEATHS;
  for (let death = 0; death < 7; death += 1) {
    const next = afterDeath(deaths, 100);
    deaths = next.deaths;
    delays.push(next.delayMs);
  }
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

it('starts anew for what had run well', () => {
  expect(afterDeath({ inARow: 6 }, 30_000)).toEqual({ deaths: { inARow: 1 }, delayMs: 500 });
  expect(afterDeath({ inARow: 6 }, 29_999).delayMs).toBe(10_000);
});
