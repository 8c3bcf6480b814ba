import { useRedis } from '@bridge/test-kit';
import { ownerTasksKey } from '@bridge/redis-keys';
import { createOwnerIndex } from './create-owner-index.ts';
import { OWNER, recordOf } from './synthetic-run.fixture.ts';

const server = useRedis();

it('moves forward only, per owner, and forgets what is removed', async () => {
  const redis = server.client();
  const index = createOwnerIndex({ redis });
  const { runId } = recordOf();
  const at = () => redis.zscore(ownerTasksKey(OWNER), runId);
  await index.add(OWNER, runId, 10);
  await index.touch(OWNER, runId, 30);
  await index.touch(OWNER, runId, 20);
  await index.add(OWNER, runId, 5);
  expect(await at()).toBe('30');
  expect(await redis.zcard(ownerTasksKey({ ...OWNER, principal: 'bob' }))).toBe(0);
  await index.remove(OWNER, runId);
  expect(await at()).toBeNull();
});
