export { FINAL_STEP_STATUSES, type RunHead, type RunState, type StepState, type StepStatus } from './state.ts';
