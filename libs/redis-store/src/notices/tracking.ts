import { BridgeError } from '@bridge/error-policy';
import type { Redis } from 'ioredis';
import { z } from 'zod';

const CHANNEL = '__redis__:invalidate';

/** What CLIENT TRACKINGINFO says. */
export interface TrackingInfo {
  readonly flags: readonly string[];
  readonly redirect: number;
}

const Info = z
  .array(z.unknown())
  .transform((flat) =>
    Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[String(name), flat[i + 1]]] : []))),
  )
  .pipe(z.object({ flags: z.array(z.string()), redirect: z.number() }));

/** The id first: a RESP2 connection that subscribes may not ask for it. */
export async function prepareSubscriber(subscriber: Redis): Promise<number> {
  const id = await subscriber.client('ID');
  await subscriber.subscribe(CHANNEL);
  return id;
}

/** OFF first: the server refuses to track the same prefixes twice, and a redirect is not changed in place. */
export async function armTracking(
  tracking: Redis,
  redirect: number,
  prefixes: readonly string[],
): Promise<TrackingInfo> {
  const named = prefixes.flatMap((prefix) => ['PREFIX', prefix]);
  const [, , info] = await Promise.all([
    tracking.call('CLIENT', 'TRACKING', 'OFF'),
    tracking.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', redirect, 'BCAST', ...named, 'NOLOOP'),
    trackingInfo(tracking),
  ]);
  return info;
}

export async function trackingInfo(tracking: Redis): Promise<TrackingInfo> {
  const info = Info.safeParse(await tracking.call('CLIENT', 'TRACKINGINFO'));
  if (info.success) return info.data;
  throw new BridgeError('INTERNAL', 'CLIENT TRACKINGINFO answered in an unexpected shape', {
    cause: info.error,
  });
}

/** A redirect to a connection that is gone shows only once a notice was lost to it. */
export function isTracking({ flags, redirect }: TrackingInfo, expected: number): boolean {
  return (
    redirect === expected &&
    flags.includes('on') &&
    flags.includes('bcast') &&
    !flags.includes('broken_redirect')
  );
}
