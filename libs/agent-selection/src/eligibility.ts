import type { Candidate, ChooseOptions, Requirements } from './choose.ts';

/** What the step demands and this agent has not, in words; empty when it meets everything explicit. */
export function unmetBy(requirements: Requirements, candidate: Candidate): readonly string[] {
  const unmet: string[] = [];
  const { agent, agentType, capability } = requirements;
  if (agent !== undefined && candidate.id !== agent) unmet.push(`agent '${agent}'`);
  if (agentType !== undefined && candidate.type !== agentType) unmet.push(`agent type '${agentType}'`);
  if (capability !== undefined && !candidate.capabilities.includes(capability)) {
    unmet.push(`capability '${capability}'`);
  }
  return unmet;
}

/** The explicit requirements as words; empty when there is none. */
export function demandsOf(requirements: Requirements): readonly string[] {
  const { agent, agentType, capability } = requirements;
  return [
    ...(agent === undefined ? [] : [`agent '${agent}'`]),
    ...(agentType === undefined ? [] : [`agent type '${agentType}'`]),
    ...(capability === undefined ? [] : [`capability '${capability}'`]),
  ];
}

export type Obstacle = 'inactive' | 'stale' | 'breaker open' | 'busy';

/** What keeps this agent from taking work at the moment, or `null`. */
export function obstacleOf(candidate: Candidate, options: ChooseOptions): Obstacle | null {
  if (candidate.status !== 'active') return 'inactive';
  if (options.now - candidate.lastSeenAt > options.freshForMs(candidate.type)) return 'stale';
  if (candidate.breakerState === 'open') return 'breaker open';
  if (candidate.inFlight >= options.maxInFlight) return 'busy';
  return null;
}

/**
 * Work the agent has before it. Our own items that it has not taken yet are in its queue and in flight, so
 * adding the two would count them twice.
 */
export function loadOf(candidate: Candidate): number {
  return Math.max(candidate.queueLength, candidate.inFlight);
}
