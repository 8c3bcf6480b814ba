import type { Logger } from '../logging/logger.ts';
import type { Lifecycle } from './lifecycle.ts';

/** What `runService` needs of the process; `process` itself fits. */
export interface ServiceProcess {
  on(
    event: 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection',
    listener: (value: unknown) => void,
  ): unknown;
  exit(code: number): void;
}

export interface ServiceOptions {
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** Starts everything and returns; what runs on is stopped by the hooks it registered. */
  readonly main: () => Promise<void>;
  readonly process?: ServiceProcess;
}

/**
 * Runs a service until it is told to stop.
 *
 * Exit codes: 0 after a stop in which everything ended well and inside the budget; 1 if a hook failed or
 * overran, if the start failed, on a second signal, and on an error nobody caught: after one of those the
 * process no longer knows its own state, and whatever it had accepted is durable elsewhere.
 */
export function runService(options: ServiceOptions): void {
  const { logger, lifecycle, main, process: host = process } = options;

  const onSignal = (name: string): void => {
    if (lifecycle.stopping.aborted) {
      logger.fatal({ signal: name }, 'a second signal: leaving at once');
      host.exit(1);
      return;
    }
    void lifecycle.stop(name).then(({ failures }) => {
      host.exit(failures.length === 0 ? 0 : 1);
    });
  };
  const onLostError = (kind: string) => (error: unknown) => {
    logger.fatal({ err: error }, kind);
    host.exit(1);
  };

  host.on('SIGTERM', () => {
    onSignal('SIGTERM');
  });
  host.on('SIGINT', () => {
    onSignal('SIGINT');
  });
  host.on('uncaughtException', onLostError('uncaught exception'));
  host.on('unhandledRejection', onLostError('unhandled rejection'));

  main().catch(async (error: unknown) => {
    if (lifecycle.stopping.aborted) {
      logger.info({ err: error }, 'the start was cut short by the stop');
      return;
    }
    logger.fatal({ err: error }, 'the start failed');
    await lifecycle.stop('the start failed');
    host.exit(1);
  });
}
