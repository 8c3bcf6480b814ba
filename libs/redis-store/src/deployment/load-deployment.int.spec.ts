import { useRedis } from '@bridge/test-kit';
import { deploymentKey } from '@bridge/redis-keys';
import { loadDeployment } from './load-deployment.ts';

const server = useRedis();

beforeEach(() => server.flush());

it('the first of many starts fixes it for all', async () => {
  const clients = Array.from({ length: 5 }, () => server.client());
  const loaded = await Promise.all(clients.map(loadDeployment));
  expect(new Set(loaded.map(({ secret }) => secret)).size).toBe(1);
  expect(loaded[0]).toEqual({
    schemaVersion: 1,
    partitions: 64,
    secret: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

it.each([
  ['INTERNAL', { schemaVersion: 1, partitions: 32, secret: 'ab'.repeat(32) }],
  ['INTERNAL', { schemaVersion: 1, partitions: 64, secret: 'short' }],
  ['SCHEMA_NEWER', { schemaVersion: 2, shape: 'unknown' }],
])('%s for what another deployment or version left: %j', async (code, stored) => {
  const redis = server.client();
  await redis.set(deploymentKey(), JSON.stringify(stored));
  await expect(loadDeployment(redis)).rejects.toMatchObject({
    code,
    message: expect.not.stringContaining('abab'),
  });
  expect(JSON.parse((await redis.get(deploymentKey())) ?? '')).toEqual(stored);
});

it('refuses what is not JSON', async () => {
  const redis = server.client();
  await redis.set(deploymentKey(), 'gibberish');
  await expect(loadDeployment(redis)).rejects.toMatchObject({ code: 'INTERNAL' });
});
