import { legacyPushNotificationToV1StreamResponse } from '@a2a-js/sdk/compat/v0_3';
import { V03PushNotificationSerializer } from '@a2a-js/sdk/compat/v0_3/server';
import type { StreamResponse } from '@a2a-js/sdk';
import { StepId, type CoreMessage, type CoreTask } from '@bridge/contracts';
import { checkMessage } from './check.ts';
import { toCoreMessage } from './messages.ts';
import { fromCoreTask, fromVisibleEvent } from './tasks.ts';

/* What 0.3 and 0.2.6 clients send and get: the SDK translates, and these literals say to what. */

/** The SDK's way from its 1.0 types to a 0.3 body that is public. */
function to03(response: StreamResponse): unknown {
  const { body } = new V03PushNotificationSerializer().serialize(response);
  return typeof body === 'string' ? (JSON.parse(body) as unknown) : body;
}

function messageFrom03(body: unknown): CoreMessage {
  const { payload } = legacyPushNotificationToV1StreamResponse(body);
  if (payload?.$case !== 'message') throw new Error('the body is no message');
  expect(checkMessage(payload.value)).toBeNull();
  return toCoreMessage(payload.value);
}

describe('a message of 0.3', () => {
  it('is this in the core', () => {
    expect(
      messageFrom03({
        kind: 'message',
        messageId: 'm-1',
        role: 'user',
        contextId: 'ctx-1',
        referenceTaskIds: ['t-0'],
        metadata: { skill: 'summary' },
        parts: [
          { kind: 'text', text: 'Summarise', metadata: { lang: 'en' } },
          { kind: 'file', file: { bytes: 'aGVsbG8=', name: 'hello.txt', mimeType: 'text/plain' } },
          { kind: 'file', file: { uri: 'https://example.org/a.pdf' } },
          { kind: 'data', data: { skill: 'task' } },
        ],
      }),
    ).toStrictEqual({
      messageId: 'm-1',
      role: 'user',
      contextId: 'ctx-1',
      referenceTaskIds: ['t-0'],
      metadata: { skill: 'summary' },
      parts: [
        { text: 'Summarise', metadata: { lang: 'en' } },
        { raw: 'aGVsbG8=', filename: 'hello.txt', mediaType: 'text/plain' },
        { url: 'https://example.org/a.pdf' },
        { data: { skill: 'task' } },
      ],
    });
  });
});

describe('what 0.3 clients get', () => {
  const task: CoreTask = {
    taskId: 't-1',
    contextId: 'c-1',
    status: {
      state: 'input-required',
      at: 0,
      message: { messageId: 'q-1', role: 'agent', parts: [{ text: 'Which?' }] },
    },
    artifacts: [{ artifactId: 'r-1', name: 'result', parts: [{ raw: 'aGk=', mediaType: 'text/plain' }] }],
    history: [{ messageId: 'm-1', role: 'user', parts: [{ url: 'https://example.org/a', filename: 'a' }] }],
    number: 3,
  };

  it('of a task', () => {
    expect(to03({ payload: { $case: 'task', value: fromCoreTask(task) } })).toStrictEqual({
      kind: 'task',
      id: 't-1',
      contextId: 'c-1',
      status: {
        state: 'input-required',
        timestamp: '1970-01-01T00:00:00.000Z',
        message: {
          kind: 'message',
          messageId: 'q-1',
          role: 'agent',
          parts: [{ kind: 'text', text: 'Which?' }],
        },
      },
      artifacts: [
        {
          artifactId: 'r-1',
          name: 'result',
          parts: [{ kind: 'file', file: { bytes: 'aGk=', mimeType: 'text/plain' } }],
        },
      ],
      history: [
        {
          kind: 'message',
          messageId: 'm-1',
          role: 'user',
          parts: [{ kind: 'file', file: { uri: 'https://example.org/a', name: 'a' } }],
        },
      ],
    });
  });

  it.each([
    ['working', false],
    ['completed', true],
    ['failed', true],
    ['canceled', true],
    ['rejected', true],
  ] as const)('of a status event: %s, final %p', (state, final) => {
    expect(to03(fromVisibleEvent('t-1', 'c-1', { type: 'status', at: 0, state }))).toStrictEqual({
      kind: 'status-update',
      taskId: 't-1',
      contextId: 'c-1',
      status: { state, timestamp: '1970-01-01T00:00:00.000Z' },
      final,
    });
  });

  it('of an artifact event', () => {
    const artifact = { artifactId: 'r-1', parts: [{ data: { a: 1 } }] };
    expect(
      to03(fromVisibleEvent('t-1', 'c-1', { type: 'artifact', at: 0, stepId: StepId.parse('s'), artifact })),
    ).toStrictEqual({
      kind: 'artifact-update',
      taskId: 't-1',
      contextId: 'c-1',
      artifact: { artifactId: 'r-1', parts: [{ kind: 'data', data: { a: 1 } }] },
      append: false,
      lastChunk: true,
    });
  });
});
