import assert from 'node:assert/strict';
import path from 'node:path';
import { hostNamespace } from 'rtnetlink';

import { measure, type Cost } from '../cost';
import type { Findings, Role, Row } from '../findings';
import { run } from '../host';
import { measurePart, scaled, wants, type PartOptions } from '../part';
import { number, summarize } from '../statistics';
import { takeTurns } from '../turns';

const LINK = 'veth0';
const REQUESTS = 10_000;
const ROUNDS = 9;
/** Requests of this library that are under way at once. */
const SIDE_BY_SIDE = 100;

const floorProgram = path.join(__dirname, 'floor');

/** What a contender took for the requests of one round. */
interface Taken extends Cost {
  /** Of the median round trip, in microseconds. */
  latency: number;
}

interface Contender {
  name: string;
  role: Role;
  description: string;
  ask: (count: number) => Promise<Taken>;
  taken: Taken[];
}

/** One link asked for by its name, again and again, beside a C program that waits for each answer. */
async function measureRequests(options: PartOptions): Promise<Findings> {
  const { rounds = ROUNDS } = options;
  const count = scaled(options, REQUESTS);
  await run('ip', 'link', 'add', LINK, 'type', 'veth', 'peer', 'name', 'veth1');
  await check();
  const floor = contender('C floor', 'floor', 'sends one request after the other and waits for each answer', askFloor);
  const many = contender('rtnetlink', 'library', `${SIDE_BY_SIDE} requests under way at once`, askManyAtOnce);
  const single = contender('rtnetlink, in turn', 'library', 'awaits each answer', askInTurn);
  const contenders = [floor, many, single];
  // What is asked first finds the decoder uncompiled.
  for (const { ask } of contenders) await ask(count);
  await takeTurns(contenders, rounds, async ({ ask, taken }) => {
    taken.push(await ask(count));
  });
  const rows = [
    row('throughput', `${number(count)} links asked for by name`, 'us per request', count, [floor, many], (taken) => ({
      wall: (1e3 * taken.wall) / count,
      cpu: (1e3 * taken.cpu) / count,
    })),
    row('latency', 'the median round trip of a link asked for by name', 'us', count, [floor, single], (taken) => ({
      wall: taken.latency,
      cpu: (1e3 * taken.cpu) / count,
    })),
  ];
  const added = summarize(single.taken.map(({ latency }) => latency)).median;
  const least = summarize(floor.taken.map(({ latency }) => latency)).median;
  return {
    rows: rows.filter(({ name }) => wants(options, name)),
    remarks: [`a round trip through this library takes ${(added - least).toFixed(1)} us more than the floor's`],
  };
}

function contender(name: string, role: Role, description: string, ask: Contender['ask']): Contender {
  return { name, role, description, ask, taken: [] };
}

function row(
  name: string,
  title: string,
  unit: string,
  count: number,
  contenders: Contender[],
  costOf: (taken: Taken) => Cost,
): Row {
  const scores = contenders.map(({ name: called, role, description, taken }) => {
    return { name: called, role, description, count, costs: taken.map(costOf) };
  });
  return { name, title, unit, scores };
}

async function askFloor(count: number): Promise<Taken> {
  return JSON.parse(await run(floorProgram, LINK, String(count))) as Taken;
}

async function askManyAtOnce(count: number): Promise<Taken> {
  const { links } = hostNamespace();
  const cost = await measure(async () => {
    for (let asked = 0; asked < count; asked += SIDE_BY_SIDE) {
      await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, count - asked) }, () => links.get(LINK)));
    }
  });
  return { ...cost, latency: NaN };
}

async function askInTurn(count: number): Promise<Taken> {
  const { links } = hostNamespace();
  const times: number[] = [];
  const cost = await measure(async () => {
    for (let asked = 0; asked < count; asked++) {
      const begin = performance.now();
      await links.get(LINK);
      times.push(1e3 * (performance.now() - begin));
    }
  });
  return { ...cost, latency: summarize(times).median };
}

/** Throws unless everybody finds the link that `ip` finds. */
async function check(): Promise<void> {
  const [shown] = JSON.parse(await run('ip', '-j', 'link', 'show', LINK)) as { ifindex: number; address: string }[];
  const { index, address } = await hostNamespace().links.get(LINK);
  assert.deepEqual({ ifindex: index, address }, { ifindex: shown?.ifindex, address: shown?.address });
  const found = JSON.parse(await run(floorProgram, LINK, '1')) as { index: number };
  assert.equal(found.index, index);
}

measurePart(measureRequests);
