import type { AttemptId } from '@bridge/contracts';

/**
 * Which attempts this process has open at which agent, for load-aware choice and the per-agent cap.
 * A hint like every load figure: an attempt that another engine settles is released by its notice or, at the
 * latest, a while after its deadline.
 */
export interface InFlight {
  /** A choice that is being appended counts already, else concurrent decisions would all see the same room. */
  reserve(agent: string): void;
  unreserve(agent: string): void;
  add(attemptId: AttemptId, agent: string, until: number): void;
  /** True if it was open here: a slot at its agent is free now. */
  release(attemptId: AttemptId): boolean;
  at(agent: string): number;
  size(): number;
  /** Releases what is past its `until`; returns how many. */
  expire(now: number): number;
}

export function createInFlight(): InFlight {
  const open = new Map<AttemptId, { readonly agent: string; readonly until: number }>();
  const counts = new Map<string, number>();

  const change = (agent: string, by: 1 | -1): void => {
    const count = (counts.get(agent) ?? 0) + by;
    if (count > 0) counts.set(agent, count);
    else counts.delete(agent);
  };

  const release = (attemptId: AttemptId): boolean => {
    const entry = open.get(attemptId);
    if (entry === undefined) return false;
    open.delete(attemptId);
    change(entry.agent, -1);
    return true;
  };

  return {
    reserve(agent) {
      change(agent, 1);
    },
    unreserve(agent) {
      change(agent, -1);
    },
    add(attemptId, agent, until) {
      if (open.has(attemptId)) return;
      open.set(attemptId, { agent, until });
      change(agent, 1);
    },
    release,
    at: (agent) => counts.get(agent) ?? 0,
    size: () => open.size,
    expire(now) {
      let expired = 0;
      for (const [attemptId, entry] of open) {
        if (entry.until <= now && release(attemptId)) expired += 1;
      }
      return expired;
    },
  };
}
