import { BridgeError } from '@bridge/error-policy';
import { eventually } from '@bridge/test-kit';
import { createGuard, type Guard, type GuardOptions, type GuardOutcome, type GuardState } from './guard.ts';

type Behaviour = () => Promise<string>;
const never: Behaviour = () => new Promise(() => undefined);
const fine: Behaviour = () => Promise.resolve('fine');
const failing =
  (error: Error): Behaviour =>
  () =>
    Promise.reject(error);

const guards: Guard<[Behaviour], string>[] = [];
afterEach(() => {
  for (const guard of guards.splice(0)) guard.close();
});

function build(options: Partial<GuardOptions> = {}) {
  const states: GuardState[] = [];
  const outcomes: GuardOutcome[] = [];
  let calls = 0;
  const guard = createGuard(
    'store',
    (behaviour: Behaviour) => {
      calls++;
      return behaviour();
    },
    {
      timeoutMs: 50,
      unavailable: 'REDIS_UNAVAILABLE',
      classify: (cause) => new BridgeError('REDIS_UNAVAILABLE', undefined, { cause }),
      volumeThreshold: 4,
      retryAfterMs: 100,
      onState: (state) => states.push(state),
      onOutcome: (outcome) => outcomes.push(outcome),
      ...options,
    },
  );
  guards.push(guard);
  const codeOf = async (behaviour: Behaviour): Promise<string> => {
    try {
      return await guard.call(behaviour);
    } catch (error) {
      return error instanceof BridgeError ? error.code : `unclassified: ${String(error)}`;
    }
  };
  return { guard, states, outcomes, codeOf, calls: () => calls };
}

describe('a guard', () => {
  it('hands through what the call gives and what it was given', async () => {
    const guard = createGuard('sum', (a: number, b: number) => Promise.resolve(a + b), {
      timeoutMs: 50,
      unavailable: 'REDIS_UNAVAILABLE',
      classify: () => new BridgeError('INTERNAL'),
    });
    expect(await guard.call(2, 3)).toBe(5);
    guard.close();
  });

  it('ends a call that takes too long, and says that nothing was heard', async () => {
    const { guard, outcomes } = build();
    await expect(guard.call(never)).rejects.toMatchObject({
      name: 'BridgeError',
      code: 'REDIS_UNAVAILABLE',
      message: 'store: no answer in 50 ms',
    });
    expect(outcomes).toEqual(['timeout']);
  });

  it('classifies what is foreign and lets through what is ours', async () => {
    const { guard, codeOf, outcomes } = build();
    const cause = new Error('ECONNREFUSED');
    await expect(guard.call(failing(cause))).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE', cause });
    expect(await codeOf(failing(new BridgeError('TASK_NOT_FOUND')))).toBe('TASK_NOT_FOUND');
    expect(outcomes).toEqual(['failed', 'refused']);
  });

  it('classifies a call that throws before it makes its promise', async () => {
    const { codeOf } = build();
    expect(
      await codeOf(() => {
        throw new Error('at once');
      }),
    ).toBe('REDIS_UNAVAILABLE');
  });

  it('opens after enough failures and then refuses at once, without a call', async () => {
    const { guard, codeOf, states, outcomes, calls } = build({ retryAfterMs: 60_000 });
    for (let index = 0; index < 4; index++) await codeOf(failing(new Error('down')));
    expect(guard.state()).toBe('open');
    expect(states).toEqual(['open']);
    expect(await codeOf(fine)).toBe('REDIS_UNAVAILABLE');
    expect(calls()).toBe(4);
    expect(outcomes.at(-1)).toBe('short-circuited');
  });

  it('does not open on few calls, however many of them fail', async () => {
    const { guard, codeOf } = build();
    for (let index = 0; index < 3; index++) await codeOf(failing(new Error('down')));
    expect(guard.state()).toBe('closed');
    expect(await codeOf(fine)).toBe('fine');
  });

  it("does not open on the caller's own errors", async () => {
    const { guard, codeOf } = build();
    for (let index = 0; index < 50; index++) await codeOf(failing(new BridgeError('MESSAGE_ID_CONFLICT')));
    expect(guard.state()).toBe('closed');
  });

  it('lets one call try after a while, and closes when that one succeeds', async () => {
    const { guard, codeOf, states, calls } = build();
    for (let index = 0; index < 4; index++) await codeOf(never);
    await eventually(() => guard.state() === 'half-open');
    const before = calls();
    const [first, second] = await Promise.all([codeOf(fine), codeOf(fine)]);
    expect([first, second]).toEqual(['fine', 'REDIS_UNAVAILABLE']);
    expect(calls()).toBe(before + 1);
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('stays open when that one fails', async () => {
    const { guard, codeOf, states } = build();
    for (let index = 0; index < 4; index++) await codeOf(failing(new Error('down')));
    await eventually(() => guard.state() === 'half-open');
    await codeOf(failing(new Error('still down')));
    expect(states).toEqual(['open', 'half-open', 'open']);
  });

  it('refuses calls once closed, twice if need be, and leaves no timer', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const { guard, codeOf } = build({ timeoutMs: 60_000 });
    guard.close();
    guard.close();
    expect(await codeOf(fine)).toBe('SERVICE_DRAINING');
    expect(timers()).toBe(before);
  });
});
