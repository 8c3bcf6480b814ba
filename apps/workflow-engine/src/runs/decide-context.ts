import { randomBytes } from 'node:crypto';
import type { AgentDescriptor } from '@bridge/contracts';
import { choose, type Candidate, type Traits } from '@bridge/agent-selection';
import type { DecideContext, Limits } from '@bridge/workflow-core';
import { encodeAssignment } from '@bridge/translator';
import type { InFlight } from '../fleet/in-flight.ts';

/** Makes the context of one decision: everything `decide` may know beside the state and its inputs (law L12). */
export type ContextFactory = (now: number) => DecideContext;

export interface ContextDeps {
  readonly agents: () => readonly AgentDescriptor[];
  readonly inFlight: InFlight;
  /** The legacy server: its `run_id` and its time, epoch ms. */
  readonly legacy: () => { readonly runId: string; now(): number };
  /** Wall clock of this process: the directory's freshness is measured on it. */
  readonly localNow: () => number;
  readonly limits: Limits;
  readonly maxInFlight: number;
  readonly freshForMs: (agentType: string) => number;
  readonly traits: Traits;
  readonly timeZone: string;
}

export function createContextFactory(deps: ContextDeps): ContextFactory {
  return (now) => {
    const legacy = deps.legacy();
    const legacyNow = legacy.now();
    // Attempts decided in this very batch are not in flight yet, but they will be.
    const takenNow = new Map<string, number>();
    return {
      now,
      legacyNow,
      legacyRunId: legacy.runId,
      limits: deps.limits,
      random: () => randomBytes(16).toString('hex'),
      choose(requirements) {
        const candidates = deps.agents().map(
          (agent): Candidate => ({
            ...agent,
            inFlight: deps.inFlight.at(agent.id) + (takenNow.get(agent.id) ?? 0),
            breakerState: 'closed',
          }),
        );
        const choice = choose(requirements, candidates, {
          now: deps.localNow(),
          random: Math.random,
          maxInFlight: deps.maxInFlight,
          freshForMs: deps.freshForMs,
          traits: deps.traits,
        });
        if (choice.kind === 'chosen') {
          takenNow.set(choice.agent.id, (takenNow.get(choice.agent.id) ?? 0) + 1);
        }
        return choice;
      },
      encodeAssignment: (assignment) =>
        encodeAssignment({ ...assignment, nowMs: legacyNow, timeZone: deps.timeZone }),
    };
  };
}
