import { join } from 'node:path';
import { eventually } from '@bridge/test-kit';
import { ROOT, built } from './paths.ts';
import { pythonOf, testWith } from './python.ts';
import { startSystem, type System } from './system.ts';
import { send, taskOf } from './wire.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem();
}, 60_000);

afterAll(async () => {
  await system.stop();
}, 30_000);

/** Results worked out by hand (the digest by sha256sum). */
const WORK = [
  {
    text: 'The quick brown fox. It jumps!',
    output: { words: 6, sentences: 2, lines: 1, characters: 30, longest_word: 'quick' },
  },
  { text: 'calculate (2 + 3) * 4', output: 20 },
  { text: 'sha256 of abc', output: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  { text: 'get user.tags[1] from {"user": {"tags": ["a", "b"]}}', output: 'b' },
];

const AGENTS = [
  {
    name: 'python-agent-e2e',
    start: () => ({
      command: pythonOf('venv-agent'),
      args: [join(ROOT, 'examples', 'python-agent', 'agent.py')],
    }),
    run: testWith('venv-agent'),
  },
  {
    name: 'typescript-agent-e2e',
    start: () => ({
      command: process.execPath,
      args: [built(join('examples', 'typescript-agent', 'dist', 'main.js'))],
    }),
    run: it,
  },
];

describe.each(AGENTS)('$name', ({ name, start, run }) => {
  run('does real work, and says why when it cannot', async () => {
    const agent = system.run({ name, ...start(), env: { AGENT_ID: name } });
    await eventually(async () => (await system.redis.exists(`agent:${name}`)) === 1, {
      timeoutMs: 10_000,
      what: 'its registration',
    });
    for (const { text, output } of WORK) {
      const data = { skill: 'task_execution', description: text, agent: name };
      expect(taskOf(await send(system.rpcUrl, '1.0', { data }))).toMatchObject({
        state: 'completed',
        outputs: [output],
      });
    }
    await agent.end();
  });
});
