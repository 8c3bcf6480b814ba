import { Role, TaskState } from '@a2a-js/sdk';
import { CoreRole, CoreTaskState } from '@bridge/contracts';
import { fromCoreRole, fromCoreState, toCoreRole, toCoreState } from './states.ts';

describe('states and roles', () => {
  it.each([
    ['submitted', 'TASK_STATE_SUBMITTED'],
    ['working', 'TASK_STATE_WORKING'],
    ['completed', 'TASK_STATE_COMPLETED'],
    ['failed', 'TASK_STATE_FAILED'],
    ['canceled', 'TASK_STATE_CANCELED'],
    ['input-required', 'TASK_STATE_INPUT_REQUIRED'],
    ['rejected', 'TASK_STATE_REJECTED'],
    ['auth-required', 'TASK_STATE_AUTH_REQUIRED'],
  ] as const)('%s is %s, both ways', (core, sdk) => {
    expect(fromCoreState(core)).toBe(TaskState[sdk]);
    expect(toCoreState(TaskState[sdk])).toBe(core);
  });

  it('covers every state of the core and of the SDK, save the two that say nothing', () => {
    const ofSdk = Object.values(TaskState).filter((value): value is TaskState => typeof value === 'number');
    expect(ofSdk.filter((state) => toCoreState(state) === undefined)).toStrictEqual([
      TaskState.TASK_STATE_UNSPECIFIED,
      TaskState.UNRECOGNIZED,
    ]);
    expect(new Set(CoreTaskState.options.map(fromCoreState)).size).toBe(ofSdk.length - 2);
  });

  it('knows two roles', () => {
    expect(CoreRole.options.map(fromCoreRole)).toStrictEqual([Role.ROLE_USER, Role.ROLE_AGENT]);
    expect([Role.ROLE_USER, Role.ROLE_AGENT].map(toCoreRole)).toStrictEqual(['user', 'agent']);
    expect([Role.ROLE_UNSPECIFIED, Role.UNRECOGNIZED].map(toCoreRole)).toStrictEqual([undefined, undefined]);
  });
});
