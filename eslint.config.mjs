import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const root = import.meta.dirname;
/** Specs and what only they use: fixtures beside them, builders and arbitraries in `testing/`. */
const SPECS = ['**/*.spec.ts', '**/*.fixture.ts', '**/testing/**'];
const TEST_KIT = '@bridge/test-kit';

/**
 * What a layer may build on, and the packages that belong elsewhere. Every layer may reach the test kit, because
 * the project graph counts the imports of specs; other files are kept away from it further down.
 */
export const LAYERS = {
  contract: { uses: ['contract'], bans: ['ioredis', 'bullmq', 'fastify', 'pino', 'opossum', '@a2a-js/sdk'] },
  domain: { uses: ['domain', 'contract'], bans: ['ioredis', 'bullmq', 'fastify', 'pino', 'opossum'] },
  adapter: { uses: ['adapter', 'domain', 'contract', 'platform'], bans: ['fastify', 'pino'] },
  platform: { uses: ['platform'], bans: ['ioredis', 'bullmq', '@a2a-js/sdk'] },
  app: { uses: ['adapter', 'domain', 'contract', 'platform'], bans: ['bullmq', 'pino', 'opossum'] },
  testkit: { uses: ['testkit', 'tool'], bans: ['bullmq', 'fastify', 'pino'] },
  // Generators read the tables of pure rooms; test-kit stays clean, because it builds on redis-server alone.
  tool: { uses: ['tool', 'contract', 'domain'], bans: ['fastify', 'pino'] },
  example: { uses: ['example'], bans: ['bullmq', 'fastify', 'pino'] },
  e2e: { uses: ['testkit', 'tool'], bans: ['bullmq', 'fastify', 'pino'] },
};
const PURE = new Set(['contract', 'domain']);
/** Beside the layers: BullMQ has one room, and the benchmark that measures it bare. */
const BULLMQ_ROOMS = new Set(['libs/queues', 'tools/bench']);
const MAY_USE_TEST_KIT = new Set(['testkit', 'e2e']);

/** Every project with its layer, read from where Nx reads it. */
export const projects = ['apps', 'libs', 'tools', 'examples']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .concat('e2e')
  .filter((dir) => existsSync(join(root, dir, 'package.json')))
  .map((dir) => ({ dir, layer: layerOf(dir) }));

function layerOf(dir) {
  const packageJson = JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8'));
  const tag = packageJson.nx?.tags?.find((candidate) => candidate.startsWith('layer:'));
  const layer = tag?.slice('layer:'.length);
  if (layer === undefined || !(layer in LAYERS))
    throw new Error(`${dir}/package.json needs one tag of: ${Object.keys(LAYERS)}`);
  return layer;
}

const testKitImport = { regex: `^${TEST_KIT}(/|$)`, message: 'The test kit is for specs.' };
const nodeImport = { regex: '^node:', message: 'A pure room gets time, ids and I/O as input (law L12).' };
const bullmqImport = { regex: '^bullmq(/|$)', message: 'libs/queues is the only import of bullmq.' };

/** ESLint replaces the options of a rule and never merges them, so each project gets its whole list at once. */
function importsOf({ dir, layer }) {
  const everywhere = BULLMQ_ROOMS.has(dir) ? [] : [bullmqImport];
  const inSource = [
    ...everywhere,
    ...(MAY_USE_TEST_KIT.has(layer) ? [] : [testKitImport]),
    ...(PURE.has(layer) ? [nodeImport] : []),
  ];
  return [
    { files: [`${dir}/**/*.ts`], rules: { 'no-restricted-imports': ['error', { patterns: inSource }] } },
    {
      files: SPECS.map((pattern) => `${dir}/${pattern}`),
      rules: { 'no-restricted-imports': ['error', { patterns: everywhere }] },
    },
  ];
}

const impure = (name) => ({ name, message: 'A pure room gets time, ids and randomness as input (law L12).' });
const pureRooms = {
  files: projects.filter(({ layer }) => PURE.has(layer)).map(({ dir }) => `${dir}/src/**/*.ts`),
  ignores: SPECS,
  rules: {
    'no-restricted-globals': [
      'error',
      ...[
        'process',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'performance',
        'crypto',
        'fetch',
        'globalThis',
      ].map(impure),
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: impure('').message },
      { object: 'Math', property: 'random', message: impure('').message },
    ],
    'no-restricted-syntax': [
      'error',
      { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: impure('').message },
      { selector: "CallExpression[callee.name='Date']", message: impure('').message },
    ],
  },
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/out-tsc*/**', '**/node_modules/**', '.nx/**', '.cache/**', '.data/**'] },
  // A rule that is wrong is changed here, for everybody.
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    plugins: { '@nx': nx },
    rules: {
      'max-lines': ['error', 400],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `_name` says that a parameter is there for its place.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allowCircularSelfDependency: false,
          depConstraints: Object.entries(LAYERS).map(([layer, { uses, bans }]) => ({
            sourceTag: `layer:${layer}`,
            onlyDependOnLibsWithTags: [...new Set([...uses, 'testkit'])].map((used) => `layer:${used}`),
            bannedExternalImports: bans,
          })),
        },
      ],
    },
  },
  ...projects.flatMap(importsOf),
  pureRooms,
  { files: ['libs/*/src/**/*.ts'], rules: { 'no-console': 'error' } },
  {
    files: SPECS,
    rules: {
      // A fake of an asynchronous port has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // Jest's asymmetric matchers (`expect.any(...)`) are typed `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'fetch', 'AbortSignal', 'setTimeout', 'clearTimeout'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);
