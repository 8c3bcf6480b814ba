export { isOpenAttempt } from './attempts.ts';
export { decide, type Decision } from './decide.ts';
export { DEFAULT_LIMITS, type AssignmentRequest, type DecideContext, type Limits } from './decide/context.ts';
export { evolve, foldEvents } from './evolve.ts';
export { initialState } from './initial-state.ts';
export { changedEntries } from './lineage.ts';
export { parseObligation, type ObligationRef } from './obligation-id.ts';
export {
  allObligations,
  changedObligations,
  changedSteps,
  obligationStands,
  obligationsOfRun,
  obligationsOfStep,
  openAttemptsChanged,
  type Obligation,
} from './obligations.ts';
export { PLAN_DEFAULTS, planOf, type PlanDefaults, type PlanResult } from './plan.ts';
export {
  FINAL_STEP_STATUSES,
  type RunHead,
  type RunState,
  type StepState,
  type StepStatus,
} from './state.ts';
export { deadLetterOf, feedEntryOf, isIdleParked, stepCounts, taskOf } from './summary.ts';
