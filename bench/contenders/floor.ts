import path from 'node:path';

import type { Cost } from '../cost';
import { run } from '../host';
import { BRIDGE, type Plan } from '../plan';
import type { Contender } from './contender';

const program = path.join(__dirname, '../floor');

/** It times itself: the start of its process is not part of the floor. */
function contender(name: string, description: string, role: Contender['role'], threads: number): Contender {
  return {
    name,
    description,
    role,
    setUp: async ({ networks, prefix, quiet }) => {
      const action = quiet ? 'set-up-quiet' : 'set-up';
      return costOf(await run(program, action, String(networks.length), prefix, BRIDGE, String(threads)));
    },
    tearDown: async ({ networks, prefix }) => costOf(await run(program, 'tear-down', String(networks.length), prefix)),
  };
}

export const floor = contender('C floor', 'a C program that makes the bare kernel calls, on one thread', 'floor', 1);

export const floorOnTwoThreads = contender('C, two threads', 'the same on two threads', 'variant', 2);

/** The microseconds that each step of each network took. */
export async function floorSteps({ networks, prefix }: Plan): Promise<Record<string, number[]>> {
  return JSON.parse(await run(program, 'steps', String(networks.length), prefix, BRIDGE)) as Record<string, number[]>;
}

function costOf(output: string): Cost {
  return JSON.parse(output) as Cost;
}
