import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const sources = path.join(__dirname, '../../bench');

/** Compiles a C program of the benchmark, unless that was done. Its name is its path below bench/, without `.c`. */
export function compile(name: string): void {
  const source = path.join(sources, `${name}.c`);
  const target = path.join(__dirname, name);
  const headers = readdirSync(sources).filter((file) => file.endsWith('.h'));
  if (isNewer(target, [source, ...headers.map((file) => path.join(sources, file))])) return;
  mkdirSync(path.dirname(target), { recursive: true });
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-pthread', `-I${sources}`];
  execFileSync('gcc', [...flags, '-o', target, source], { stdio: 'inherit' });
}

/** Whether a file is there and newer than those it is made of. */
export function isNewer(target: string, madeOf: string[]): boolean {
  const made = statSync(target, { throwIfNoEntry: false });
  return made !== undefined && madeOf.every((file) => statSync(file).mtimeMs < made.mtimeMs);
}
