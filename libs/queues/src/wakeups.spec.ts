import type { RunId, RunWakeup } from '@bridge/contracts';
import { createWakeups, type WakeupsDeps } from './wakeups.ts';

const run = (index: number): RunId => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}` as RunId;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A producer whose adds end when the test says so. */
function heldProducer() {
  const jobs: RunWakeup[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const add = (job: RunWakeup): Promise<void> => {
    jobs.push(job);
    return new Promise((resolve, reject) => ends.push({ resolve, reject }));
  };
  return { producer: { add }, jobs, ends };
}

function prompt(options: Omit<WakeupsDeps, 'producer'> = {}) {
  const jobs: RunWakeup[] = [];
  const wakeups = createWakeups({
    ...options,
    producer: {
      add: (job) => {
        jobs.push(job);
        return Promise.resolve();
      },
    },
  });
  return { wakeups, jobs };
}

describe('wake-ups', () => {
  it('of one turn are one job, each run once', async () => {
    const { wakeups, jobs } = prompt();
    const results = await Promise.all([wakeups.wake(run(1)), wakeups.wake(run(2)), wakeups.wake(run(1))]);
    expect(jobs).toEqual([{ schemaVersion: 1, runs: [run(1), run(2)] }]);
    expect(results).toEqual([{ kind: 'sent' }, { kind: 'sent' }, { kind: 'sent' }]);
  });

  it('of callbacks that follow each other within the turn are one job too', async () => {
    const { wakeups, jobs } = prompt();
    const chains = [1, 2, 3].map(async (index) => {
      for (let step = 0; step < index; step++) await Promise.resolve();
      await wakeups.wake(run(index));
    });
    await Promise.all(chains);
    expect(jobs).toHaveLength(1);
  });

  it('of different turns are different jobs', async () => {
    const { wakeups, jobs } = prompt();
    await wakeups.wake(run(1));
    await wakeups.wake(run(1));
    expect(jobs).toHaveLength(2);
  });

  it('are split where a job would get too long', async () => {
    const { wakeups, jobs } = prompt({ maxRunsPerJob: 200 });
    await Promise.all(Array.from({ length: 450 }, (_, index) => wakeups.wake(run(index))));
    expect(jobs.map(({ runs }) => runs.length)).toEqual([200, 200, 50]);
    expect(new Set(jobs.flatMap(({ runs }) => runs)).size).toBe(450);
  });

  it('that come while the same run is on its way travel again: they may be for newer input', async () => {
    const { producer, jobs, ends } = heldProducer();
    const wakeups = createWakeups({ producer });
    void wakeups.wake(run(1));
    await turn();
    void wakeups.wake(run(1));
    await turn();
    expect(jobs).toHaveLength(2);
    for (const { resolve } of ends) resolve();
    await wakeups.idle();
  });

  it('gather while as many jobs as allowed are on their way', async () => {
    const { producer, jobs, ends } = heldProducer();
    const wakeups = createWakeups({ producer, maxInFlight: 1 });
    void wakeups.wake(run(1));
    await turn();
    for (const index of [2, 3, 4]) {
      void wakeups.wake(run(index));
      await turn();
    }
    expect(jobs).toHaveLength(1);
    ends[0]?.resolve();
    await turn();
    await turn();
    expect(jobs[1]).toEqual({ schemaVersion: 1, runs: [run(2), run(3), run(4)] });
    ends[1]?.resolve();
    await wakeups.idle();
  });

  it('that cannot be sent are counted and reported, never thrown, and later ones go on', async () => {
    const { producer, ends } = heldProducer();
    const failed: [number, string][] = [];
    const sent: number[] = [];
    const wakeups = createWakeups({
      producer,
      report: {
        sent: (runs) => sent.push(runs),
        failed: (runs, error) => failed.push([runs, error.message]),
      },
    });
    const results = [wakeups.wake(run(1)), wakeups.wake(run(2))];
    await turn();
    ends[0]?.reject(new Error('no redis'));
    for (const result of await Promise.all(results)) {
      expect(result).toMatchObject({ kind: 'failed', error: { message: 'no redis' } });
    }
    expect(failed).toEqual([[2, 'no redis']]);
    const later = wakeups.wake(run(3));
    await turn();
    ends[1]?.resolve();
    expect(await later).toEqual({ kind: 'sent' });
    expect(sent).toEqual([1]);
    await wakeups.idle();
  });
});
