import { launchContainer } from './launch-container.ts';

describe('launchContainer', () => {
  it('names the package that is missing, and the ways out', async () => {
    const absent = (): Promise<unknown> => Promise.reject(new Error('Cannot find package'));
    await expect(launchContainer([], '/tmp', 1, absent)).rejects.toThrow(
      /testcontainers.*Node >= 22.*REDIS_URL/,
    );
  });

  it('keeps data and port where the caller wants them, and ends by the engine', async () => {
    const calls: unknown[] = [];
    const container = {
      withCommand: (command: string[]) => (calls.push(command), container),
      withExposedPorts: (...ports: unknown[]) => (calls.push(...ports), container),
      withBindMounts: (mounts: unknown[]) => (calls.push(...mounts), container),
      start: () =>
        Promise.resolve({
          stop: (options: unknown) => (calls.push(options), Promise.resolve()),
          exec: (command: string[]) => (calls.push(command), Promise.resolve()),
        }),
    };
    const GenericContainer = function (): typeof container {
      return container;
    };
    const server = await launchContainer(['--port', '7'], '/data', 7, () =>
      Promise.resolve({ GenericContainer }),
    );
    await server.signal('SIGSTOP');
    expect(server.alive()).toBe(true);
    await server.signal('SIGKILL');
    expect(server.alive()).toBe(false);
    expect(await server.exited).toBe('SIGKILL');
    expect(calls).toEqual([
      ['redis-server', '--port', '7'],
      { container: 7, host: 7 },
      { source: '/data', target: '/data', mode: 'rw' },
      ['kill', '-s', 'STOP', '1'],
      { timeout: 0 },
    ]);
  });
});
