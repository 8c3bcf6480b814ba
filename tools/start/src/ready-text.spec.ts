import { execFileSync } from 'node:child_process';
import { readyText } from './ready-text.ts';
import { parseSettings } from './settings.ts';

const { settings } = parseSettings({ GATEWAY_PORT: '9000' }, []);
const text = readyText({
  settings,
  redisUrl: 'redis://127.0.0.1:7000/0',
  redisFolder: '.data/redis',
  agents: ['a', 'b'],
  notes: ['No Python agent: python3 is not installed.'],
  logs: '.data/logs',
});

it('says where everything is, and what is missing', () => {
  for (const part of [
    'http://127.0.0.1:9000\n',
    'http://127.0.0.1:8081',
    'http://127.0.0.1:8082',
    'redis://127.0.0.1:7000/0',
    'a, b',
    'No Python agent',
    '.data/logs',
  ]) {
    expect(text).toContain(part);
  }
});

it('its command is one that a shell sends as JSON with a new message id', () => {
  const command = text.split('\n').find((line) => line.includes('curl')) ?? '';
  const sent = execFileSync('sh', ['-c', `curl() { for last; do :; done; printf %s "$last"; }; ${command}`], {
    encoding: 'utf8',
  });
  expect(JSON.parse(sent)).toMatchObject({
    method: 'message/send',
    params: {
      message: {
        messageId: expect.stringMatching(/^hello-\d+$/),
        parts: [{ text: 'calculate (2 + 3) * 4' }],
      },
    },
  });
});
