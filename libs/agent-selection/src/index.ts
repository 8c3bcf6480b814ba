export { choose, type Candidate, type Choice, type ChooseOptions, type Requirements } from './choose.ts';
export { isMalformedAgent, parseCapabilities, toAgentDescriptor, type SeenAgent } from './descriptor.ts';
export { answersToParent, LEGACY_TRAITS, silenceOf, type AgentTrait, type Traits } from './traits.ts';
