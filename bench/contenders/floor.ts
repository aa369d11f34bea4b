import path from 'node:path';

import type { Cost } from '../cost';
import { run } from '../host';
import { BRIDGE, type Plan } from '../plan';
import type { Contender } from './contender';

const program = path.join(__dirname, '../floor');

/** The program's word for it, and what it is told besides. */
type Action = (plan: Plan) => [action: string, ...options: string[]];

/** It times itself: the start of its process is not part of the floor. */
function contender(name: string, description: string, role: Contender['role'], actionOf: Action): Contender {
  return {
    name,
    description,
    role,
    setUp: async (plan) => {
      const [action, ...options] = actionOf(plan);
      return costOf(await run(program, action, String(plan.networks.length), plan.prefix, BRIDGE, ...options));
    },
    tearDown: async ({ networks, prefix }) => costOf(await run(program, 'tear-down', String(networks.length), prefix)),
  };
}

const setUp = ({ quiet }: Plan) => (quiet ? 'set-up-quiet' : 'set-up');

export const floor = contender(
  'C floor',
  'a C program that makes the bare kernel calls, on one thread',
  'floor',
  (plan) => [setUp(plan)],
);

export const floorOnTwoThreads = contender('C, two threads', 'the same on two threads', 'variant', (plan) => [
  setUp(plan),
  '2',
]);

export const floorApart = contender(
  'C, event loop',
  'the same with an event loop, which has another thread make each network and waits for it: what not to block costs at least',
  'variant',
  () => ['set-up-apart'],
);

/** The microseconds that each step of each network took. */
export async function floorSteps({ networks, prefix }: Plan): Promise<Record<string, number[]>> {
  return JSON.parse(await run(program, 'steps', String(networks.length), prefix, BRIDGE)) as Record<string, number[]>;
}

function costOf(output: string): Cost {
  return JSON.parse(output) as Cost;
}
