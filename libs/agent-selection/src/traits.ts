/**
 * What agents of a type do that their registration does not say. Data, so that a deployment whose agents
 * behave otherwise passes a table of its own.
 */
export interface AgentTrait {
  readonly type: string;
  /** It takes such work and never answers: always, or when the description (lower-cased) contains a word. */
  readonly silent?: 'always' | { readonly descriptionContains: readonly string[] };
  /** Where it reads the name to answer to; `from_agent` where absent. */
  readonly answersTo?: 'payload.parent';
  /** For operators and refusals. */
  readonly reason: string;
}

export type Traits = readonly AgentTrait[];

export const LEGACY_TRAITS: Traits = [
  { type: 'opus', silent: 'always', reason: 'it takes tasks and only prints them' },
  {
    type: 'sonnet',
    // Substrings, as the agent itself looks for them: "completed" and "ecosystem" count, too.
    silent: { descriptionContains: ['system', 'complete', 'full', 'entire', 'comprehensive'] },
    reason: 'it hands such work to a subagent and keeps the answer to itself',
  },
  { type: 'subagent', answersTo: 'payload.parent', reason: 'it answers to its parent, never to the sender' },
];

/** Why an agent of this type would never answer this description, or `null` when it would. */
export function silenceOf(type: string, description: string, traits: Traits): string | null {
  const lowered = description.toLowerCase();
  for (const trait of traits) {
    if (trait.type !== type || trait.silent === undefined) continue;
    if (trait.silent === 'always') return `agents of type '${type}' never answer: ${trait.reason}`;
    const word = trait.silent.descriptionContains.find((each) => lowered.includes(each));
    if (word !== undefined) {
      return `agents of type '${type}' never answer a description that contains '${word}': ${trait.reason}`;
    }
  }
  return null;
}

/** Must `payload.parent` carry the reply name for this type to answer? */
export function answersToParent(type: string, traits: Traits = LEGACY_TRAITS): boolean {
  return traits.some((trait) => trait.type === type && trait.answersTo === 'payload.parent');
}
