import { eventually, useRedis } from '@bridge/test-kit';
import { enginesKey } from '@bridge/redis-keys';
import { createEngineBeats } from './create-engine-beats.ts';

const server = useRedis();

it('engines see each other, leave, and are forgotten when they stop beating', async () => {
  const redis = server.client();
  const one = createEngineBeats({ redis, engineId: 'one', deadMs: 200 });
  const two = createEngineBeats({ redis, engineId: 'two', deadMs: 200 });
  const three = createEngineBeats({ redis, engineId: 'three', deadMs: 200 });
  await two.beat();
  await three.beat();
  expect([...(await one.beat()).live].sort()).toEqual(['one', 'three', 'two']);
  await three.leave();
  await three.leave();
  expect([...(await one.beat()).live].sort()).toEqual(['one', 'two']);
  await eventually(async () => (await one.beat()).live.length === 1);
  expect(await redis.zrange(enginesKey(), 0, '-1')).toEqual(['one']);
});

it('beats in the time of Redis', async () => {
  const redis = server.client();
  const { now } = await createEngineBeats({ redis, engineId: 'one' }).beat();
  expect(Number(await redis.zscore(enginesKey(), 'one'))).toBe(now);
});
