import { RunId } from '@bridge/contracts';
import { createSharedReads, type NumberedEvent } from './shared-reads.ts';

const RUN = RunId.parse('00000001-0000-4000-8000-000000000001');
const event: NumberedEvent = { n: 1, event: { type: 'status', at: 1, state: 'working' } };

it('reads once for all who ask for the same, and again for who asks later', async () => {
  const asked: number[] = [];
  const read = createSharedReads((_runId, after) => {
    asked.push(after);
    return Promise.resolve([event]);
  });
  await Promise.all([read(RUN, 0), read(RUN, 0), read(RUN, 3), read(RUN, 0)]);
  expect(asked).toEqual([0, 3]);
  await read(RUN, 0);
  expect(asked).toEqual([0, 3, 0]);
});

it('gives a failure to all who asked, and tries again for the next', async () => {
  let calls = 0;
  const read = createSharedReads(() => {
    calls += 1;
    return calls === 1 ? Promise.reject(new Error('away')) : Promise.resolve([]);
  });
  const first = await Promise.allSettled([read(RUN, 0), read(RUN, 0)]);
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await read(RUN, 0)).toEqual([]);
});
