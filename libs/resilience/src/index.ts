export {
  GUARD_OUTCOMES,
  GUARD_STATES,
  createGuard,
  type Guard,
  type GuardOptions,
  type GuardOutcome,
  type GuardState,
} from './guard.ts';
