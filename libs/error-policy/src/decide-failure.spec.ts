import { decideFailure, type Failure } from './decide-failure.ts';

const failure: Failure = {
  code: 'AGENT_FAILED',
  retries: 0,
  idempotent: false,
  onExhausted: 'park',
  backoffMs: [1000, 2000, 4000],
};

describe('decideFailure', () => {
  it.each([
    [0, 1000],
    [1, 2000],
    [2, 4000],
  ])('retries a known outcome: after %d retries it waits %d ms', (retries, delayMs) => {
    expect(decideFailure({ ...failure, retries })).toStrictEqual({ kind: 'retry', delayMs });
  });

  it('parks when every retry was used, and says so', () => {
    expect(decideFailure({ ...failure, retries: 3 })).toStrictEqual({
      kind: 'park',
      code: 'RETRIES_EXHAUSTED',
    });
    expect(decideFailure({ ...failure, backoffMs: [] })).toStrictEqual({
      kind: 'park',
      code: 'RETRIES_EXHAUSTED',
    });
  });

  it('fails instead of parking where the request wants it', () => {
    expect(decideFailure({ ...failure, retries: 3, onExhausted: 'fail' })).toStrictEqual({
      kind: 'fail',
      code: 'RETRIES_EXHAUSTED',
    });
    expect(decideFailure({ ...failure, code: 'OUTCOME_UNKNOWN', onExhausted: 'fail' })).toStrictEqual({
      kind: 'fail',
      code: 'OUTCOME_UNKNOWN',
    });
  });

  it('never repeats an unknown outcome by itself', () => {
    expect(decideFailure({ ...failure, code: 'OUTCOME_UNKNOWN' })).toStrictEqual({
      kind: 'park',
      code: 'OUTCOME_UNKNOWN',
    });
  });

  it('repeats an unknown outcome of a step that may run twice, as often as any', () => {
    const unknown: Failure = { ...failure, code: 'OUTCOME_UNKNOWN', idempotent: true };
    expect(decideFailure(unknown)).toStrictEqual({ kind: 'retry', delayMs: 1000 });
    expect(decideFailure({ ...unknown, retries: 3 })).toStrictEqual({
      kind: 'park',
      code: 'RETRIES_EXHAUSTED',
    });
  });

  it('does not retry for idempotence alone', () => {
    expect(decideFailure({ ...failure, code: 'AGENT_REPLY_MALFORMED', idempotent: true })).toStrictEqual({
      kind: 'park',
      code: 'AGENT_REPLY_MALFORMED',
    });
  });

  it('fails what is no dead letter, whatever the request wants', () => {
    for (const code of ['STEP_PARENT_FAILED', 'CAPABILITY_UNAVAILABLE'] as const) {
      expect(decideFailure({ ...failure, code })).toStrictEqual({ kind: 'fail', code });
    }
  });

  it('spreads the delay over its upper half by lot', () => {
    const delays = [0, 0.5, 0.999].map((random) => decideFailure({ ...failure, retries: 2, random }));
    expect(delays).toStrictEqual([2000, 3000, 3998].map((delayMs) => ({ kind: 'retry', delayMs })));
  });
});
