import type { AttemptId, Plan, StepId } from '@bridge/contracts';
import { childrenOf } from './plan-index.ts';
import type { RunState, StepState, StepStatus } from './state.ts';

/**
 * What follows from the steps of a run and would cost a look at every step to find out. It is never stored: the
 * newest state of a run hands it on to its successor, any other state computes it anew.
 */
export interface Derived {
  readonly counts: Record<StepStatus, number>;
  /** Parents that are not completed, for steps that have some. */
  readonly missing: Map<StepId, number>;
  /** Attempts whose reply list has no TTL yet: which step they belong to. */
  readonly attempts: Map<AttemptId, StepId>;
  /** In the order in which they began to wait. */
  readonly held: Set<StepId>;
  readonly parked: Set<StepId>;
}

type Steps = RunState['steps'];

const known = new WeakMap<Steps, Derived>();

export function derivedOf(state: RunState): Derived {
  const found = known.get(state.steps);
  if (found !== undefined) return found;
  const derived = derive(state.record.plan, state.steps);
  known.set(state.steps, derived);
  return derived;
}

/** Takes it out of `steps`, to be changed in place and given to the steps that follow. */
export function takeDerived(plan: Plan, steps: Steps): Derived {
  const derived = known.get(steps) ?? derive(plan, steps);
  known.delete(steps);
  return derived;
}

export function giveDerived(steps: Steps, derived: Derived): void {
  known.set(steps, derived);
}

/** Follows the change of one step. */
export function follow(derived: Derived, plan: Plan, before: StepState, after: StepState): void {
  if (before.status !== after.status) {
    derived.counts[before.status] -= 1;
    derived.counts[after.status] += 1;
    if (before.status === 'held') derived.held.delete(before.id);
    if (after.status === 'held') derived.held.add(after.id);
    if (before.status === 'parked') derived.parked.delete(before.id);
    if (after.status === 'parked') derived.parked.add(after.id);
    if (after.status === 'completed') completed(derived.missing, plan, after.id);
  }
  if (before.attempts !== after.attempts) {
    for (const attempt of before.attempts) derived.attempts.delete(attempt.attemptId);
    remember(derived.attempts, after);
  }
}

function derive(plan: Plan, steps: Steps): Derived {
  const derived: Derived = {
    counts: {
      waiting: 0,
      held: 0,
      running: 0,
      backoff: 0,
      awaiting: 0,
      parked: 0,
      completed: 0,
      failed: 0,
      canceled: 0,
    },
    missing: new Map(plan.steps.map((step) => [step.id, new Set(step.dependsOn).size])),
    attempts: new Map(),
    held: new Set(),
    parked: new Set(),
  };
  for (const step of steps.values()) {
    derived.counts[step.status] += 1;
    if (step.status === 'held') derived.held.add(step.id);
    if (step.status === 'parked') derived.parked.add(step.id);
    if (step.status === 'completed') completed(derived.missing, plan, step.id);
    remember(derived.attempts, step);
  }
  return derived;
}

function completed(missing: Map<StepId, number>, plan: Plan, stepId: StepId): void {
  for (const child of childrenOf(plan, stepId)) missing.set(child, (missing.get(child) ?? 0) - 1);
}

function remember(attempts: Map<AttemptId, StepId>, step: StepState): void {
  for (const attempt of step.attempts) {
    if (!attempt.closed) attempts.set(attempt.attemptId, step.id);
  }
}
