import { createHash, randomUUID } from 'node:crypto';
import { eventually, monitor, type FakeAgent } from '@bridge/test-kit';
import { inParallel, range } from './in-parallel.ts';
import { countWords } from './statistics.ts';
import { startSystem, type System } from './system.ts';
import { untilState } from './until-state.ts';
import { get, send, taskOf, type Wire } from './wire.ts';

const KEY = 'alice-key-of-this-test';
const CREDENTIAL = { 'x-api-key': KEY };
const API_KEYS = JSON.stringify([
  { principal: 'alice', sha256: createHash('sha256').update(KEY).digest('hex') },
]);

interface Started {
  readonly system: System;
  readonly agent: FakeAgent;
}

async function start(env: Readonly<Record<string, string>>): Promise<Started> {
  const system = await startSystem({ env, agents: [{ id: 'counter-1', behaviour: countWords() }] });
  const [agent] = system.agents;
  if (agent === undefined) throw new Error('one agent was asked for');
  return { system, agent };
}

const CALLERS = {
  'an anonymous client': { env: {}, headers: {} },
  'a named principal': { env: { AUTH: 'api-key', API_KEYS }, headers: CREDENTIAL },
} as const;

const started: Partial<Record<keyof typeof CALLERS, Started>> = {};

beforeAll(async () => {
  started['an anonymous client'] = await start(CALLERS['an anonymous client'].env);
  started['a named principal'] = await start(CALLERS['a named principal'].env);
}, 60_000);

afterAll(async () => {
  for (const { system } of Object.values(started)) await system.stop();
}, 60_000);

function systemOf(who: keyof typeof CALLERS): Started {
  const found = started[who];
  if (found === undefined) throw new Error('the systems run from beforeAll on');
  return found;
}

it('finds each of 1,000 tasks that were only just accepted', async () => {
  const { system, agent } = systemOf('an anonymous client');
  const ids = await inParallel(range(1_000), 50, async (n) => {
    const wire: Wire = n % 2 === 0 ? '1.0' : '0.3';
    const sent = taskOf(await send(system.rpcUrl, wire, { text: `task number ${String(n)}`, atOnce: true }));
    const got = taskOf(await get(system.rpcUrl, wire, sent.id));
    expect(got.id).toBe(sent.id);
    return got.id;
  });
  expect(new Set(ids).size).toBe(1_000);

  // Accepted is durable, so every one of them is worked on, once.
  await eventually(() => agent.received.length >= 1_000, {
    timeoutMs: 60_000,
    what: 'every task at the agent',
  });
  await untilState(system.rpcUrl, ids, 'completed', { timeoutMs: 30_000 });
  expect(agent.received).toHaveLength(1_000);
  expect(new Set(agent.received.map(({ description }) => description)).size).toBe(1_000);
}, 120_000);

describe.each(['an anonymous client', 'a named principal'] as const)(
  'one messageId 100 times at once by %s',
  (who) => {
    it('is one task, executed once, pushed once', async () => {
      const { headers } = CALLERS[who];
      const { system, agent } = systemOf(who);
      const watched = await monitor(system.redis);
      try {
        const ask = { messageId: randomUUID(), text: 'only once please' };
        const answers = await Promise.all(
          range(100).map(async (n) => {
            const atOnce = n % 2 === 0; // both kinds of senders meet
            return taskOf(await send(system.rpcUrl, '1.0', { ...ask, atOnce }, headers));
          }),
        );
        expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
        const waited = answers.filter((_, n) => n % 2 === 1);
        expect(new Set(waited.map(({ state, outputs }) => `${state}: ${String(outputs[0])}`))).toEqual(
          new Set(['completed: 3 words, 16 characters']),
        );
        expect(agent.executions(ask.text)).toBe(1);
        const commands = await watched.commands();
        const pushes = commands.filter(
          ({ args }) => /PUSH/.test(args[0] ?? '') && args[1] === `queue:${agent.id}`,
        );
        expect(pushes.map(({ args }) => args[0])).toEqual(['LPUSH']);
      } finally {
        await watched.stop();
      }
    }, 60_000);
  },
);

describe('another body under a messageId', () => {
  it('is a conflict for a named principal, in both dialects', async () => {
    const { system, agent } = systemOf('a named principal');
    const messageId = randomUUID();
    const first = taskOf(await send(system.rpcUrl, '1.0', { messageId, text: 'first body' }, CREDENTIAL));

    const v1 = await send(system.rpcUrl, '1.0', { messageId, text: 'other body' }, CREDENTIAL);
    expect(v1.error).toMatchObject({
      code: -32602,
      data: [expect.objectContaining({ reason: 'MESSAGE_ID_CONFLICT' })],
    });
    const v03 = await send(system.rpcUrl, '0.3', { messageId, text: 'other body' }, CREDENTIAL);
    expect(v03.error).toMatchObject({ code: -32602, data: { code: 'MESSAGE_ID_CONFLICT' } });

    // The same body in the other dialect is the same message.
    expect(taskOf(await send(system.rpcUrl, '0.3', { messageId, text: 'first body' }, CREDENTIAL)).id).toBe(
      first.id,
    );
    expect([agent.executions('first body'), agent.executions('other body')]).toEqual([1, 0]);
  }, 60_000);

  it('is another task for anonymous clients', async () => {
    const { system, agent } = systemOf('an anonymous client');
    const messageId = randomUUID();
    const one = taskOf(await send(system.rpcUrl, '1.0', { messageId, text: 'first body' }));
    const two = taskOf(await send(system.rpcUrl, '1.0', { messageId, text: 'a second body' }));
    expect(two.id).not.toBe(one.id);
    expect([one.outputs, two.outputs]).toEqual([['2 words, 10 characters'], ['3 words, 13 characters']]);
    expect([agent.executions('first body'), agent.executions('a second body')]).toEqual([1, 1]);
  }, 60_000);
});

it('tells nobody without a key whether a task exists', async () => {
  const { system } = systemOf('a named principal');
  const { id } = taskOf(await send(system.rpcUrl, '1.0', { text: 'mine' }, CREDENTIAL));
  const known = await get(system.rpcUrl, '1.0', id);
  const unknown = await get(system.rpcUrl, '1.0', randomUUID());
  expect(known.httpStatus).toBe(401);
  expect(known.result).toBeUndefined();
  expect({ status: unknown.httpStatus, code: unknown.error?.code }).toEqual({
    status: 401,
    code: known.error?.code,
  });
}, 60_000);
