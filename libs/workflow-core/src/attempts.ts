import type { Attempt } from '@bridge/contracts';

/** Its agent may still answer, and the answer still counts. */
export function isOpenAttempt(attempt: Attempt): boolean {
  return attempt.state === 'recorded' || attempt.state === 'sent' || attempt.state === 'revoking';
}
