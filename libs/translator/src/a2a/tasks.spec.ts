import { StreamResponse, Task, TaskState, Role } from '@a2a-js/sdk';
import { StepId, type CoreTask, type VisibleEvent } from '@bridge/contracts';
import { fromCoreTask, fromVisibleEvent } from './tasks.ts';

const at = Date.parse('2026-11-22T21:25:23.026Z');
const task: CoreTask = {
  taskId: 't-1',
  contextId: 'c-1',
  status: { state: 'completed', at, message: { messageId: 'a-1', role: 'agent', parts: [{ text: 'done' }] } },
  artifacts: [{ artifactId: 'r-1', name: 'result', parts: [{ data: [1, 2] }], metadata: { step: 'main' } }],
  history: [
    { messageId: 'm-1', role: 'user', parts: [{ text: 'one' }] },
    { messageId: 'm-2', role: 'agent', parts: [{ text: 'two' }] },
    { messageId: 'm-3', role: 'user', parts: [{ text: 'three' }] },
  ],
  metadata: { 'a2a-bridge': { skill: 'default' } },
  number: 7,
};

describe('tasks', () => {
  it('are these on the 1.0 wire', () => {
    expect(Task.toJSON(fromCoreTask(task))).toStrictEqual({
      id: 't-1',
      contextId: 'c-1',
      status: {
        state: 'TASK_STATE_COMPLETED',
        message: { messageId: 'a-1', role: 'ROLE_AGENT', parts: [{ text: 'done' }] },
        timestamp: '2026-11-22T21:25:23.026Z',
      },
      artifacts: [
        { artifactId: 'r-1', name: 'result', parts: [{ data: [1, 2] }], metadata: { step: 'main' } },
      ],
      history: [
        { messageId: 'm-1', role: 'ROLE_USER', parts: [{ text: 'one' }] },
        { messageId: 'm-2', role: 'ROLE_AGENT', parts: [{ text: 'two' }] },
        { messageId: 'm-3', role: 'ROLE_USER', parts: [{ text: 'three' }] },
      ],
      metadata: { 'a2a-bridge': { skill: 'default' } },
    });
  });

  it.each([
    [undefined, ['m-1', 'm-2', 'm-3']],
    [0, []],
    [1, ['m-3']],
    [2, ['m-2', 'm-3']],
    [9, ['m-1', 'm-2', 'm-3']],
  ])('with historyLength %p have the newest messages %j', (historyLength, ids) => {
    expect(fromCoreTask(task, { historyLength }).history.map(({ messageId }) => messageId)).toStrictEqual(
      ids,
    );
  });

  it('leave artifacts out where a list does not want them', () => {
    expect(fromCoreTask(task, { includeArtifacts: false }).artifacts).toStrictEqual([]);
    expect(fromCoreTask(task, { includeArtifacts: true }).artifacts).toHaveLength(1);
  });

  it('of a run that does not exist yet are submitted and empty', () => {
    const fresh: CoreTask = {
      taskId: 't',
      contextId: 'c',
      status: { state: 'submitted', at: 0 },
      artifacts: [],
      history: [],
      number: 0,
    };
    expect(fromCoreTask(fresh)).toStrictEqual({
      id: 't',
      contextId: 'c',
      status: {
        state: TaskState.TASK_STATE_SUBMITTED,
        message: undefined,
        timestamp: '1970-01-01T00:00:00.000Z',
      },
      artifacts: [],
      history: [],
      metadata: undefined,
    });
  });
});

describe('visible events', () => {
  it('of status become status updates', () => {
    const event: VisibleEvent = {
      type: 'status',
      at,
      state: 'working',
      message: { messageId: 's-1', role: 'agent', parts: [{ text: 'half' }] },
      metadata: { 'a2a-bridge': { parked: true, code: 'OUTCOME_UNKNOWN' } },
    };
    expect(fromVisibleEvent('t-1', 'c-1', event)).toStrictEqual({
      payload: {
        $case: 'statusUpdate',
        value: {
          taskId: 't-1',
          contextId: 'c-1',
          status: {
            state: TaskState.TASK_STATE_WORKING,
            message: {
              messageId: 's-1',
              contextId: '',
              taskId: '',
              role: Role.ROLE_AGENT,
              parts: [
                {
                  content: { $case: 'text', value: 'half' },
                  metadata: undefined,
                  filename: '',
                  mediaType: '',
                },
              ],
              metadata: undefined,
              extensions: [],
              referenceTaskIds: [],
            },
            timestamp: '2026-11-22T21:25:23.026Z',
          },
          metadata: { 'a2a-bridge': { parked: true, code: 'OUTCOME_UNKNOWN' } },
        },
      },
    });
  });

  it('of artifacts become whole artifact updates', () => {
    const event: VisibleEvent = {
      type: 'artifact',
      at,
      stepId: StepId.parse('main'),
      artifact: { artifactId: 'r-1', description: 'the answer', parts: [{ text: 'done' }] },
    };
    expect(StreamResponse.toJSON(fromVisibleEvent('t-1', 'c-1', event))).toStrictEqual({
      artifactUpdate: {
        taskId: 't-1',
        contextId: 'c-1',
        artifact: { artifactId: 'r-1', description: 'the answer', parts: [{ text: 'done' }] },
        lastChunk: true,
      },
    });
  });
});
