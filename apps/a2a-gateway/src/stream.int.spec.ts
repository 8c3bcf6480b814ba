import { randomUUID } from 'node:crypto';
import { eventually, rpc, rpcStream, useRedis } from '@bridge/test-kit';
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
import { V1, acceptedTaskId, readAll, sendAtOnce, v03Message, v1Message } from './wire.fixture.ts';

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

describe('a stream', () => {
  it.each([
    ['1.0', 'SendStreamingMessage', V1],
    ['0.3', 'message/stream', {}],
  ] as const)(
    'of %s tells snapshot and events, numbered, up to the end',
    async (version, method, headers) => {
      const message = version === '1.0' ? v1Message() : v03Message();
      const stream = await rpcStream(gateway.rpcUrl, method, { message }, headers);
      expect(stream.headers.get('content-type')).toBe('text/event-stream');
      expect(stream.headers.get('x-request-id')).toMatch(/./);
      const reading = readAll(stream.events);
      const id = await acceptedTaskId(redis.client(), message);
      await pen.write(id, started(1), working(1));
      await pen.write(id, artifact(2, 'one'), artifact(3, 'three'));
      await pen.write(id, completed(4), ended(4));
      const events = await reading;
      expect(events.map((event) => event.id)).toEqual([0, 1, 2, 3, 4]);
      const text = JSON.stringify(events.map(({ result }) => result));
      const marks =
        version === '1.0'
          ? ['"task":', 'WORKING', 'one', 'three', 'COMPLETED']
          : ['"task"', 'working', 'one', 'three', 'completed'];
      const places = marks.map((mark) => text.indexOf(mark));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places).not.toContain(-1);
      if (version === '0.3')
        expect(events.map(({ result }) => result['final'])).toEqual([
          undefined,
          false,
          undefined,
          undefined,
          true,
        ]);
    },
  );

  it('misses nothing when hints are lost, and says so', async () => {
    const before = await gateway.metric('a2a_gateway_missed_hints_total{service="a2a-gateway"}');
    const message = v1Message();
    const stream = await rpcStream(gateway.rpcUrl, 'SendStreamingMessage', { message }, V1);
    const reading = readAll(stream.events);
    const id = await acceptedTaskId(redis.client(), message);
    await pen.writeSilently(id, started(1), working(1), artifact(2, 'x'));
    await pen.writeSilently(id, completed(4), ended(4));
    expect((await reading).map((event) => event.id)).toEqual([0, 1, 2, 3]);
    expect(await gateway.metric('a2a_gateway_missed_hints_total{service="a2a-gateway"}')).toBeGreaterThan(
      before,
    );
  });

  it('can be joined by others, who see the same events in the same order', async () => {
    const task = await sendAtOnce(gateway.rpcUrl);
    await pen.write(task.id, started(1), working(1));
    const streams = await Promise.all([
      rpcStream(gateway.rpcUrl, 'SubscribeToTask', { id: task.id }, V1),
      rpcStream(gateway.rpcUrl, 'SubscribeToTask', { id: task.id }, V1),
      rpcStream(gateway.rpcUrl, 'tasks/resubscribe', { id: task.id }),
    ]);
    const reading = streams.map((stream) => readAll(stream.events));
    await pen.write(task.id, artifact(2, 'shared'), completed(3), ended(3));
    const all = await Promise.all(reading);
    for (const events of all) expect(events.map((event) => event.id)).toEqual([1, 2, 3]);
    expect(all[0]).toEqual(all[1]);
    const late = await rpc(gateway.rpcUrl, 'SubscribeToTask', { id: task.id }, V1);
    expect(late.error?.code).toBe(-32004);
  });

  it('that is closed by its reader leaves the task and the other streams alone', async () => {
    const task = await sendAtOnce(gateway.rpcUrl);
    await pen.write(task.id, started(1), working(1));
    const [leaving, staying] = await Promise.all([
      rpcStream(gateway.rpcUrl, 'SubscribeToTask', { id: task.id }, V1),
      rpcStream(gateway.rpcUrl, 'SubscribeToTask', { id: task.id }, V1),
    ]);
    const reading = readAll(staying.events);
    leaving.close();
    await pen.write(task.id, completed(2), ended(2));
    expect((await reading).map((event) => event.id)).toEqual([1, 2]);
    await eventually(async () => {
      expect(await gateway.metric('a2a_gateway_streams{service="a2a-gateway"}')).toBe(0);
    });
  });

  it('stays open while the task is parked, with heartbeats', async () => {
    const message = v1Message();
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'SendStreamingMessage',
      params: { message },
    });
    const response = await fetch(gateway.rpcUrl, {
      method: 'POST',
      headers: { ...V1, 'content-type': 'application/json' },
      body,
    });
    const id = await acceptedTaskId(redis.client(), message);
    await pen.write(
      id,
      started(1),
      { type: 'step.parked', at: 2, stepId: 'task' as never, code: 'OUTCOME_UNKNOWN', message: 'gone' },
      working(2, { parked: true }),
    );
    let text = '';
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    while (!text.includes(': heartbeat')) text += (await reader.read()).value ?? '';
    expect(text).toContain('"parked":true');
    await pen.write(id, completed(3), ended(3));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
    }
    expect(text).toContain('TASK_STATE_COMPLETED');
  });

  it('whose first step fails is answered in plain JSON', async () => {
    const { httpStatus, headers, error } = await rpc(gateway.rpcUrl, 'message/stream', {
      message: v03Message({ taskId: randomUUID() }),
    });
    expect({ httpStatus, type: headers.get('content-type'), code: error?.code }).toEqual({
      httpStatus: 200,
      type: 'application/json; charset=utf-8',
      code: -32001,
    });
  });
});
