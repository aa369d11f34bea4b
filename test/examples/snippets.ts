import { transformSync } from '@swc/core';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { folder, nameOf, programOf } from '../../scripts/snippets';

/** The first program of the README. */
export function firstProgram(): string {
  return programOf('README.md');
}

/**
 * Writes a page's program twice, and gives the names: as it stands, if it is JavaScript, without its types else; and as TypeScript compiles it. From there
 * 'rtnetlink' is what ships. `npm run types` checks the types.
 */
export function writeProgram(page: string): { javascript: string; typescript: string } {
  const text = programOf(page);
  const isPlain = !text.includes('await using');
  mkdirSync(folder, { recursive: true });
  return {
    javascript: write(`${nameOf(page)}.mjs`, isPlain ? text : compiled(text)),
    typescript: write(`${nameOf(page)}.compiled.mjs`, compiled(text)),
  };
}

/** With the same options as a user's `tsc`: comments and lines may move, imports of types alone go. */
function compiled(text: string): string {
  const options = { target: 'es2022', parser: { syntax: 'typescript' } } as const;
  return transformSync(text, { jsc: options, module: { type: 'es6' } }).code;
}

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}
