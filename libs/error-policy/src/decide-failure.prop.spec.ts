import fc from 'fast-check';
import { decideFailure, type Failure } from './decide-failure.ts';
import { ERROR_TABLE, errorRow, type ErrorCode } from './error-table.ts';

const failure: fc.Arbitrary<Failure> = fc.record({
  code: fc.constantFrom(...(Object.keys(ERROR_TABLE) as ErrorCode[])),
  retries: fc.nat(10),
  idempotent: fc.boolean(),
  onExhausted: fc.constantFrom('park' as const, 'fail' as const),
  backoffMs: fc.array(fc.nat(60_000), { maxLength: 5 }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('decideFailure, for any failure', () => {
  it('retries at most as often as there are delays, and never faster than half of them', () => {
    fc.assert(
      fc.property(failure, (given) => {
        const decision = decideFailure(given);
        if (decision.kind !== 'retry') return;
        const full = given.backoffMs[given.retries] ?? NaN;
        expect(decision.delayMs).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(decision.delayMs).toBeLessThanOrEqual(full);
        expect(errorRow(given.code).retry).not.toBe('never');
      }),
    );
  });

  it('parks only what is a dead letter, and only where the request allows it', () => {
    fc.assert(
      fc.property(failure, (given) => {
        const decision = decideFailure(given);
        if (decision.kind === 'retry') return;
        const parks = errorRow(decision.code).deadLetter && given.onExhausted === 'park';
        expect(decision.kind).toBe(parks ? 'park' : 'fail');
      }),
    );
  });

  it('comes to an end: from some number of retries on nothing is retried', () => {
    fc.assert(
      fc.property(failure, (given) => {
        expect(decideFailure({ ...given, retries: given.backoffMs.length }).kind).not.toBe('retry');
      }),
    );
  });
});
