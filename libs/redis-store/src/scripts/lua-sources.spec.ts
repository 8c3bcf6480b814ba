import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * `tsc` does not copy .lua files and a bundle has none, so every folder with scripts has a generated module
 * `lua-sources.ts`. This is its generator and the proof that it is fresh: `LUA_UPDATE=1 npx jest lua-sources` writes it.
 */
const src = dirname(import.meta.dirname);

function camel(file: string): string {
  return file.replace(/\.lua$/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function render(folder: string, files: readonly string[]): string {
  const entries = files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const escaped = text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
    return `  ${camel(file)}: \`${escaped}\`,\n`;
  });
  return `// Made of the .lua files beside it by scripts/lua-sources.spec.ts; do not edit.\nexport const LUA = {\n${entries.join('')}} as const;\n`;
}

const lua = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.lua'));
const folders = [...new Set(lua.map((path) => join(src, dirname(path))))];

describe.each(folders.map((folder) => [relative(src, folder), folder] as const))('%s', (_, folder) => {
  const files = lua.map((path) => join(src, path)).filter((path) => dirname(path) === folder);
  const names = files.map((path) => relative(folder, path)).sort();

  it('has fresh lua-sources.ts', () => {
    const module = join(folder, 'lua-sources.ts');
    const fresh = render(folder, names);
    if (process.env['LUA_UPDATE'] === '1') writeFileSync(module, fresh);
    expect(readFileSync(module, 'utf8')).toBe(fresh);
  });

  it.each(names)('%s has a header and never takes payloads apart (law L9)', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text).toMatch(/^--\[\[[\s\S]*KEYS[\s\S]*Returns[\s\S]*\]\]/);
    expect(text).not.toMatch(/cjson|cmsgpack|os\.time|os\.clock|math\.random/);
    expect(text.split('\n').length).toBeLessThan(100);
  });
});
