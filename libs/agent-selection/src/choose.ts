import type { AgentDescriptor, ChoiceRecord } from '@bridge/contracts';

/** What a step needs. Only `agent`, `agentType` and `capability` are requirements; the rest is preference. */
export interface Requirements {
  readonly agent?: string;
  readonly agentType?: string;
  readonly capability?: string;
  readonly preferredType?: string;
  /** Preferred for continuing work it began. */
  readonly preferredAgent?: string;
  /** The exact text: some legacy types never answer certain words. */
  readonly description: string;
  /** Tried before and better avoided, if others can serve. */
  readonly avoid?: readonly string[];
}

/** A registered agent and what this bridge knows of it beside its registration. */
export interface Candidate extends AgentDescriptor {
  /** Open attempts of ours at it. */
  readonly inFlight: number;
  readonly breakerState: 'closed' | 'open' | 'half-open';
}

export type Choice =
  | { readonly kind: 'chosen'; readonly agent: Candidate; readonly record: ChoiceRecord }
  /** Somebody could serve it, but not now. */
  | { readonly kind: 'hold'; readonly code: 'AGENTS_BUSY'; readonly reason: string }
  /** No registered agent could ever meet the explicit requirement. */
  | { readonly kind: 'never'; readonly code: 'CAPABILITY_UNAVAILABLE'; readonly reason: string };
