/**
 * Start and stop of a service in a known order.
 *
 * Stopping runs the phases of STOP_PHASES one after the other; the hooks of one phase run together.
 * - S1 stop is memoised: any number of calls is one stop.
 * - S2 every hook is called, whatever other hooks do and however late it is.
 * - S3 stop settles within the budget: what overruns is left behind and reported.
 * - S4 the signal that hooks get aborts when draining must end; from then on work is handed back, not finished.
 * - S5 a hook registered when its phase has begun already is called at once: what starts late is stopped too.
 */
import type { Logger } from '../logging/logger.ts';

export const STOP_PHASES = ['not-ready', 'stop-intake', 'drain', 'leave', 'flush', 'close'] as const;
export type StopPhase = (typeof STOP_PHASES)[number];

/** @param signal aborts when draining must end */
export type StopHook = (signal: AbortSignal) => unknown;

export interface HookFailure {
  readonly phase: StopPhase;
  readonly name: string;
  readonly problem: 'failed' | 'overran';
}

export interface StopReport {
  readonly reason: string;
  readonly durationMs: number;
  /** Empty: everything ended well and in time. */
  readonly failures: readonly HookFailure[];
}

export interface LifecycleOptions {
  readonly logger: Logger;
  /** For the whole stop; the orchestrator's grace period must be longer. */
  readonly budgetMs: number;
  /** Part of the budget that draining may not use: for leave, flush and close. Default a fifth, at most 5 s. */
  readonly reserveMs?: number;
}

export interface Lifecycle {
  /** Aborts as soon as stopping begins. */
  readonly stopping: AbortSignal;
  /**
   * Runs one named step of the start and logs how long it took.
   *
   * @throws what `step` throws; Error if the service is stopping already
   */
  start<Result>(name: string, step: () => Promise<Result> | Result): Promise<Result>;
  onStop(phase: StopPhase, name: string, hook: StopHook): void;
  /** Never rejects. */
  stop(reason: string): Promise<StopReport>;
}

/** After the drain deadline, hooks that heed the signal get this part of the reserve to settle. */
const SETTLE_SHARE = 0.4;

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { logger, budgetMs } = options;
  const reserveMs = Math.min(options.reserveMs ?? Math.min(5_000, budgetMs / 5), budgetMs);
  const hooks = new Map<StopPhase, Map<number, { name: string; hook: StopHook }>>();
  const begun = new Set<StopPhase>();
  const stopping = new AbortController();
  const drainDeadline = new AbortController();
  let registered = 0;
  let stopped: Promise<StopReport> | undefined;

  async function runHook(phase: StopPhase, name: string, hook: StopHook): Promise<HookFailure | null> {
    try {
      await hook(drainDeadline.signal);
      return null;
    } catch (error) {
      logger.error({ err: error, phase, hook: name }, 'a stop hook failed');
      return { phase, name, problem: 'failed' };
    }
  }

  async function runPhase(phase: StopPhase, deadline: number): Promise<HookFailure[]> {
    begun.add(phase);
    const running = [...(hooks.get(phase)?.values() ?? [])];
    const failures = await Promise.all(
      running.map(async ({ name, hook }) => {
        const failure = await within(deadline - performance.now(), runHook(phase, name, hook));
        if (failure !== OVERRAN) return failure;
        logger.error({ phase, hook: name }, 'a stop hook overran its time');
        return { phase, name, problem: 'overran' as const };
      }),
    );
    return failures.filter((failure) => failure !== null);
  }

  async function runStop(reason: string): Promise<StopReport> {
    const startedAt = performance.now();
    const end = startedAt + budgetMs;
    const drainEnd = end - reserveMs;
    stopping.abort();
    logger.info({ reason, budgetMs }, 'stopping');
    const timer = setTimeout(() => {
      logger.warn('draining took too long; handing back what is left');
      drainDeadline.abort();
    }, budgetMs - reserveMs);
    const failures: HookFailure[] = [];
    for (const phase of STOP_PHASES) {
      const draining = phase === 'not-ready' || phase === 'stop-intake' || phase === 'drain';
      failures.push(...(await runPhase(phase, draining ? drainEnd + reserveMs * SETTLE_SHARE : end)));
      if (phase === 'drain') {
        clearTimeout(timer);
        drainDeadline.abort();
      }
    }
    const report = { reason, durationMs: Math.round(performance.now() - startedAt), failures };
    logger.info(report, 'stopped');
    return report;
  }

  return {
    stopping: stopping.signal,
    async start(name, step) {
      if (stopping.signal.aborted) throw new Error(`stopping, so ${name} is not started`);
      const startedAt = performance.now();
      const result = await step();
      logger.info({ step: name, durationMs: Math.round(performance.now() - startedAt) }, 'started');
      return result;
    },
    onStop(phase, name, hook) {
      if (begun.has(phase)) {
        void runHook(phase, name, hook);
        return;
      }
      const ofPhase = hooks.get(phase) ?? new Map<number, { name: string; hook: StopHook }>();
      ofPhase.set(registered++, { name, hook });
      hooks.set(phase, ofPhase);
    },
    stop(reason) {
      stopped ??= runStop(reason);
      return stopped;
    },
  };
}

const OVERRAN = Symbol('overran');

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | typeof OVERRAN> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof OVERRAN>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms), OVERRAN);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
