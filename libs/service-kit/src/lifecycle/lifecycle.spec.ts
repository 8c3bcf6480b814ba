import { createLogger } from '../logging/logger.ts';
import { STOP_PHASES, createLifecycle, type Lifecycle } from './lifecycle.ts';

const logger = createLogger({ service: 's', version: '1', level: 'silent' });
const never = (): Promise<void> => new Promise(() => undefined);
const create = (budgetMs = 2_000, reserveMs?: number): Lifecycle =>
  createLifecycle({ logger, budgetMs, ...(reserveMs === undefined ? {} : { reserveMs }) });

describe('the lifecycle', () => {
  it('stops phase by phase, whatever the order of registration', async () => {
    const lifecycle = create();
    const seen: string[] = [];
    for (const phase of [...STOP_PHASES].reverse()) {
      lifecycle.onStop(phase, phase, async () => {
        await Promise.resolve();
        seen.push(phase);
      });
    }
    expect(lifecycle.stopping.aborted).toBe(false);
    const report = await lifecycle.stop('test');
    expect(seen).toEqual([...STOP_PHASES]);
    expect(report).toMatchObject({ reason: 'test', failures: [] });
    expect(lifecycle.stopping.aborted).toBe(true);
  });

  it('S1 stops once', async () => {
    const lifecycle = create();
    let calls = 0;
    lifecycle.onStop('close', 'one', () => {
      calls++;
    });
    const reports = await Promise.all([lifecycle.stop('a'), lifecycle.stop('b')]);
    expect(calls).toBe(1);
    expect(reports[0]).toBe(reports[1]);
  });

  it('S2 runs every hook even if others throw, at once or later', async () => {
    const lifecycle = create();
    const seen: string[] = [];
    lifecycle.onStop('drain', 'sync', () => {
      throw new Error('sync');
    });
    lifecycle.onStop('drain', 'async', () => Promise.reject(new Error('async')));
    lifecycle.onStop('drain', 'fine', () => {
      seen.push('drain');
    });
    lifecycle.onStop('close', 'last', () => {
      seen.push('close');
    });
    const { failures } = await lifecycle.stop('test');
    expect(seen).toEqual(['drain', 'close']);
    expect(failures).toEqual([
      { phase: 'drain', name: 'sync', problem: 'failed' },
      { phase: 'drain', name: 'async', problem: 'failed' },
    ]);
  });

  it('S3 settles inside the budget, names what overran and still runs the rest', async () => {
    const lifecycle = create(300, 100);
    const seen: string[] = [];
    lifecycle.onStop('drain', 'hangs', never);
    lifecycle.onStop('close', 'hangs too', never);
    lifecycle.onStop('close', 'closes', () => {
      seen.push('closed');
    });
    const { failures, durationMs } = await lifecycle.stop('test');
    expect(seen).toEqual(['closed']);
    expect(failures).toEqual([
      { phase: 'drain', name: 'hangs', problem: 'overran' },
      { phase: 'close', name: 'hangs too', problem: 'overran' },
    ]);
    expect(durationMs).toBeGreaterThanOrEqual(290);
    expect(durationMs).toBeLessThan(1_500);
  });

  it('S4 tells a drain when to hand back, and that is no failure', async () => {
    const lifecycle = create(400, 200);
    const seen: string[] = [];
    lifecycle.onStop(
      'drain',
      'hands back',
      (signal) =>
        new Promise<void>((resolve) => {
          expect(signal.aborted).toBe(false);
          signal.addEventListener('abort', () => {
            seen.push('handed back');
            resolve();
          });
        }),
    );
    lifecycle.onStop('leave', 'leaves', (signal) => {
      seen.push(`leaves, aborted ${String(signal.aborted)}`);
    });
    const { failures } = await lifecycle.stop('test');
    expect(failures).toEqual([]);
    expect(seen).toEqual(['handed back', 'leaves, aborted true']);
  });

  it('S5 calls a hook at once whose phase has begun', async () => {
    const lifecycle = create();
    const seen: string[] = [];
    await lifecycle.stop('test');
    lifecycle.onStop('close', 'late', () => {
      seen.push('late');
    });
    lifecycle.onStop('close', 'late and failing', () => {
      throw new Error('late');
    });
    expect(seen).toEqual(['late']);
  });

  it('runs the steps of the start and refuses further ones once it stops', async () => {
    const lifecycle = create();
    expect(await lifecycle.start('value', () => 42)).toBe(42);
    await expect(lifecycle.start('failing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    void lifecycle.stop('test');
    await expect(lifecycle.start('late', () => 1)).rejects.toThrow(/stopping, so late/);
  });
});
