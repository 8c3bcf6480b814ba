import { resolve } from 'node:path';

const swc = (module) => [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: module },
    sourceMaps: 'inline',
  },
];

/** One Jest configuration for every project; `dir` is the project's own folder. */
export function preset(dir) {
  return {
    testEnvironment: 'node',
    rootDir: dir + '/src',
    extensionsToTreatAsEsm: ['.ts'],
    // Type checking is the compiler's job (`npm run typecheck`); here only the syntax is stripped.
    transform: {
      '^.+\\.ts$': swc('es6'),
      // Fastify's `inject` requires `cookie`, which is ESM only: fine for Node, not for Jest's own require on Node 20.
      '/node_modules/cookie/.+\\.js$': swc('commonjs'),
    },
    transformIgnorePatterns: ['/node_modules/(?!cookie/)'],
    // Not 'import': Jest's own CommonJS requires would then load ESM, which Node 20 refuses.
    testEnvironmentOptions: { customExportConditions: ['@bridge/source', 'node', 'node-addons'] },
    testTimeout: 20_000,
    ...(process.env.TEST_RESULTS_DIR === undefined ? {} : counted(dir)),
  };
}

/** Under `npm test`: results are counted over all projects, and a leak fails the run instead of hanging it. */
function counted(dir) {
  return {
    reporters: ['default', [resolve(import.meta.dirname, 'count-results.mjs'), { dir }]],
    forceExit: true,
    passWithNoTests: true,
  };
}
