/** One Jest configuration for every project; `dir` is the project's own folder. */
export function preset(dir) {
  return {
    testEnvironment: 'node',
    rootDir: dir + '/src',
    extensionsToTreatAsEsm: ['.ts'],
    // Type checking is the compiler's job (`npm run typecheck`); here only the syntax is stripped.
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        {
          jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
          module: { type: 'es6' },
          sourceMaps: 'inline',
        },
      ],
    },
    // Not 'import': Jest's own CommonJS requires would then load ESM, which Node 20 refuses.
    testEnvironmentOptions: { customExportConditions: ['@bridge/source', 'node', 'node-addons'] },
    testTimeout: 20_000,
  };
}
