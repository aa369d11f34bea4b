import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { hostNamespace, type NetworkNamespace } from 'rtnetlink';

import { measure, type Cost } from '../cost';
import { watchOfEventLoop } from '../event-loop';
import type { DelayRow, Findings, Role, Row } from '../findings';
import { run, SCRATCH } from '../host';
import { measurePart, scaled, wants, type PartOptions } from '../part';
import { takeTurns } from '../turns';

const ROUNDS = 9;
const RULES = 10_000;
const ELEMENTS = 100_000;
/**
 * For how long the kernel makes the hash table of a new set larger. A list that is read meanwhile has elements twice, and others not at all: this
 * library reads it again, and nft shows it.
 */
const RESIZING_MS = 300;

/** The same by nft and by this library. */
interface Task {
  name: string;
  title: string;
  /** What is there before, as a file of nft. */
  before?: string;
  nft: string[];
  call: (host: NetworkNamespace) => Promise<unknown>;
  /** How many things nft tells of afterwards. */
  count: number;
}

const addressOf = (index: number) => `10.${index >> 16}.${(index >> 8) & 0xff}.${index & 0xff}`;
const portOf = (index: number) => 1 + (index % 60_000);

async function tasksOf(options: PartOptions): Promise<Task[]> {
  const rules = scaled(options, RULES);
  const elements = scaled(options, ELEMENTS);
  const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);
  const rulesFile = await file(
    'rules.nft',
    ['table inet shop {', 'chain c {']
      .concat(
        indexes(rules).map((index) => `ip saddr ${addressOf(index)} tcp dport ${String(portOf(index))} counter accept`),
      )
      .concat('}', '}'),
  );
  const setFile = await file('elements.nft', [
    'table inet shop {',
    'set s {',
    `type ipv4_addr; elements = { ${indexes(elements).map(addressOf).join(', ')} }`,
    ...['}', '}'],
  ]);
  const shop = { family: 'inet', name: 'shop' } as const;
  return [
    {
      name: 'rules-loaded',
      title: `${String(rules)} rules, in one batch`,
      nft: ['-f', rulesFile],
      call: (host) =>
        host.nftables.batch((nft) => {
          const table = nft.tables.add(shop);
          table.chains.add({ name: 'c' });
          for (const index of indexes(rules)) {
            table.rules.add({
              chain: 'c',
              statements: [
                { match: { ip: { source: addressOf(index) } } },
                { match: { tcp: { destinationPort: portOf(index) } } },
                ...(['counter', 'accept'] as const),
              ],
            });
          }
        }),
      count: rules,
    },
    {
      name: 'rules-listed',
      title: `${String(rules)} rules, listed as objects`,
      before: rulesFile,
      nft: ['-j', 'list', 'ruleset'],
      call: (host) => host.nftables.rules.list(),
      count: rules,
    },
    {
      name: 'elements-loaded',
      title: `a set of ${String(elements)} elements, in one batch`,
      nft: ['-f', setFile],
      call: (host) =>
        host.nftables.batch((nft) => {
          const table = nft.tables.add(shop);
          table.sets.add({
            ...{ name: 's', key: 'ipv4_addr' },
            elements: indexes(elements).map((index) => ({ key: addressOf(index) })),
          });
        }),
      count: elements,
    },
    {
      name: 'elements-listed',
      title: `a set of ${String(elements)} elements, listed as objects`,
      before: setFile,
      nft: ['-j', 'list', 'ruleset'],
      call: (host) => host.nftables.elements.list({ family: 'inet', table: 'shop', set: 's' }),
      count: elements,
    },
  ];
}

async function file(name: string, lines: readonly string[]): Promise<string> {
  const whole = path.join(SCRATCH, name);
  await writeFile(whole, `${lines.join('\n')}\n`);
  return whole;
}

interface Contender {
  name: string;
  role: Role;
  description: string;
  work: () => Promise<unknown>;
  costs: Cost[];
}

/** Many rules, and large sets, beside nft, which is a program of its own. */
async function measurePacketRules(options: PartOptions): Promise<Findings> {
  const host = hostNamespace();
  const { rounds = ROUNDS } = options;
  const rows: Row[] = [];
  const delays: DelayRow[] = [];
  for (const { name, title, before, nft, call, count } of await tasksOf(options)) {
    if (!wants(options, name)) continue;
    const start = async () => {
      await run('nft', 'flush', 'ruleset');
      if (before === undefined) return;
      await run('nft', '-f', before);
      await sleep(RESIZING_MS);
    };
    const contender = (called: string, role: Role, description: string, work: Contender['work']): Contender => ({
      ...{ name: called, role, description, work, costs: [] },
    });
    const contenders = [
      contender('nft', 'floor', 'the program nft, with a file, or what it prints as JSON parsed', async () => {
        const printed = await run('nft', ...nft);
        if (printed !== '') JSON.parse(printed);
      }),
      contender('rtnetlink', 'library', 'this library, in process', () => call(host)),
    ];
    await takeTurns(contenders, rounds, async ({ work, costs }) => {
      await start();
      costs.push(await measure(work));
      assert.equal(countIn(await run('nft', '-j', 'list', 'ruleset')), count);
    });
    const scores = contenders.map(({ name: called, role, description, costs }) => ({
      ...{ name: called, role, description, count, costs },
    }));
    rows.push({ name, title, unit: 'ms', scores });
    const loop = watchOfEventLoop();
    for (let round = 0; round < rounds; round++) {
      await start();
      // Watched from where the call has returned: a batch's function is the caller's own.
      const asked = call(host);
      await loop.during(() => asked);
    }
    delays.push({ title, found: loop.found() });
  }
  await run('nft', 'flush', 'ruleset');
  return { rows, delays };
}

/** How many rules, or elements, nft tells of. */
function countIn(printed: string): number {
  const { nftables } = JSON.parse(printed) as { nftables: { rule?: object; set?: { elem?: unknown[] } }[] };
  return nftables.reduce((sum, { rule, set }) => sum + (rule === undefined ? 0 : 1) + (set?.elem?.length ?? 0), 0);
}

measurePart(measurePacketRules);
