import type { PlannedStep, StepId } from '@bridge/contracts';

/** What makes these steps no DAG, naming the step; `null` when they are one. */
export function graphFault(steps: readonly PlannedStep[]): string | null {
  const byId = new Map<StepId, PlannedStep>();
  for (const step of steps) {
    if (byId.has(step.id)) return `step '${step.id}': there is another step with this id`;
    byId.set(step.id, step);
  }
  for (const step of steps) {
    if (new Set(step.dependsOn).size !== step.dependsOn.length) {
      return `step '${step.id}': depends_on names a step twice`;
    }
    const unknown = step.dependsOn.find((parent) => !byId.has(parent));
    if (unknown !== undefined)
      return `step '${step.id}': depends_on names '${unknown}', which is no step of this workflow`;
  }
  const cycle = cycleIn(steps, byId);
  return cycle === null ? null : `step '${cycle[0] ?? ''}': depends on itself (${cycle.join(' -> ')})`;
}

/** Takes away steps whose parents are all gone; what stays lies on a cycle or behind one. */
function cycleIn(
  steps: readonly PlannedStep[],
  byId: ReadonlyMap<StepId, PlannedStep>,
): readonly StepId[] | null {
  const waitingFor = new Map(steps.map((step) => [step.id, step.dependsOn.length]));
  const children = new Map<StepId, StepId[]>();
  for (const step of steps) {
    for (const parent of step.dependsOn) append(children, parent, step.id);
  }
  const free = steps.filter((step) => step.dependsOn.length === 0).map((step) => step.id);
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    waitingFor.delete(next);
    for (const child of children.get(next) ?? []) {
      const left = (waitingFor.get(child) ?? 0) - 1;
      waitingFor.set(child, left);
      if (left === 0) free.push(child);
    }
  }
  const [start] = waitingFor.keys();
  return start === undefined ? null : walkUp(start, waitingFor, byId);
}

/** Every step that stayed has a parent that stayed, so walking up must meet a step twice. */
function walkUp(
  start: StepId,
  stayed: ReadonlyMap<StepId, number>,
  byId: ReadonlyMap<StepId, PlannedStep>,
): readonly StepId[] {
  const path: StepId[] = [];
  const at = new Map<StepId, number>();
  let here: StepId | undefined = start;
  while (here !== undefined && !at.has(here)) {
    at.set(here, path.length);
    path.push(here);
    here = byId.get(here)?.dependsOn.find((parent) => stayed.has(parent));
  }
  return here === undefined ? path : [...path.slice(at.get(here)), here];
}

function append(lists: Map<StepId, StepId[]>, key: StepId, value: StepId): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
