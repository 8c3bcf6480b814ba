import { countWords } from './statistics.ts';
import { startSystem, type System } from './system.ts';
import { untilState } from './until-state.ts';
import { WIRES, get, send, taskOf } from './wire.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({
    prepareRedis: async (redis, url) => {
      const away = { id: 'sleeper-1', type: 'sleeper', capabilities: '["sleeping"]', status: 'stopped' };
      await redis.hset('agent:sleeper-1', { ...away, last_heartbeat: '2020-01-01T00:00:00' });
      return url;
    },
    agents: [
      { id: 'counter-1', type: 'debug', capabilities: ['counting'], behaviour: countWords() },
      {
        id: 'sonnet-1',
        type: 'sonnet',
        capabilities: { writing: true, counting: false },
        behaviour: countWords(),
      },
    ],
  });
}, 60_000);

afterAll(async () => {
  await system.stop();
}, 30_000);

const received = (id: string): readonly string[] =>
  system.agents.find((agent) => agent.id === id)?.received.map(({ description }) => description) ?? [];

describe.each(WIRES)('an explicit requirement, %s', (wire) => {
  const ask = (over: object): Promise<ReturnType<typeof taskOf>> =>
    send(system.rpcUrl, wire, {
      data: { skill: 'task_execution', description: `for ${wire}`, ...over },
    }).then(taskOf);

  it.each([
    { what: 'a capability', over: { capability: 'teleportation' } },
    { what: 'an agent', over: { agent: 'teleportation' } },
    { what: 'an agent type', over: { agentType: 'teleportation' } },
  ])('that no agent could ever meet is rejected and named: $what', async ({ over }) => {
    const task = await ask(over);
    expect(task).toMatchObject({ state: 'rejected', outputs: [] });
    expect(task.said).toContain('teleportation');
  });

  it.each([
    { what: 'a capability', over: { capability: 'writing' }, by: 'sonnet-1' },
    { what: 'an agent', over: { agent: 'counter-1' }, by: 'counter-1' },
    { what: 'an agent type', over: { agentType: 'sonnet' }, by: 'sonnet-1' },
  ])('that one agent meets goes to that agent: $what', async ({ what, over, by }) => {
    const description = `${wire} needs ${what}`;
    const task = await ask({ ...over, description });
    expect(task.state).toBe('completed');
    expect(received(by)).toContain(description);
    expect(received(by === 'sonnet-1' ? 'counter-1' : 'sonnet-1')).not.toContain(description);
  });

  it('is never made of words', async () => {
    const text = `please find an agent with the capability teleportation, ${wire}`;
    expect(taskOf(await send(system.rpcUrl, wire, { text })).state).toBe('completed');
  });
});

it('waits for an agent that is registered but away, and does not reject', async () => {
  const description = 'wait for me';
  const { id } = taskOf(
    await send(system.rpcUrl, '1.0', {
      data: { skill: 'task_execution', description, capability: 'sleeping' },
      atOnce: true,
    }),
  );
  // Later tasks are done while it waits.
  expect(taskOf(await send(system.rpcUrl, '1.0', { text: 'do me' })).state).toBe('completed');
  expect(taskOf(await get(system.rpcUrl, '1.0', id)).state).not.toBe('rejected');
  await system.addAgent({
    id: 'sleeper-1',
    type: 'sleeper',
    capabilities: ['sleeping'],
    behaviour: countWords(),
  });
  const [task] = await untilState(system.rpcUrl, [id], 'completed', { timeoutMs: 10_000 });
  expect(task?.outputs).toEqual(['3 words, 11 characters']);
});

it('counts an agent that registered the moment before', async () => {
  await system.addAgent({ id: 'newcomer-1', capabilities: ['newness'], behaviour: countWords() });
  const data = { skill: 'task_execution', description: 'are you there', capability: 'newness' };
  expect(taskOf(await send(system.rpcUrl, '1.0', { data }))).toMatchObject({
    state: 'completed',
    outputs: ['3 words, 13 characters'],
  });
});
