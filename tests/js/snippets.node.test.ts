// Runs every JavaScript snippet of docs/javascript.md, docs/world-js.md and README.md, and checks what stands after an arrow: `expression; // → value`.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sensorium-snippets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function snippetsOf(file: string): [name: string, source: string][] {
  if (!existsSync(join(root, file))) return [];
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((match) => [
    `${file}:${text.slice(0, match.index).split('\n').length}`,
    match[1]!,
  ]);
}

/** The snippet as a module that tells each arrow's value and what the document says of it. */
function moduleOf(source: string): string {
  const address = (file: string) => `from '${pathToFileURL(join(root, 'dist', file)).href}'`;
  const checked = source.replace(
    /^(\s*)(.*); \/\/ → (.*)$/gm,
    (_, indent, expression, value) => `${indent}checks.push([${JSON.stringify(expression)}, (${expression}), (${value})]);`,
  );
  return `export const checks = [];\n${checked.replaceAll("from 'sensorium'", address('node.js')).replaceAll("from 'sensorium/world'", address('world-node.js'))}`;
}

const files = ['docs/javascript.md', 'docs/world-js.md', 'README.md'];
describe.each(files.filter((file) => snippetsOf(file).length > 0))('%s', (file) => {
  test.each(snippetsOf(file))('%s', async (name, source) => {
    const path = join(folder, `${name.replace(/\W/g, '_')}.mjs`);
    writeFileSync(path, moduleOf(source));
    const { checks } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { checks: [string, unknown, unknown][] };
    for (const [expression, value, documented] of checks) expect(value, expression).toEqual(documented);
    expect(checks.length, 'every arrow was reached').toBe(source.split('// → ').length - 1);
  });
});
