/**
 * stdin: JSON list of {file, code}, files that need not exist. stdout: JSON {rules, layers, projects}, `rules` being
 * the ids of the rules that each one breaks, with their messages. A process of its own, because ESLint loads its
 * configuration in ways that Jest's module system does not know. Rules with type information are off: files that
 * do not exist have none, and no boundary needs it.
 */
import { text } from 'node:stream/consumers';
import { resolve } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = resolve(import.meta.dirname, '../../..');
const { LAYERS, projects } = await import(resolve(root, 'eslint.config.mjs'));
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});
const rules = [];
for (const { file, code } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(code, { filePath: resolve(root, file) });
  rules.push(result.messages.map(({ ruleId, message }) => ({ ruleId, message })));
}
process.stdout.write(JSON.stringify({ rules, layers: LAYERS, projects }));
