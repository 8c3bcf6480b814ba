import type { Attempt } from '@bridge/contracts';
import { parseObligation, type ObligationRef, type RunState, type StepState } from '@bridge/workflow-core';

type AttemptObligation = Extract<ObligationRef, { number: number }>;

/** Obligations whose member on the agenda is an effect to run, not a timer to decide on. */
export type EffectRef =
  | (Omit<AttemptObligation, 'kind'> & { readonly kind: 'send' | 'revoke' | 'close' })
  | Extract<ObligationRef, { kind: 'park' }>
  | { readonly kind: 'end' };

export function effectOf(obligation: string): EffectRef | null {
  const ref = parseObligation(obligation);
  switch (ref?.kind) {
    case 'send':
    case 'revoke':
    case 'close':
      return { ...ref, kind: ref.kind };
    case 'park':
      return ref;
    case 'end':
      return { kind: 'end' };
    case 'deadline':
    case 'hold':
    case 'backoff':
    case 'run-deadline':
    case undefined:
      return null;
  }
}

/** The step and attempt an effect speaks of; null if the run has none such. */
export function attemptOf(
  state: RunState,
  ref: Extract<EffectRef, { number: number }>,
): { readonly step: StepState; readonly attempt: Attempt } | null {
  const step = state.steps.get(ref.stepId);
  const attempt = step?.attempts.find((a) => a.epoch === ref.epoch && a.number === ref.number);
  return step !== undefined && attempt !== undefined ? { step, attempt } : null;
}
