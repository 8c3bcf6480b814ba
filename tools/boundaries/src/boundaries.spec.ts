import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

interface Planted {
  readonly file: string;
  readonly code: string;
}
interface Broken {
  readonly ruleId: string | null;
  readonly message: string;
}
interface Lint {
  readonly rules: readonly (readonly Broken[])[];
  readonly layers: Readonly<Record<string, { readonly uses: readonly string[] }>>;
  readonly projects: readonly { readonly dir: string; readonly layer: string }[];
}

const NX = '@nx/enforce-module-boundaries';
const use = (name: string, from: string): string =>
  `import { ${name} } from '${from}';\nexport const kept = ${name};\n`;

const FORBIDDEN: readonly (Planted & { readonly what: string; readonly rule: string })[] = [
  {
    what: 'a domain room importing ioredis',
    file: 'libs/workflow-core/src/planted.ts',
    code: use('Redis', 'ioredis'),
    rule: NX,
  },
  {
    what: 'an app importing an app',
    file: 'apps/a2a-gateway/src/planted.ts',
    code: use('main', '../../workflow-engine/src/main.ts'),
    rule: NX,
  },
  {
    what: 'a contract importing a domain room',
    file: 'libs/contracts/src/planted.ts',
    code: use('decide', '@bridge/workflow-core'),
    rule: NX,
  },
  {
    what: 'an adapter importing fastify',
    file: 'libs/redis-store/src/planted.ts',
    code: use('fastify', 'fastify'),
    rule: NX,
  },
  {
    what: 'a platform room importing a contract',
    file: 'libs/service-kit/src/planted.ts',
    code: use('RunId', '@bridge/contracts'),
    rule: NX,
  },
  {
    what: 'the test kit importing a room',
    file: 'libs/test-kit/src/planted.ts',
    code: use('RunId', '@bridge/contracts'),
    rule: NX,
  },
  {
    what: 'a spec of a domain room importing an adapter',
    file: 'libs/translator/src/planted.spec.ts',
    code: use('x', '@bridge/redis-store'),
    rule: NX,
  },
  {
    what: 'bullmq outside its room',
    file: 'apps/workflow-engine/src/planted.ts',
    code: use('Queue', 'bullmq'),
    rule: 'no-restricted-imports',
  },
  {
    what: 'bullmq in a spec outside its room',
    file: 'libs/redis-store/src/planted.spec.ts',
    code: use('Queue', 'bullmq'),
    rule: 'no-restricted-imports',
  },
  {
    what: 'the test kit outside specs',
    file: 'libs/redis-store/src/planted.ts',
    code: use('eventually', '@bridge/test-kit'),
    rule: 'no-restricted-imports',
  },
  {
    what: 'a Node module in a pure room',
    file: 'libs/translator/src/planted.ts',
    code: use('readFile', 'node:fs/promises'),
    rule: 'no-restricted-imports',
  },
  {
    what: 'Date.now in a pure room',
    file: 'libs/workflow-core/src/planted.ts',
    code: 'export const at = Date.now();\n',
    rule: 'no-restricted-properties',
  },
  {
    what: 'new Date() in a pure room',
    file: 'libs/contracts/src/planted.ts',
    code: 'export const at = new Date();\n',
    rule: 'no-restricted-syntax',
  },
  {
    what: 'Math.random in a pure room',
    file: 'libs/agent-selection/src/planted.ts',
    code: 'export const n = Math.random();\n',
    rule: 'no-restricted-properties',
  },
  {
    what: 'process in a pure room',
    file: 'libs/error-policy/src/planted.ts',
    code: 'export const env = process.env;\n',
    rule: 'no-restricted-globals',
  },
  {
    what: 'a timer in a pure room',
    file: 'libs/redis-keys/src/planted.ts',
    code: 'setTimeout(() => undefined, 1);\n',
    rule: 'no-restricted-globals',
  },
  {
    what: 'console in a lib',
    file: 'libs/queues/src/planted.ts',
    code: "console.log('x');\n",
    rule: 'no-console',
  },
  {
    what: 'more than 400 lines',
    file: 'apps/dlq-processor/src/planted.ts',
    code: `export {};\n${'// x\n'.repeat(400)}`,
    rule: 'max-lines',
  },
];

const ALLOWED: readonly (Planted & { readonly what: string })[] = [
  {
    what: 'an adapter importing ioredis',
    file: 'libs/redis-store/src/planted.ts',
    code: use('Redis', 'ioredis'),
  },
  { what: 'bullmq in its room', file: 'libs/queues/src/planted.ts', code: use('Queue', 'bullmq') },
  {
    what: 'an app importing a domain room',
    file: 'apps/workflow-engine/src/planted.ts',
    code: use('decide', '@bridge/workflow-core'),
  },
  {
    what: 'a spec importing the test kit',
    file: 'libs/redis-store/src/planted.spec.ts',
    code: use('eventually', '@bridge/test-kit'),
  },
  {
    what: 'a spec of a pure room with a clock',
    file: 'libs/workflow-core/src/planted.spec.ts',
    code: 'export const at = Date.now();\n',
  },
  {
    what: 'a date from a number in a pure room',
    file: 'libs/translator/src/planted.ts',
    code: 'export const at = new Date(0);\n',
  },
  {
    what: 'a clock in an app',
    file: 'apps/workflow-engine/src/planted.ts',
    code: 'export const at = Date.now();\n',
  },
];

let lint: Lint;
beforeAll(() => {
  const planted: Planted[] = [...FORBIDDEN, ...ALLOWED].map(({ file, code }) => ({ file, code }));
  const output = execFileSync(process.execPath, [resolve(import.meta.dirname, 'lint-planted.mjs')], {
    input: JSON.stringify(planted),
    // The graph must be that of the files as they are, not what a daemon remembers.
    env: { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' },
    encoding: 'utf8',
  });
  lint = JSON.parse(output) as Lint;
}, 120_000);

describe('boundaries', () => {
  it.each(FORBIDDEN.map((planted, index) => [planted.what, planted.rule, index] as const))(
    'forbidden: %s fails with %s',
    (_what, rule, index) => {
      expect(lint.rules[index]?.map(({ ruleId }) => ruleId)).toContain(rule);
    },
  );

  it.each(ALLOWED.map((planted, index) => [planted.what, FORBIDDEN.length + index] as const))(
    'allowed: %s',
    (_what, index) => {
      expect(lint.rules[index]).toEqual([]);
    },
  );

  it('every layer has a project, or its row would be silently inert', () => {
    const used = new Set(lint.projects.map(({ layer }) => layer));
    expect([...Object.keys(lint.layers)].sort()).toEqual([...used].sort());
    const named = Object.values(lint.layers).flatMap(({ uses }) => uses);
    expect(named.filter((layer) => !used.has(layer))).toEqual([]);
  });
});
