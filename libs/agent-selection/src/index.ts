export type { Candidate, Choice, Requirements } from './choose.ts';
