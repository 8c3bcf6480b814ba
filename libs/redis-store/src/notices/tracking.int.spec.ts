import { eventually, useRedis } from '@bridge/test-kit';
import { armTracking, isTracking, prepareSubscriber, trackingInfo } from './tracking.ts';

const server = useRedis();

it('a redirect to a connection that is gone shows once a notice was lost', async () => {
  const [subscriber, tracking, admin] = [
    server.client({ protocol: 2, autoResubscribe: false, retryStrategy: () => null }),
    server.client({ protocol: 2 }),
    server.client(),
  ];
  const id = await prepareSubscriber(subscriber);
  const armed = await armTracking(tracking, id, ['queue:', 'agent:']);
  expect(isTracking(armed, id)).toBe(true);
  expect(isTracking(armed, id + 1)).toBe(false);

  await admin.client('KILL', 'ID', id);
  await admin.lpush('queue:x', '1');
  await eventually(async () => !isTracking(await trackingInfo(tracking), id), {
    what: 'the broken redirect',
  });

  const [other] = [server.client({ protocol: 2 })];
  const otherId = await prepareSubscriber(other);
  expect(isTracking(await armTracking(tracking, otherId, ['queue:', 'agent:']), otherId)).toBe(true);
});
