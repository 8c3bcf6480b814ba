import { bindIds, type Logger } from '@bridge/service-kit';
import type { HandlerObserver } from './handler/deps.ts';
import type { GatewayMetrics } from './metrics.ts';

/** What the handler tells, as counters and log lines: ids, never message text (law L14). */
export function createHandlerObserver(metrics: GatewayMetrics, logger: Logger): HandlerObserver {
  return {
    accepted({ runId, tenant, principal, plan }, result) {
      metrics.accepts.inc({ result });
      if (!logger.isLevelEnabled('debug')) return;
      bindIds(logger, { taskId: runId }).debug({ tenant, principal, skill: plan.skill, result }, 'accept');
    },
    missedHint() {
      metrics.missedHints.inc();
    },
    readFailed(error) {
      metrics.readFailures.inc();
      logger.warn({ err: error }, 'a read for an open stream failed; trying again');
    },
  };
}
