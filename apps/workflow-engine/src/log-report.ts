import { isBridgeError } from '@bridge/error-policy';
import { bindIds, type Logger } from '@bridge/service-kit';
import { changedSteps, type RunState, type StepState } from '@bridge/workflow-core';
import type { EngineMetrics } from './metrics.ts';
import type { EngineReport } from './report.ts';

/** The report as metrics and log lines. */
export function createLogReport(metrics: EngineMetrics, logger: Logger): EngineReport {
  const debug = (): boolean => logger.isLevelEnabled('debug');

  return {
    appended(before, after) {
      metrics.appends.inc();
      for (const step of changedSteps(before, after)) stepChanged(before.steps.get(step.id), step, after);
      if (before.head.phase !== 'ended' && after.head.phase === 'ended') runEnded(after);
    },
    count(what) {
      metrics.drains.inc({ what });
    },
    found(what, subject) {
      metrics.found.inc({ what });
      logger.warn({ what, ...subject }, 'a reconciler found something');
    },
    failed(what, error, subject) {
      const code = isBridgeError(error) ? error.code : 'INTERNAL';
      const known = code === 'REDIS_UNAVAILABLE' || code === 'INTERNAL';
      metrics.failures.inc({ code: known ? code : 'other' });
      logger.error({ what, code, err: error, ...subject }, 'failed; it will be tried again');
    },
    partitions(owned) {
      metrics.partitions.set(owned);
    },
  };

  function stepChanged(was: StepState | undefined, step: StepState, run: RunState): void {
    const { runId } = run.record;
    const before = new Map(was?.attempts.map((attempt) => [attempt.attemptId, attempt.state]));
    for (const { attemptId, agent, state } of step.attempts) {
      const known = before.get(attemptId);
      if (known === state) continue;
      const ids = { runId, taskId: runId, attemptId, agentId: agent };
      if (known === undefined) {
        metrics.attempts.inc({ what: 'recorded' });
        // A child logger costs more than the rest of an append; it is made only where its line is wanted.
        if (debug()) bindIds(logger, ids).debug({ stepId: step.id }, 'attempt recorded');
      } else if (state === 'answered' || state === 'revoked') {
        metrics.attempts.inc({ what: state });
        if (debug()) bindIds(logger, ids).debug({ stepId: step.id }, `attempt ${state}`);
      }
    }
    if (was?.status === step.status) return;
    if (step.status === 'parked') {
      metrics.stepsParked.inc();
      bindIds(logger, { runId }).warn({ stepId: step.id, code: step.code }, 'step parked');
    } else if (step.status === 'backoff') {
      metrics.stepsRetried.inc();
      bindIds(logger, { runId }).info({ stepId: step.id, code: step.code }, 'step will be retried');
    }
  }

  function runEnded(run: RunState): void {
    const { state } = run.status;
    metrics.runsEnded.inc({ state });
    metrics.runDuration.observe(((run.head.endedAt ?? run.head.startedAt) - run.head.startedAt) / 1_000);
    if (debug()) bindIds(logger, { runId: run.record.runId }).debug({ state }, 'run ended');
  }
}
