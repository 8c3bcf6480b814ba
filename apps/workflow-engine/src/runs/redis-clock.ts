/**
 * The time of our Redis, without asking it each time: every reply that carries TIME corrects the offset.
 * Off by at most half a round trip, which timers tolerate; nothing correct rests on it (law L15).
 */
export interface RedisClock {
  /** Epoch ms in the time of our Redis. */
  readonly now: () => number;
  /** Takes the TIME of a reply that just arrived, epoch ms. */
  readonly observe: (redisNow: number) => void;
}

export function createRedisClock(local: () => number): RedisClock {
  let offset = 0;
  return {
    now: () => local() + offset,
    observe: (redisNow) => {
      offset = redisNow - local();
    },
  };
}
