import { randomUUID } from 'node:crypto';
import { createGate, eventually, late, progressThenAnswer, rpcStream, type SseEvent } from '@bridge/test-kit';
import { inParallel, range } from './in-parallel.ts';
import { countWords } from './statistics.ts';
import { startSystem, type System } from './system.ts';
import { DIALECT, WIRES, get, send, sendParams, stateOf, taskOf, type Ask, type Wire } from './wire.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ agents: [{ id: 'counter-1', behaviour: countWords() }] });
}, 60_000);

afterAll(async () => {
  await system.stop();
}, 30_000);

interface Seen {
  readonly id: number;
  readonly taskId: string;
  /** `task:submitted`, `status:working`, `artifact:<text>`, with `!` after the one that says it is final. */
  readonly what: string;
}

/** One event of either dialect in the test's own words. */
function seen(event: SseEvent): Seen {
  expect(event.id).toMatch(/^\d+$/);
  const { result } = JSON.parse(event.data) as { result: Record<string, never> };
  const { task, statusUpdate, artifactUpdate, kind } = result as Record<string, unknown>;
  const body = (task ?? statusUpdate ?? artifactUpdate ?? result) as {
    id?: string;
    taskId?: string;
    final?: boolean;
    status?: { state: string };
    artifact?: { parts: { text?: string }[] };
  };
  const name =
    kind === 'task' || task !== undefined ? 'task' : body.artifact === undefined ? 'status' : 'artifact';
  const detail =
    body.artifact === undefined
      ? stateOf(body.status?.state ?? '')
      : body.artifact.parts.map(({ text }) => text).join();
  return {
    id: Number(event.id),
    taskId: body.id ?? body.taskId ?? '',
    what: `${name}:${detail}${body.final === true ? '!' : ''}`,
  };
}

async function streamed(wire: Wire, ask: Ask): Promise<Seen[]> {
  const { headers, stream } = DIALECT[wire];
  const answer = await rpcStream(system.rpcUrl, stream, sendParams(wire, ask), headers);
  expect({ status: answer.httpStatus, type: answer.headers.get('content-type') }).toEqual({
    status: 200,
    type: expect.stringMatching(/^text\/event-stream/) as unknown,
  });
  const events: Seen[] = [];
  for await (const event of answer.events) events.push(seen(event));
  return events;
}

function expectInOrder(events: readonly Seen[], wire: Wire, output: string): void {
  const [first, ...rest] = events;
  expect(first?.what).toMatch(/^task:(submitted|working)$/);
  // Numbered densely: the ids go up by one from the snapshot's.
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => (first?.id ?? 0) + index));
  expect(new Set(events.map(({ taskId }) => taskId)).size).toBe(1);
  const whats = rest.map(({ what }) => what).filter((what) => what !== 'status:working');
  expect(whats).toEqual([`artifact:${output}`, wire === '0.3' ? 'status:completed!' : 'status:completed']);
}

describe.each(WIRES)('a stream of %s', (wire) => {
  it('tells snapshot, work, artifact and end in order, numbered', async () => {
    const events = await streamed(wire, { text: 'two words' });
    expectInOrder(events, wire, '2 words, 9 characters');
    // What the stream told is what a get tells.
    const got = taskOf(await get(system.rpcUrl, wire, events[0]?.taskId ?? ''));
    expect(got).toMatchObject({ state: 'completed', outputs: ['2 words, 9 characters'] });
  });

  it('is the same for 50 at once', async () => {
    const all = await inParallel(range(50), 50, (n) => streamed(wire, { text: `stream ${String(n + 100)}` }));
    for (const events of all) expectInOrder(events, wire, '2 words, 10 characters');
    expect(new Set(all.map(([first]) => first?.taskId)).size).toBe(50);
  });

  it('of a messageId sent before shows the task that there is', async () => {
    const ask = { messageId: randomUUID(), text: 'once and for all' };
    const { id } = taskOf(await send(system.rpcUrl, wire, ask));
    const events = await streamed(wire, ask);
    expect(events.map(({ what, taskId }) => ({ what, taskId }))).toEqual([
      { what: 'task:completed', taskId: id },
    ]);
  });
});

it('tells what happens while it happens, and ends when the agent has answered', async () => {
  const gate = createGate();
  for (const agent of system.agents) agent.behave(late(gate, progressThenAnswer([0.5], 'done at last')));
  const { headers, stream } = DIALECT['1.0'];
  const answer = await rpcStream(
    system.rpcUrl,
    stream,
    sendParams('1.0', { text: 'take your time' }),
    headers,
  );
  const events: Seen[] = [];
  const reading = (async () => {
    for await (const event of answer.events) events.push(seen(event));
  })();
  await eventually(() => events.at(-1)?.what === 'status:working', { what: 'the task working' });
  gate.open();
  await reading;
  expect(events.at(-1)?.what).toBe('status:completed');
  expect(events.map(({ what }) => what)).toContain('artifact:done at last');
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => (events[0]?.id ?? 0) + index));
});
