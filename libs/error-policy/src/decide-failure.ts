import { errorRow, type ErrorCode } from './error-table.ts';

export interface Failure {
  readonly code: ErrorCode;
  /** Retries already used for this step (in its epoch): 0 after the first attempt. */
  readonly retries: number;
  /** May the step run twice? Only then an unknown outcome is retried. */
  readonly idempotent: boolean;
  /** What the request wants of a step that cannot be finished. */
  readonly onExhausted: 'park' | 'fail';
  /** The delay before each retry, milliseconds; their number is how often a step is retried. */
  readonly backoffMs: readonly number[];
  /** A lot in [0, 1): spreads the delay over its upper half, so that what failed together does not retry together. */
  readonly random?: number;
}

export type FailureDecision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** Into the dead-letter store, under this code. */
  | { readonly kind: 'park'; readonly code: ErrorCode }
  /** The step ends, under this code. */
  | { readonly kind: 'fail'; readonly code: ErrorCode };

/** What follows a failure: read from the table, never from the failure's text. Pure and total. */
export function decideFailure(failure: Failure): FailureDecision {
  const { code, retries, idempotent, backoffMs, random } = failure;
  const { retry } = errorRow(code);
  if (retry === 'never' || (retry === 'if-idempotent' && !idempotent)) return giveUp(code, failure);
  const delayMs = backoffMs[retries];
  if (delayMs === undefined) return giveUp('RETRIES_EXHAUSTED', failure);
  return {
    kind: 'retry',
    delayMs: random === undefined ? delayMs : Math.round((delayMs * (1 + random)) / 2),
  };
}

function giveUp(code: ErrorCode, { onExhausted }: Failure): FailureDecision {
  return { kind: errorRow(code).deadLetter && onExhausted === 'park' ? 'park' : 'fail', code };
}
