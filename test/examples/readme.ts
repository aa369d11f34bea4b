import { transformSync } from '@swc/core';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { blocksOf, readmeProgram } from '../../scripts/readme';
import { ROOT } from './programs';

const BUILT = path.join(ROOT, 'build-programs');

/** The first program of the README, in JavaScript. */
export function firstProgram(): string {
  return blocksOf('README.md', 'js')[0]!;
}

/** Writes it to a file from which 'rtnetlink' is what ships. */
export function writeFirstProgram(): string {
  return write('readme-first.mjs', firstProgram());
}

/** Compiles the whole README, and gives the file's name. `npm run types` checks its types. */
export function compileReadme(): string {
  const { code } = transformSync(readmeProgram(), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  return write('readme.js', code);
}

function write(name: string, text: string): string {
  const file = path.join(BUILT, name);
  mkdirSync(BUILT, { recursive: true });
  writeFileSync(file, text);
  return file;
}
