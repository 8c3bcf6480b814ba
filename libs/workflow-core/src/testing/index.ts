export {
  aCandidate,
  aMessage,
  anElement,
  aPlan,
  aRecord,
  aStep,
  busy,
  chosen,
  never,
  outcomes,
  RUN_ID,
} from './builders.ts';
export { createPlay, LEGACY_AHEAD_MS, type Play, type PlayOptions } from './play.ts';
export { exhaust, lastNotice, lastStatus, revoke, single, started, timeOut, typesOf } from './scenes.ts';
