import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

import type { Cost } from '../cost';
import { run } from '../host';
import { BRIDGE, type Plan } from '../plan';
import type { Contender } from './contender';

const program = path.join(__dirname, '../floor');

/** Compiles a C program of the benchmark, unless that was done. */
export function compile(name: string): void {
  const source = path.join(__dirname, `../../../bench/${name}.c`);
  const target = path.join(__dirname, `../${name}`);
  const compiled = statSync(target, { throwIfNoEntry: false });
  if (compiled !== undefined && compiled.mtimeMs > statSync(source).mtimeMs) return;
  mkdirSync(path.dirname(target), { recursive: true });
  execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', target, source], { stdio: 'inherit' });
}

/** It times itself: the start of its process is not part of the floor. */
export const floor: Contender = {
  name: 'C floor',
  description: 'a C program that makes the bare kernel calls, on one thread',
  setUp: async ({ networks, prefix }) => costOf(await run(program, 'set-up', String(networks.length), prefix, BRIDGE)),
  tearDown: async ({ networks, prefix }) => costOf(await run(program, 'tear-down', String(networks.length), prefix)),
};

/** The microseconds that each step of each network took. */
export async function floorSteps({ networks, prefix }: Plan): Promise<Record<string, number[]>> {
  return JSON.parse(await run(program, 'steps', String(networks.length), prefix, BRIDGE)) as Record<string, number[]>;
}

function costOf(output: string): Cost {
  return JSON.parse(output) as Cost;
}
