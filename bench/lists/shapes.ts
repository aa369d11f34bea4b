import assert from 'node:assert/strict';
import path from 'node:path';
import { createNamespace, type NetworkNamespace } from 'rtnetlink';

import type { Cost } from '../cost';
import type { Row, Score } from '../findings';
import { run } from '../host';
import { number } from '../statistics';
import { takeTurns } from '../turns';
import { routeOf } from './tables';

const FEW = 'few';
const MANY = 'many';
const TABLE = 'table';
/** With fewer shapes than this the row would not show what it is for. */
const AT_LEAST = 60;

/** What a process found that listed links and then routes. */
interface Listing extends Cost {
  rows: number;
  shapes: number;
}

/** Lists routes in processes that have met links of few shapes before, or of many. */
export async function measureShapes(rows: number, rounds: number): Promise<Row> {
  await fill(rows);
  const few = contender(
    'rtnetlink, few shapes',
    'floor',
    'this library, in a process that has listed a few links',
    FEW,
    rows,
  );
  const many = contender(
    'rtnetlink, many shapes',
    'library',
    'in a process that has listed links of many shapes',
    MANY,
    rows,
  );
  const contenders = [few, many];
  await takeTurns(contenders, rounds, async ({ namespace, score }) => {
    const { wall, cpu, ...found } = await listAfter(namespace);
    assert.ok(found.rows >= rows, `${String(rows)} routes, of which ${String(found.rows)} were listed`);
    if (namespace === MANY) assert.ok(found.shapes >= AT_LEAST, `links of ${String(found.shapes)} shapes only`);
    score.costs.push({ wall, cpu });
  });
  const scores = contenders.map(({ score }) => score);
  return { name: 'shapes', title: `${number(rows)} routes listed after links of other shapes`, unit: 'ms', scores };
}

function contender(name: string, role: Score['role'], description: string, namespace: string, count: number) {
  const score: Score = { name, role, description, count, costs: [] };
  return { namespace, score };
}

async function listAfter(namespace: string): Promise<Listing> {
  return JSON.parse(await run(process.execPath, path.join(__dirname, 'after-links.js'), namespace, TABLE)) as Listing;
}

async function fill(rows: number): Promise<void> {
  const few = await createNamespace(FEW);
  const many = await createNamespace(MANY);
  const table = await createNamespace(TABLE);
  await few.links.add({ kind: 'ifb', name: 'ifb0' });
  await fillWithShapes(many, few);
  await table.links.add({ kind: 'veth', name: 'via0', up: true, peer: { name: 'via1', up: true } });
  await table.addresses.add('via0', '10.0.0.1/8');
  await table.routes.add(Array.from({ length: rows }, (_, index) => routeOf(index)));
}

/** Links with and without what a link may have, in every combination, of several kinds. */
async function fillWithShapes(where: NetworkNamespace, elsewhere: NetworkNamespace): Promise<void> {
  await where.links.add({ kind: 'bridge', name: 'br0' });
  for (let shape = 0; shape < 16; shape++) {
    const traits = {
      ...(shape & 1 && { alias: 'one of many' }),
      ...(shape & 2 && { master: 'br0' }),
      // Too little for IPv6, of which such a link says nothing.
      ...(shape & 8 && { mtu: 1000 }),
    };
    const names = [`ifb${shape}`, `veth${shape}`, `far${shape}`, `br${shape + 1}`];
    await where.links.add({ kind: 'ifb', name: `ifb${shape}`, ...traits });
    await where.links.add({ kind: 'veth', name: `veth${shape}`, ...traits, peer: { name: `peer${shape}` } });
    await where.links.add({
      kind: 'veth',
      name: `far${shape}`,
      ...traits,
      peer: { name: `near${shape}`, namespace: elsewhere },
    });
    await where.links.add({ kind: 'bridge', name: `br${shape + 1}`, ...(shape & 1 && { alias: 'one of many' }) });
    if (shape & 4) for (const name of names) await where.links.addAlternativeName(name, `also-${name}`);
  }
}
