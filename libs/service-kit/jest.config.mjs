import { preset } from '../../tools/jest/preset.mjs';

const base = preset(import.meta.dirname);

export default {
  ...base,
  // Fastify's `inject` requires `cookie`, which is ESM only: fine for Node, not for Jest's own require on Node 20.
  transform: {
    ...base.transform,
    '/node_modules/cookie/.+\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!cookie/)'],
};
