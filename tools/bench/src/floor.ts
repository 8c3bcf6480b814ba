/** The floor: a bare BullMQ add -> worker process -> stream read. argv: worker|all, redis url, `inFlight:count,...` */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { quantiles } from './quantiles.ts';

const [role = '', url = '', loads = ''] = process.argv.slice(2);
const connection = new Redis(url, { maxRetriesPerRequest: null });
const second = new Redis(url);
const options = { prefix: '{bench}', connection };

if (role === 'worker') {
  const settings = { ...options, concurrency: 32, removeOnComplete: { count: 0 } };
  const work = async ({ data }: { data: { id: string } }): Promise<void> => {
    await second.xadd('bench:floor', 'MAXLEN', '~', '10000', '*', 'id', data.id);
  };
  await new Worker<{ id: string }>('floor', work, settings).waitUntilReady();
  console.log('ready');
} else {
  const args = [import.meta.filename, 'worker', url];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(worker.stdout, 'data');
  const queue = new Queue<{ id: string }>('floor', options);
  const waiting = new Map<string, () => void>();
  const read = async (last: string): Promise<never> => {
    const found = await second.xread('COUNT', 1000, 'BLOCK', 0, 'STREAMS', 'bench:floor', last);
    const entries = found?.[0]?.[1] ?? [];
    for (const [, [, id = '']] of entries) waiting.get(id)?.();
    return read(entries.at(-1)?.[0] ?? last);
  };
  void read('0');
  for (const [inFlight = 1, count = 1] of loads.split(',').map((load) => load.split(':').map(Number))) {
    const took: number[] = [];
    let left = count;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        const id = `${String(inFlight)}-${String((left -= 1))}`;
        const from = performance.now();
        const back = new Promise<void>((resolve) => waiting.set(id, resolve));
        await queue.add('job', { id });
        await back;
        waiting.delete(id);
        took.push(performance.now() - from);
      }
    };
    const began = performance.now();
    await Promise.all(Array.from({ length: inFlight }, lane));
    console.log(JSON.stringify({ inFlight, ...quantiles(took, performance.now() - began) }));
  }
  worker.kill();
  process.exit(0);
}
