import { randomBytes } from 'node:crypto';
import type { AgentDescriptor } from '@bridge/contracts';
import { choose, type Candidate, type Traits } from '@bridge/agent-selection';
import type { DecideContext, Limits } from '@bridge/workflow-core';
import { encodeAssignment } from '@bridge/translator';
import type { InFlight } from '../fleet/in-flight.ts';

/** Everything one decision may know beside the state and its inputs (law L12). */
export interface OneDecision {
  readonly context: DecideContext;
  /** Something was found to be offered by nobody, which the directory may only not have seen yet. */
  readonly sawNever: () => boolean;
  /** The decision was appended or dropped: what it reserved at agents is counted by its attempts now, or free. */
  readonly settled: () => void;
}

export type ContextFactory = (now: number) => OneDecision;

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
    const reserved: string[] = [];
    let never = false;
    const context: DecideContext = {
      now,
      legacyNow,
      legacyRunId: legacy.runId,
      limits: deps.limits,
      random: () => randomBytes(16).toString('hex'),
      choose(requirements) {
        const candidates = deps.agents().map((agent): Candidate => ({
          ...agent,
          inFlight: deps.inFlight.at(agent.id),
          breakerState: 'closed',
        }));
        const choice = choose(requirements, candidates, {
          now: deps.localNow(),
          random: Math.random,
          maxInFlight: deps.maxInFlight,
          freshForMs: deps.freshForMs,
          traits: deps.traits,
        });
        if (choice.kind === 'never') never = true;
        if (choice.kind === 'chosen') {
          reserved.push(choice.agent.id);
          deps.inFlight.reserve(choice.agent.id);
        }
        return choice;
      },
      encodeAssignment: (assignment) =>
        encodeAssignment({ ...assignment, nowMs: legacyNow, timeZone: deps.timeZone }),
    };
    return {
      context,
      sawNever: () => never,
      settled: () => {
        for (const agent of reserved.splice(0)) deps.inFlight.unreserve(agent);
      },
    };
  };
}
