import type { AgentDescriptor, ChoiceRecord } from '@bridge/contracts';
import { demandsOf, loadOf, obstacleOf, unmetBy } from './eligibility.ts';
import { LEGACY_TRAITS, silenceOf, type Traits } from './traits.ts';

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

export interface ChooseOptions {
  /** Epoch ms, on the clock of `lastSeenAt`. */
  readonly now: number;
  /** Evenly spread in [0, 1). */
  readonly random: () => number;
  /** Open attempts of ours one agent may have. */
  readonly maxInFlight: number;
  /** How long after it was last seen an agent of this type still counts as alive, ms. */
  readonly freshForMs: (type: string) => number;
  /** `LEGACY_TRAITS` where absent. */
  readonly traits?: Traits;
}

/** In items of waiting work: continuing where the history is outweighs any queue within the cap. */
const PREFERRED_AGENT_BONUS = 100;
/** In items of waiting work: a fitting type is worth a short wait, not a long one. */
const PREFERRED_TYPE_BONUS = 4;
/** How many scores a choice keeps for operators. */
const KEPT_SCORES = 5;

interface Scored {
  readonly candidate: Candidate;
  readonly load: number;
  readonly score: number;
}

/**
 * Picks the agent for a step, or says why none: `hold` when somebody could serve it later, `never` when no
 * registered agent meets what is explicitly required. Without a requirement it is never `never`.
 */
export function choose(
  requirements: Requirements,
  candidates: readonly Candidate[],
  options: ChooseOptions,
): Choice {
  const traits = options.traits ?? LEGACY_TRAITS;
  const meeting = candidates.filter((each) => unmetBy(requirements, each).length === 0);
  const able = meeting.filter((each) => silenceOf(each.type, requirements.description, traits) === null);
  const demands = demandsOf(requirements);

  if (able.length === 0) {
    if (demands.length > 0) return never(requirements, candidates, meeting, traits);
    return hold(
      candidates.length === 0
        ? 'no agent is registered'
        : 'no registered agent would answer this description',
    );
  }

  const free = able.filter((each) => obstacleOf(each, options) === null);
  if (free.length === 0) return hold(obstacles(able, options));

  const avoid = new Set(requirements.avoid);
  const fresh = free.filter((each) => !avoid.has(each.id));
  const pool = (fresh.length > 0 ? fresh : free).map((each) => scored(requirements, each));
  const picked = pick(pool, options.random);
  return {
    kind: 'chosen',
    agent: picked.candidate,
    record: {
      agent: picked.candidate.id,
      reason: reasonFor(requirements, picked, avoid),
      candidates: pool.length,
      scores: [...pool]
        .sort((a, b) => b.score - a.score)
        .slice(0, KEPT_SCORES)
        .map(({ candidate, score }) => ({ agent: candidate.id, score })),
    },
  };
}

function scored(requirements: Requirements, candidate: Candidate): Scored {
  const load = loadOf(candidate);
  const bonus =
    (candidate.id === requirements.preferredAgent ? PREFERRED_AGENT_BONUS : 0) +
    (isPreferredType(requirements, candidate) ? PREFERRED_TYPE_BONUS : 0);
  return { candidate, load, score: bonus - load };
}

/** A planned step's type names kinds of work as well as kinds of agents. */
function isPreferredType({ preferredType }: Requirements, candidate: Candidate): boolean {
  if (preferredType === undefined) return false;
  return candidate.type === preferredType || candidate.capabilities.includes(preferredType);
}

/**
 * The best score wins. Among equals two are drawn and the one with fewer of our items in flight wins: many
 * engines that see the same directory then do not all run to the same agent.
 */
function pick(pool: readonly Scored[], random: () => number): Scored {
  const best = pool.reduce((a, b) => (b.score > a.score ? b : a));
  const equals = pool.filter((each) => each.score === best.score);
  if (equals.length === 1) return best;
  const first = Math.floor(random() * equals.length);
  const step = 1 + Math.floor(random() * (equals.length - 1));
  const one = equals[first] ?? best;
  const other = equals[(first + step) % equals.length] ?? best;
  return other.candidate.inFlight < one.candidate.inFlight ? other : one;
}

function reasonFor(requirements: Requirements, picked: Scored, avoid: ReadonlySet<string>): string {
  const { candidate, load } = picked;
  const because = [
    ...demandsOf(requirements).map((each) => `meets ${each}`),
    ...(candidate.id === requirements.preferredAgent ? ['began this work'] : []),
    ...(isPreferredType(requirements, candidate) ? [`fits type '${requirements.preferredType ?? ''}'`] : []),
    ...(avoid.has(candidate.id) ? ['tried before, but nobody else can serve'] : []),
    `${String(load)} items before it`,
  ];
  return because.join('; ');
}

function hold(reason: string): Choice {
  return { kind: 'hold', code: 'AGENTS_BUSY', reason };
}

function obstacles(able: readonly Candidate[], options: ChooseOptions): string {
  const counts = new Map<string, number>();
  for (const each of able) {
    const obstacle = obstacleOf(each, options);
    if (obstacle !== null) counts.set(obstacle, (counts.get(obstacle) ?? 0) + 1);
  }
  const words = [...counts].map(([obstacle, count]) => `${String(count)} ${obstacle}`).join(', ');
  return `no suitable agent can take it now (${words})`;
}

/** Names what is missing: the first demand nobody meets, else the combination, else the trait in the way. */
function never(
  requirements: Requirements,
  candidates: readonly Candidate[],
  meeting: readonly Candidate[],
  traits: Traits,
): Choice {
  const [silent] = meeting;
  const demands = demandsOf(requirements);
  const reason =
    silent !== undefined
      ? `${demands.join(' and ')}: ${silenceOf(silent.type, requirements.description, traits) ?? 'it never answers'}`
      : missing(requirements, candidates, demands);
  return { kind: 'never', code: 'CAPABILITY_UNAVAILABLE', reason };
}

function missing(
  requirements: Requirements,
  candidates: readonly Candidate[],
  demands: readonly string[],
): string {
  const unmetEverywhere = demands.filter((demand) =>
    candidates.every((each) => unmetBy(requirements, each).includes(demand)),
  );
  if (unmetEverywhere.length > 0) return `no registered agent offers ${unmetEverywhere.join(' or ')}`;
  return `no registered agent offers ${demands.join(' and ')} together`;
}
