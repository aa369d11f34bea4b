import path from 'node:path';

import type { Contender } from '../contenders/contender';
import { library } from '../contenders/library';
import type { Cost } from '../cost';
import type { Findings, Row } from '../findings';
import { run } from '../host';
import { compete } from '../networks/rounds';
import { measurePart, scaled, wants, type PartOptions } from '../part';
import { BRIDGE, plan } from '../plan';
import { number } from '../statistics';
import { openMore, type Held } from './namespaces';

const COUNTS = [0, 100, 1000, 5000];
const NETWORKS = 50;
const ROUNDS = 5;

const program = (name: string) => path.join(__dirname, '..', name);
const costOf = (printed: string) => JSON.parse(printed) as Cost;

/** The floor, in a process that has the same namespaces open as this one. */
const floor: Contender = {
  name: 'C floor',
  role: 'floor',
  description: 'a C program that makes the bare kernel calls, with the same namespaces open',
  setUp: async ({ networks, prefix }) =>
    costOf(await beside('floor', 'set-up', String(networks.length), prefix, BRIDGE, '1')),
  tearDown: async ({ networks, prefix }) => costOf(await beside('floor', 'tear-down', String(networks.length), prefix)),
};

function beside(name: string, ...args: string[]): Promise<string> {
  return run(program('open/holder'), String(process.pid), program(name), ...args);
}

/** Container networks set up while more and more namespaces are open, and what these take. */
async function measureOpen(options: PartOptions): Promise<Findings> {
  const { rounds = ROUNDS } = options;
  const planned = plan(options.networks ?? scaled(options, NETWORKS));
  const rows: Row[] = [];
  const held: Held[] = [];
  // The first networks find the code uncompiled, and are not counted.
  await compete([floor, library], planned, 1);
  for (const count of COUNTS) {
    const name = `beside-${count}`;
    if (!wants(options, name)) continue;
    if (count > 0) held.push(await openMore(scaled(options, count)));
    const turns = await compete([floor, library], planned, rounds);
    const scores = turns.map(({ contender, networks, turns: taken }) => {
      const { name: called, role, description } = contender;
      return { name: called, role, description, count: networks, costs: taken.map(({ setUp }) => setUp) };
    });
    const open = number(held.at(-1)?.count ?? 0);
    const title = `${planned.networks.length} networks set up, one after the other, while ${open} namespaces are open`;
    rows.push({ name, title, unit: 'ms per network', scores });
  }
  return {
    rows,
    tables: [{ title: 'What each open namespace takes of this process, at rest:', cells: cellsOf(held) }],
  };
}

function cellsOf(held: Held[]): string[][] {
  return [
    ['namespaces', 'to make, ms', 'descriptors', 'JavaScript heap, KiB', 'resident memory, KiB'],
    ...held.map(({ count, wall, descriptors, heap, resident }) => [
      number(count),
      wall.toFixed(2),
      descriptors.toFixed(3),
      (heap / 1024).toFixed(2),
      (resident / 1024).toFixed(2),
    ]),
  ];
}

measurePart(measureOpen);
