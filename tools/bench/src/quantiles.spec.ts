import { quantiles } from './quantiles.ts';

it('takes quantiles of unsorted values, and the rate of the wall time', () => {
  const took = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(quantiles(took, 500)).toEqual({ count: 100, p50: 51, p95: 96, p99: 100, max: 100, perSecond: 200 });
});

it('is nothing of nothing', () => {
  expect(quantiles([], 1)).toMatchObject({ count: 0, p50: 0, max: 0, perSecond: 0 });
});
