import { randomUUID } from 'node:crypto';
import { eventually, monitor, rpc, useRedis } from '@bridge/test-kit';
import {
  artifact,
  completed,
  createPen,
  ended,
  started,
  startTestGateway,
  working,
  type Pen,
  type RunningGateway,
} from './gateway.fixture.ts';
import {
  V1,
  acceptedTaskId,
  getTask,
  sendAtOnce,
  v03Message,
  v1Message,
  v1Task,
  type V1Task,
} from './wire.fixture.ts';

const redis = useRedis({ failOnLeaks: false });
let gateway: RunningGateway;
let pen: Pen;

beforeAll(async () => {
  gateway = await startTestGateway(redis.url(), { FOLLOW_POLL_MS: '400', STREAM_HEARTBEAT_MS: '200' });
  pen = createPen(redis.url());
});
afterAll(async () => {
  await gateway.stop();
  await pen.close();
});

describe('a send', () => {
  it('is answered at once when it asks for that: accepted, listed, in the inbox', async () => {
    const task = await sendAtOnce(gateway.rpcUrl, { contextId: 'my-context' });
    expect(task).toMatchObject({ contextId: 'my-context', status: { state: 'TASK_STATE_SUBMITTED' } });
    expect(await getTask(gateway.rpcUrl, task.id)).toEqual(task);
    expect(await pen.inbox(task.id)).toMatchObject([
      { type: 'start', tenant: 'default', principal: 'anonymous' },
    ]);
    expect(await redis.client().zscore('a2ab:{o:default:anonymous}:tasks', task.id)).not.toBeNull();
  });

  it('waits for the end in 1.0, in 0.3, and in 0.3 with a configuration that does not mention it', async () => {
    const asks = [
      { method: 'SendMessage', message: v1Message(), headers: V1, configuration: undefined },
      { method: 'message/send', message: v03Message(), headers: {}, configuration: undefined },
      {
        method: 'message/send',
        message: v03Message(),
        headers: {},
        configuration: { acceptedOutputModes: ['text/plain'] },
      },
      { method: 'message/send', message: v03Message(), headers: {}, configuration: { blocking: true } },
    ];
    for (const { method, message, headers, configuration } of asks) {
      const answer = rpc(gateway.rpcUrl, method, { message, configuration }, headers);
      const id = await acceptedTaskId(redis.client(), message);
      await pen.write(id, started(1), working(1));
      await pen.write(id, artifact(2, 'forty-two'), completed(3), ended(3));
      const { result } = await answer;
      expect(JSON.stringify(result)).toContain('forty-two');
      expect(JSON.stringify(result)).toMatch(/"(TASK_STATE_COMPLETED|completed)"/);
    }
  });

  it('costs four commands, none of them before it is needed', async () => {
    // The first wake-up of a process asks for more: its script, the state of the queue.
    await sendAtOnce(gateway.rpcUrl);
    const watched = await monitor(redis.client());
    const message = v1Message();
    const answer = rpc(gateway.rpcUrl, 'SendMessage', { message }, V1);
    const id = await acceptedTaskId(redis.client(), message);
    // How the test itself looks at keys.
    const looks = new Set(['HGETALL', 'TYPE', 'TTL']);
    const aboutIt = async (): Promise<string[][]> => {
      const commands = await watched.commands();
      const ours = commands.filter(({ args, source }) => source === 'client' && !looks.has(args[0] ?? ''));
      return ours.map(({ args }) => [...args]).filter((args) => args.some((arg) => arg.includes(id)));
    };
    // Listed, accepted, woken.
    const sent = await eventually(async () => {
      const commands = await aboutIt();
      return commands.length < 3 ? null : commands;
    });
    expect(sent.map(([name]) => name)).toEqual(['ZADD', 'EVALSHA', 'EVALSHA']);
    await pen.write(id, started(1), working(1));
    await pen.write(id, completed(2), ended(2));
    await answer;
    // What reads the task is the script over exactly these keys; a server that does not know it yet is taught by EVAL.
    const reads = (await aboutIt()).filter(
      (args) =>
        args[0] === 'EVALSHA' &&
        args[2] === '3' &&
        args[3]?.includes(':accept:') === true &&
        args[5]?.includes(':outputs:') === true,
    );
    expect(reads).toHaveLength(1);
    await watched.stop();
  });

  it('of 0.3 with blocking false is answered at once', async () => {
    const { result } = await rpc(gateway.rpcUrl, 'message/send', {
      message: v03Message(),
      configuration: { blocking: false },
    });
    expect(result).toMatchObject({ kind: 'task', status: { state: 'submitted' } });
  });

  it('finds an end that no hint announced, by the poll', async () => {
    const message = v1Message();
    const answer = rpc(gateway.rpcUrl, 'SendMessage', { message }, V1);
    const id = await acceptedTaskId(redis.client(), message);
    await pen.writeSilently(id, started(1), working(1), completed(2), ended(2));
    expect(v1Task(await answer).status.state).toBe('TASK_STATE_COMPLETED');
  });

  it.each([
    ['input-required', 'TASK_STATE_INPUT_REQUIRED'],
    ['auth-required', 'TASK_STATE_AUTH_REQUIRED'],
    ['failed', 'TASK_STATE_FAILED'],
    ['rejected', 'TASK_STATE_REJECTED'],
  ] as const)('is answered at %s', async (state, name) => {
    const message = v1Message();
    const answer = rpc(gateway.rpcUrl, 'SendMessage', { message }, V1);
    const id = await acceptedTaskId(redis.client(), message);
    await pen.write(id, started(1), working(1), { type: 'status', at: 2, state });
    expect(v1Task(await answer).status.state).toBe(name);
  });

  it('is answered when the run is parked and nothing else can run', async () => {
    const message = v1Message();
    const answer = rpc(gateway.rpcUrl, 'SendMessage', { message }, V1);
    const id = await acceptedTaskId(redis.client(), message);
    await pen.write(
      id,
      started(1),
      { type: 'step.parked', at: 2, stepId: 'task' as never, code: 'OUTCOME_UNKNOWN', message: 'gone' },
      working(2, { parked: true, code: 'OUTCOME_UNKNOWN' }),
    );
    expect(v1Task(await answer)).toMatchObject({
      status: { state: 'TASK_STATE_WORKING' },
      metadata: { 'a2a-bridge': { parked: true, code: 'OUTCOME_UNKNOWN' } },
    });
  });

  it('is one task for one messageId and body, however often it is sent', async () => {
    const message = v1Message();
    const configuration = { returnImmediately: true };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => rpc(gateway.rpcUrl, 'SendMessage', { message, configuration }, V1)),
    );
    const ids = new Set(answers.map((answer) => v1Task(answer).id));
    expect(ids.size).toBe(1);
    expect(await pen.inbox([...ids][0] ?? '')).toHaveLength(1);
  });

  it('that repeats one which has ended is answered with its end', async () => {
    const message = v1Message();
    const first = v1Task(
      await rpc(gateway.rpcUrl, 'SendMessage', { message, configuration: { returnImmediately: true } }, V1),
    );
    await pen.write(first.id, started(1), artifact(2, 'done'), completed(3), ended(3));
    const again = v1Task(await rpc(gateway.rpcUrl, 'SendMessage', { message }, V1));
    expect(again).toMatchObject({
      id: first.id,
      status: { state: 'TASK_STATE_COMPLETED' },
      artifacts: [{ parts: [{ text: 'done' }] }],
    });
  });

  it('honours historyLength', async () => {
    const message = v1Message();
    const answer = async (historyLength: number): Promise<V1Task> =>
      v1Task(
        await rpc(
          gateway.rpcUrl,
          'SendMessage',
          { message, configuration: { returnImmediately: true, historyLength } },
          V1,
        ),
      );
    expect((await answer(0)).history ?? []).toHaveLength(0);
    expect((await answer(1)).history).toHaveLength(1);
  });

  it('leaves the task alone when its client goes away', async () => {
    const message = v1Message();
    const abort = new AbortController();
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message } });
    const headers = { ...V1, 'content-type': 'application/json' };
    const gone = fetch(gateway.rpcUrl, { method: 'POST', headers, body, signal: abort.signal }).catch(
      () => 'gone',
    );
    const id = await acceptedTaskId(redis.client(), message);
    abort.abort();
    expect(await gone).toBe('gone');
    await pen.write(id, started(1), completed(2), ended(2));
    expect((await getTask(gateway.rpcUrl, id)).status.state).toBe('TASK_STATE_COMPLETED');
  });
});

describe('a message to a task', () => {
  it('is put into its inbox, and a blocking one waits for what comes of it', async () => {
    const task = await sendAtOnce(gateway.rpcUrl);
    await pen.write(task.id, started(1), { type: 'status', at: 2, state: 'input-required' });
    const message = v1Message({ taskId: task.id, parts: [{ text: 'the answer' }] });
    const answer = rpc(gateway.rpcUrl, 'SendMessage', { message }, V1);
    const command = await eventually(async () => (await pen.inbox(task.id))[0] ?? null);
    expect(command).toMatchObject({
      type: 'message',
      message: { parts: [{ text: 'the answer' }], contextId: task.contextId },
    });
    const later = Date.now() + 60_000;
    await pen.write(
      task.id,
      { type: 'message.received', at: later, message: (command as { message: never }).message },
      working(later),
    );
    await pen.write(task.id, completed(later + 1), ended(later + 1));
    expect(v1Task(await answer)).toMatchObject({ id: task.id, status: { state: 'TASK_STATE_COMPLETED' } });
    // The retry of a message that was taken is answered like the first one, although the task has ended.
    expect(v1Task(await rpc(gateway.rpcUrl, 'SendMessage', { message }, V1)).status.state).toBe(
      'TASK_STATE_COMPLETED',
    );
  });

  it('is refused when the task has ended, or lives in another context', async () => {
    const task = await sendAtOnce(gateway.rpcUrl);
    const elsewhere = await rpc(
      gateway.rpcUrl,
      'SendMessage',
      { message: v1Message({ taskId: task.id, contextId: 'other' }) },
      V1,
    );
    expect(elsewhere.error?.code).toBe(-32602);
    await pen.write(task.id, started(1), completed(2), ended(2));
    const late = await rpc(gateway.rpcUrl, 'SendMessage', { message: v1Message({ taskId: task.id }) }, V1);
    expect(late.error?.code).toBe(-32004);
  });
});

describe('a cancel', () => {
  it('is put into the inbox and answered with the canceled task', async () => {
    const task = await sendAtOnce(gateway.rpcUrl);
    const answer = rpc(gateway.rpcUrl, 'CancelTask', { id: task.id }, V1);
    await eventually(async () => {
      expect(await pen.inbox(task.id)).toMatchObject([
        { type: 'start' },
        { type: 'cancel', requestedBy: 'anonymous' },
      ]);
    });
    await pen.write(
      task.id,
      started(1),
      { type: 'status', at: 2, state: 'canceled' },
      { type: 'run.ended', at: 2, state: 'canceled' },
    );
    expect((await answer).result).toMatchObject({ id: task.id, status: { state: 'TASK_STATE_CANCELED' } });
    expect((await rpc(gateway.rpcUrl, 'tasks/cancel', { id: task.id })).error?.code).toBe(-32002);
  });
});

describe('what is not there yet', () => {
  it.each([
    ['ListTasks', {}, -32004, V1],
    ['CreateTaskPushNotificationConfig', { taskId: 'x', url: 'http://x' }, -32003, V1],
    ['GetTaskPushNotificationConfig', { taskId: 'x', id: 'y' }, -32003, V1],
    ['ListTaskPushNotificationConfigs', { taskId: 'x' }, -32003, V1],
    ['DeleteTaskPushNotificationConfig', { taskId: 'x', id: 'y' }, -32003, V1],
    ['GetExtendedAgentCard', {}, -32004, V1],
    [
      'tasks/pushNotificationConfig/set',
      { taskId: 'x', pushNotificationConfig: { url: 'http://x' } },
      -32003,
      {},
    ],
    ['tasks/pushNotificationConfig/get', { id: 'x' }, -32003, {}],
    ['tasks/pushNotificationConfig/list', { id: 'x' }, -32003, {}],
    ['tasks/pushNotificationConfig/delete', { id: 'x', pushNotificationConfigId: 'y' }, -32003, {}],
    ['agent/getAuthenticatedExtendedCard', undefined, -32004, {}],
    [
      'message/send',
      { message: v03Message(), configuration: { pushNotificationConfig: { url: 'http://x' } } },
      -32003,
      {},
    ],
  ])('is refused as the protocol says: %s', async (method, params, code, headers) => {
    const answer = await rpc(gateway.rpcUrl, method, params, headers);
    expect({ http: answer.httpStatus, code: answer.error?.code }).toEqual({ http: 200, code });
  });
});

it('serves POST / like POST /rpc', async () => {
  const { status } = await sendAtOnce(`${gateway.url}/`);
  expect(status.state).toBe('TASK_STATE_SUBMITTED');
});

it('keeps message text out of its logs', async () => {
  const secret = `secret-${randomUUID()}`;
  await sendAtOnce(gateway.rpcUrl, { parts: [{ text: secret }] });
  await rpc(gateway.rpcUrl, 'SendMessage', { message: v1Message({ parts: [{ text: secret }, {}] }) }, V1);
  const body = `{"jsonrpc":"2.0","id":"${secret}","method":"${secret}`;
  await fetch(gateway.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(gateway.logLines().length).toBeGreaterThan(0);
  expect(gateway.logLines().filter((line) => line.includes(secret))).toEqual([]);
});
