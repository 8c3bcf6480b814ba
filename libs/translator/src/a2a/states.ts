import { Role, TaskState } from '@a2a-js/sdk';
import type { CoreRole, CoreTaskState } from '@bridge/contracts';

const STATE_OF_CORE: Readonly<Record<CoreTaskState, TaskState>> = {
  submitted: TaskState.TASK_STATE_SUBMITTED,
  working: TaskState.TASK_STATE_WORKING,
  'input-required': TaskState.TASK_STATE_INPUT_REQUIRED,
  'auth-required': TaskState.TASK_STATE_AUTH_REQUIRED,
  completed: TaskState.TASK_STATE_COMPLETED,
  failed: TaskState.TASK_STATE_FAILED,
  canceled: TaskState.TASK_STATE_CANCELED,
  rejected: TaskState.TASK_STATE_REJECTED,
};

const ROLE_OF_CORE: Readonly<Record<CoreRole, Role>> = {
  user: Role.ROLE_USER,
  agent: Role.ROLE_AGENT,
};

const CORE_OF_STATE = inverse(STATE_OF_CORE);
const CORE_OF_ROLE = inverse(ROLE_OF_CORE);

function inverse<Core extends string, Sdk>(table: Readonly<Record<Core, Sdk>>): ReadonlyMap<Sdk, Core> {
  return new Map((Object.keys(table) as Core[]).map((core) => [table[core], core]));
}

export function fromCoreState(state: CoreTaskState): TaskState {
  return STATE_OF_CORE[state];
}

/** `undefined` for UNSPECIFIED and for what a newer protocol may add: no task of ours is ever in such a state. */
export function toCoreState(state: TaskState): CoreTaskState | undefined {
  return CORE_OF_STATE.get(state);
}

export function fromCoreRole(role: CoreRole): Role {
  return ROLE_OF_CORE[role];
}

/** `undefined` for UNSPECIFIED and unknown roles. */
export function toCoreRole(role: Role): CoreRole | undefined {
  return CORE_OF_ROLE.get(role);
}
