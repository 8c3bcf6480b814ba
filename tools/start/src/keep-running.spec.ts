import { keepRunning } from './keep-running.ts';

/** Ends as often as told, each life at once; the last one lives. */
function mortal(lives: readonly string[]): {
  start: () => Promise<void>;
  ended: () => Promise<string>;
  starts: () => number;
} {
  let starts = 0;
  return {
    starts: () => starts,
    start: () => {
      starts += 1;
      return Promise.resolve();
    },
    ended: () => {
      const how = lives[starts];
      return how === undefined ? new Promise(() => undefined) : Promise.resolve(how);
    },
  };
}

describe('keepRunning', () => {
  it('starts it again with growing pauses, says so, and ends when told to', async () => {
    const stop = new AbortController();
    const pauses: number[] = [];
    const said: string[] = [];
    const app = mortal(['SIGKILL', 'exit code 1']);
    const done = keepRunning(
      { name: 'app', ...app },
      stop.signal,
      (line) => {
        said.push(line);
        if (said.length === 4) stop.abort();
      },
      (ms) => {
        pauses.push(ms);
        return Promise.resolve();
      },
    );
    await done;
    expect(app.starts()).toBe(2);
    expect(pauses).toEqual([500, 1_000]);
    expect(said).toEqual([
      'app ended (SIGKILL); starting it again in 0.5 s.',
      'app runs again.',
      'app ended (exit code 1); starting it again in 1 s.',
      'app runs again.',
    ]);
  });

  it('tries again what does not start', async () => {
    const stop = new AbortController();
    const said: string[] = [];
    let attempts = 0;
    await keepRunning(
      {
        name: 'Redis',
        ended: () => (attempts === 0 ? Promise.resolve('SIGKILL') : new Promise(() => undefined)),
        start: () => {
          attempts += 1;
          return attempts === 1 ? Promise.reject(new Error('the port is taken')) : Promise.resolve();
        },
      },
      stop.signal,
      (line) => {
        said.push(line);
        if (line.includes('runs again')) stop.abort();
      },
      () => Promise.resolve(),
    );
    expect(said[1]).toContain('Redis ended (the port is taken)');
    expect(attempts).toBe(2);
  });

  it('starts nothing any more once everything stops', async () => {
    const stop = new AbortController();
    const app = mortal(['SIGTERM']);
    await keepRunning({ name: 'app', ...app }, stop.signal, () => {
      stop.abort();
    });
    expect(app.starts()).toBe(0);
  });
});
