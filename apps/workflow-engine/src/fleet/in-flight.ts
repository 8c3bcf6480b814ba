import type { AttemptId } from '@bridge/contracts';

/**
 * Which attempts this process has open at which agent, for load-aware choice and the per-agent cap.
 * A hint like every load figure: an attempt that another engine settles is released by its notice or, at the
 * latest, a while after its deadline.
 */
export interface InFlight {
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

  const release = (attemptId: AttemptId): boolean => {
    const entry = open.get(attemptId);
    if (entry === undefined) return false;
    open.delete(attemptId);
    const left = (counts.get(entry.agent) ?? 1) - 1;
    if (left > 0) counts.set(entry.agent, left);
    else counts.delete(entry.agent);
    return true;
  };

  return {
    add(attemptId, agent, until) {
      if (open.has(attemptId)) return;
      open.set(attemptId, { agent, until });
      counts.set(agent, (counts.get(agent) ?? 0) + 1);
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
