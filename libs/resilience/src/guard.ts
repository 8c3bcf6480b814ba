/**
 * A time limit and a breaker around calls that are promises. opossum stays behind this file.
 *
 * The breaker is this process's own: with N replicas a dependency is tried N times. That is right for what each
 * process reaches by a connection of its own; breakers that all replicas must agree on live in Redis.
 */
import { BridgeError, isBridgeError, type ErrorCode } from '@bridge/error-policy';
import CircuitBreaker from 'opossum';

export const GUARD_STATES = ['closed', 'open', 'half-open'] as const;
export type GuardState = (typeof GUARD_STATES)[number];

export const GUARD_OUTCOMES = ['ok', 'refused', 'failed', 'timeout', 'short-circuited'] as const;
/**
 * ok               the call did what it should
 * refused          it failed by no fault of the dependency
 * failed           it failed by a fault of the dependency
 * timeout          nothing was heard in time; what was asked for may still happen
 * short-circuited  it was not even tried
 */
export type GuardOutcome = (typeof GUARD_OUTCOMES)[number];

export interface GuardOptions {
  readonly timeoutMs: number;
  /** The code of timeouts and short circuits, and the one that counts against the breaker. */
  readonly unavailable: ErrorCode;
  /** Makes a BridgeError of what the call throws; BridgeErrors pass through without it. */
  readonly classify: (error: unknown) => BridgeError;
  /** Which failures are the dependency's? Default: those with the code `unavailable`. */
  readonly counts?: (error: BridgeError) => boolean;
  /** Calls within the window before the breaker may open at all. */
  readonly volumeThreshold?: number;
  /** Opens above this share of counted failures in the window. */
  readonly failurePercent?: number;
  readonly windowMs?: number;
  /** How long an open breaker waits before it lets one call try. */
  readonly retryAfterMs?: number;
  readonly onState?: (state: GuardState) => void;
  readonly onOutcome?: (outcome: GuardOutcome, ms: number) => void;
}

export interface Guard<Args extends readonly unknown[], Result> {
  readonly name: string;
  /**
   * @throws BridgeError: `unavailable` in time or at once, SERVICE_DRAINING once closed, else what the call threw, classified
   */
  call(...args: Args): Promise<Result>;
  state(): GuardState;
  /** Stops the timers; later calls are refused. Idempotent. */
  close(): void;
}

export function createGuard<Args extends readonly unknown[], Result>(
  name: string,
  fn: (...args: Args) => Promise<Result>,
  options: GuardOptions,
): Guard<Args, Result> {
  const { unavailable, classify, onState, onOutcome, timeoutMs } = options;
  const counts = options.counts ?? ((error: BridgeError) => error.code === unavailable);
  const isOurs = (error: Error): boolean => CircuitBreaker.isOurError(error);

  const classified = async (...args: Args): Promise<Result> => {
    try {
      return await fn(...args);
    } catch (error) {
      throw isBridgeError(error) ? error : classify(error);
    }
  };
  const breaker = new CircuitBreaker<[...Args], Result>(classified, {
    name,
    timeout: timeoutMs,
    // Without it a single failure after a quiet minute is a share of 100 percent.
    volumeThreshold: options.volumeThreshold ?? 10,
    errorThresholdPercentage: options.failurePercent ?? 50,
    rollingCountTimeout: options.windowMs ?? 10_000,
    resetTimeout: options.retryAfterMs ?? 1_000,
    // Both cost memory and a timer per breaker, for statistics that our own metrics keep.
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    errorFilter: (error: Error) => !isOurs(error) && isBridgeError(error) && !counts(error),
  });
  if (onState !== undefined) {
    breaker.on('open', () => {
      onState('open');
    });
    breaker.on('halfOpen', () => {
      onState('half-open');
    });
    breaker.on('close', () => {
      onState('closed');
    });
  }

  /** opossum's own refusals in words of ours. */
  function toBridgeError(error: unknown): BridgeError {
    if (isBridgeError(error)) return error;
    switch (codeOf(error)) {
      case 'EOPENBREAKER':
        return new BridgeError(unavailable, undefined, { cause: error });
      case 'ETIMEDOUT':
        return new BridgeError(unavailable, `${name}: no answer in ${String(timeoutMs)} ms`, {
          cause: error,
        });
      case 'ESHUTDOWN':
        return new BridgeError('SERVICE_DRAINING', undefined, { cause: error });
      default:
        return classify(error);
    }
  }

  function outcomeOf(thrown: unknown, error: BridgeError): GuardOutcome {
    if (thrown instanceof Error && isOurs(thrown)) {
      return codeOf(thrown) === 'ETIMEDOUT' ? 'timeout' : 'short-circuited';
    }
    return counts(error) ? 'failed' : 'refused';
  }

  return {
    name,
    async call(...args) {
      const startedAt = performance.now();
      const report = (outcome: GuardOutcome): void => onOutcome?.(outcome, performance.now() - startedAt);
      try {
        const result = await breaker.fire(...args);
        report('ok');
        return result;
      } catch (thrown) {
        const error = toBridgeError(thrown);
        report(outcomeOf(thrown, error));
        throw error;
      }
    },
    state() {
      if (breaker.opened) return 'open';
      return breaker.halfOpen ? 'half-open' : 'closed';
    },
    close() {
      if (!breaker.isShutdown) breaker.shutdown();
    },
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
