import { preset } from '../tools/jest/preset.mjs';

export default {
  ...preset(import.meta.dirname),
  // Each spec runs a whole system of its own: two at once would measure each other.
  maxWorkers: 1,
  testTimeout: 60_000,
};
