import type { Plan, PlannedStep, StepId } from '@bridge/contracts';

/** A plan by id and by edge. */
export interface PlanIndex {
  readonly byId: ReadonlyMap<StepId, PlannedStep>;
  /** Steps that depend on a step. */
  readonly children: ReadonlyMap<StepId, readonly StepId[]>;
}

const indexes = new WeakMap<Plan, PlanIndex>();

/** Derived once per plan object: a plan never changes. */
export function indexOf(plan: Plan): PlanIndex {
  const known = indexes.get(plan);
  if (known !== undefined) return known;
  const children = new Map<StepId, StepId[]>(plan.steps.map((step) => [step.id, []]));
  for (const step of plan.steps) {
    for (const parent of new Set(step.dependsOn)) children.get(parent)?.push(step.id);
  }
  const index: PlanIndex = { byId: new Map(plan.steps.map((step) => [step.id, step])), children };
  indexes.set(plan, index);
  return index;
}

const NOBODY: readonly StepId[] = [];

export function childrenOf(plan: Plan, stepId: StepId): readonly StepId[] {
  return indexOf(plan).children.get(stepId) ?? NOBODY;
}
