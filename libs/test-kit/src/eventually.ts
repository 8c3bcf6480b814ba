import { setTimeout as wait } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 5 s: far more than anything healthy needs, far less than Jest's own limit. */
  readonly timeoutMs?: number;
  /** Default 10 ms. */
  readonly intervalMs?: number;
  /** Named in the failure. */
  readonly what?: string;
}

/**
 * Calls `condition` until it neither throws nor gives `false` or `null`, and gives what it gave. So both an
 * `expect(...)` and a question work as a condition. `undefined` counts as done: assertions return it.
 * @throws an `Error` with the last failure as its cause
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false | null>> {
  const { timeoutMs = 5_000, intervalMs = 10, what = 'the condition' } = options;
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await condition();
      if (value !== false && value !== null) return value as Exclude<T, false | null>;
      failure = new Error(`it is ${String(value)}`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= giveUpAt) {
      const last = failure instanceof Error ? failure.message : String(failure);
      throw new Error(`${what} did not hold within ${String(timeoutMs)} ms; last: ${last}`, {
        cause: failure,
      });
    }
    await wait(intervalMs);
  }
}
