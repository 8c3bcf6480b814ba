import type { CoreTaskState, JsonObject, StepId } from '@bridge/contracts';
import { childrenOf } from '../plan-index.ts';
import type { StepState } from '../state.ts';
import { agentMessage, announce } from './announce.ts';
import { dispatch } from './dispatch.ts';
import { emit, isCanceling, type Turn } from './turn.ts';

/** How many steps an ending names in words; all of them are in its metadata. */
const NAMED_STEPS = 20;

export function completeStep(turn: Turn, stepId: StepId): void {
  emit(turn, { type: 'step.completed', at: turn.context.now, stepId });
  const { missing } = turn.draft.derived;
  for (const child of childrenOf(turn.draft.record.plan, stepId)) {
    if (missing.get(child) === 0) dispatch(turn, child, 'first');
  }
}

/** Ends the run once every step is final (W8). */
export function settle(turn: Turn): void {
  const { head, steps, derived } = turn.draft;
  const { completed, failed, canceled } = derived.counts;
  if (head.phase === 'ended' || completed + failed + canceled < steps.size) return;
  if (completed === steps.size) {
    announce(turn, { state: 'completed' });
    emit(turn, { type: 'run.ended', at: turn.context.now, state: 'completed' });
  } else if (isCanceling(turn) && head.canceling?.code === undefined) {
    end(turn, 'canceled', head.canceling?.reason ?? 'canceled on request');
  } else if (head.canceling?.code !== undefined) {
    end(turn, 'failed', `${head.canceling.code}: ${head.canceling.reason ?? ''}`, head.canceling.code);
  } else {
    const first = [...steps.values()].find((step) => step.status === 'failed');
    end(turn, 'failed', `${first?.code ?? 'INTERNAL'}: ${first?.reason ?? ''}`, first?.code);
  }
}

/** The last status says what became of the steps. */
export function end(turn: Turn, state: CoreTaskState, why: string, code?: string): void {
  const steps = [...turn.draft.steps.values()];
  const [only] = steps;
  const several = steps.length > 1 || only?.status === 'completed';
  announce(turn, {
    state,
    message: agentMessage(turn, several ? `${why}. ${inWords(steps)}` : why),
    ours: { ...(code === undefined ? {} : { code }), ...(several ? inData(steps) : {}) },
  });
  emit(turn, { type: 'run.ended', at: turn.context.now, state });
}

const idsOf = (steps: readonly StepState[], status: StepState['status']): readonly StepId[] =>
  steps.filter((step) => step.status === status).map((step) => step.id);

function inWords(steps: readonly StepState[]): string {
  const words = (what: string, ids: readonly StepId[]): string => {
    if (ids.length === 0) return `${what}: none.`;
    const more = ids.length > NAMED_STEPS ? ` and ${String(ids.length - NAMED_STEPS)} more` : '';
    return `${what}: ${ids.slice(0, NAMED_STEPS).join(', ')}${more}.`;
  };
  return (['completed', 'failed', 'canceled'] as const)
    .map((status) => words(`${status.charAt(0).toUpperCase()}${status.slice(1)}`, idsOf(steps, status)))
    .join(' ');
}

function inData(steps: readonly StepState[]): JsonObject {
  return {
    steps: {
      completed: [...idsOf(steps, 'completed')],
      failed: steps
        .filter((step) => step.status === 'failed')
        .map((step) => ({ stepId: step.id, code: step.code ?? 'INTERNAL' })),
      canceled: [...idsOf(steps, 'canceled')],
    },
  };
}
