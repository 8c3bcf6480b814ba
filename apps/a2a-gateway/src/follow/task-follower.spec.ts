import { RunId, type FeedEntry } from '@bridge/contracts';
import { createTaskFollower, isSettled, type TaskFollower, type Wake } from './task-follower.ts';

const A = RunId.parse('00000001-0000-4000-8000-000000000001');
const B = RunId.parse('00000002-0000-4000-8000-000000000002');
const hint = (n: number, state: FeedEntry['state'] = 'working', runId = A): FeedEntry => ({
  runId,
  n,
  state,
  parked: false,
});

/** What a promise has come to by now, without waiting for anything but what is already due. */
function settledNow(promise: Promise<Wake>): Promise<Wake | 'still waiting'> {
  return Promise.race([
    promise,
    new Promise<'still waiting'>((resolve) => setImmediate(resolve, 'still waiting')),
  ]);
}

let follower: TaskFollower;
beforeEach(() => {
  follower = createTaskFollower({ pollMs: 20 });
});
afterEach(() => {
  follower.stop();
});

describe('a watch', () => {
  it('is woken by the first hint that fits', async () => {
    const watch = follower.watch(A);
    const waiting = watch.until(isSettled);
    follower.onEntry(hint(1));
    expect(await settledNow(waiting)).toBe('still waiting');
    follower.onEntry(hint(2, 'completed', B));
    expect(await settledNow(waiting)).toBe('still waiting');
    follower.onEntry(hint(3, 'completed'));
    expect(await waiting).toBe('hint');
    expect(watch.hint).toEqual(hint(3, 'completed'));
  });

  it('remembers a hint that came while nobody waited', async () => {
    const watch = follower.watch(A);
    follower.onEntry(hint(4, 'failed'));
    expect(await settledNow(watch.until(({ n }) => n > 3))).toBe('hint');
    expect(await settledNow(watch.until(({ n }) => n > 4))).toBe('still waiting');
  });

  it('keeps the newest hint when an older one comes late', () => {
    const watch = follower.watch(A);
    follower.onEntry(hint(5, 'completed'));
    follower.onEntry(hint(4));
    expect(watch.hint?.n).toBe(5);
  });

  it('is woken by a run that is parked', async () => {
    const watch = follower.watch(A);
    const waiting = watch.until(isSettled);
    follower.onEntry({ ...hint(2), parked: true });
    expect(await waiting).toBe('hint');
  });

  it('hears the poll when no hint comes (F2)', async () => {
    follower.start();
    const watch = follower.watch(A);
    expect(await watch.until(isSettled)).toBe('poll');
    expect(await watch.until(isSettled)).toBe('poll');
  });

  it('is woken at once after a gap (F3), whatever it waits for', async () => {
    const one = follower.watch(A).until(isSettled);
    const other = follower.watch(B).until(isSettled);
    follower.onGap();
    expect(await Promise.all([one, other])).toEqual(['poll', 'poll']);
  });

  it('ends when it is closed (F4), and is forgotten', async () => {
    const watch = follower.watch(A);
    const other = follower.watch(A);
    const waiting = watch.until(isSettled);
    watch.close();
    watch.close();
    expect(await waiting).toBe('closed');
    expect(await watch.until(isSettled)).toBe('closed');
    expect(watch.drained).toBe(false);
    expect(follower.size()).toBe(1);
    other.close();
    expect(follower.size()).toBe(0);
  });

  it('ends as drained when the process stops, also when it is opened later', async () => {
    const watch = follower.watch(A);
    const waiting = watch.until(isSettled);
    follower.stop();
    expect(await waiting).toBe('closed');
    expect(watch.drained).toBe(true);
    const late = follower.watch(A);
    expect(await late.until(isSettled)).toBe('closed');
    expect(late.drained).toBe(true);
    expect(follower.size()).toBe(0);
  });
});
