import { localUrl, parseSettings } from './settings.ts';

describe('parseSettings', () => {
  it('has defaults for everything', () => {
    const { settings, problems } = parseSettings({}, []);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      host: '127.0.0.1',
      redisUrl: null,
      redisPort: 0,
      fresh: false,
      fleet: true,
    });
    expect(settings.apps.map(({ portVariable, port }) => [portVariable, port])).toEqual([
      ['GATEWAY_PORT', 8080],
      ['ENGINE_PORT', 8081],
      ['DLQ_PORT', 8082],
    ]);
  });

  it('takes what is set', () => {
    const env = { GATEWAY_PORT: '9000', REDIS_PORT: '7000', NO_FLEET: '1', HOST: '0.0.0.0' };
    const { settings } = parseSettings(env, ['--fresh']);
    expect(settings).toMatchObject({ redisPort: 7000, fleet: false, fresh: true, host: '0.0.0.0' });
    expect(settings.apps[0]?.port).toBe(9000);
  });

  it('reports every problem at once', () => {
    const { problems } = parseSettings({ ENGINE_PORT: 'abc', DLQ_PORT: '70000', REDIS_URL: 'redis://r' }, [
      '--fresh',
      '--frsh',
    ]);
    expect(problems.join('\n')).toMatch(
      /--frsh[^]*--fresh wipes[^]*ENGINE_PORT[^]*"abc"[^]*DLQ_PORT[^]*"70000"/,
    );
  });
});

it('localUrl names an address that can be opened', () => {
  expect(localUrl('0.0.0.0', 1)).toBe('http://127.0.0.1:1');
  expect(localUrl('::1', 2)).toBe('http://[::1]:2');
});
