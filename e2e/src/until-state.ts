import { eventually } from '@bridge/test-kit';
import { inParallel } from './in-parallel.ts';
import { get, taskOf, type SeenTask } from './wire.ts';

/**
 * Asks for tasks until each is in that state; asks no more for those that were seen in it. In the order of `ids`.
 * @throws when some are not, in time
 */
export async function untilState(
  url: string,
  ids: readonly string[],
  state: string,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<readonly SeenTask[]> {
  const seen = new Map<string, SeenTask>();
  await eventually(
    async () => {
      const left = ids.filter((id) => !seen.has(id));
      const tasks = await inParallel(left, 20, async (id) => taskOf(await get(url, '1.0', id)));
      for (const task of tasks) if (task.state === state) seen.set(task.id, task);
      const others = tasks.filter((task) => task.state !== state).map((task) => `${task.id} ${task.state}`);
      if (others.length > 0)
        throw new Error(`${String(others.length)} are not: ${others.slice(0, 3).join(', ')} ...`);
    },
    { timeoutMs, intervalMs: 50, what: `${String(ids.length)} tasks ${state}` },
  );
  return ids.flatMap((id) => seen.get(id) ?? []);
}
