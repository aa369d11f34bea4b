import assert from 'node:assert/strict';
import { hostNamespace } from 'rtnetlink';

import { listPeers, listPrograms } from '../contenders/peers/lists';
import { absent } from '../contenders/peers/programs';
import type { DelayRow, Findings, Row } from '../findings';
import { measurePart, scaled, wants, type PartOptions } from '../part';
import { delayCell } from '../report';
import { number } from '../statistics';
import { measureMemory, measureTable, type Memory } from './rounds';
import { measureShapes } from './shapes';
import { routeOf, routes, tables } from './tables';

const ROUNDS = 7;
const ROUTES_AFTER_LINKS = 100_000;
const STREAMED_ROUTES = 1_000_000;
const OF_BATCH = 1000;

/** Listing large tables beside a C program that only receives them. */
async function measureLists(options: PartOptions): Promise<Findings> {
  const { rounds = ROUNDS, brief } = options;
  const found: Row[] = [];
  const delays: DelayRow[] = [];
  const remarks: string[] = [];
  for (const table of tables) {
    if (!wants(options, table.name)) continue;
    const rows = scaled(options, table.rows);
    const measured = await measureTable(table, rows, { rounds, brief });
    found.push(measured.row);
    delays.push(...measured.delays);
    for (const { name, most = Infinity } of brief ? [] : listPeers) {
      if (rows > most) remarks.push(`left out of ${table.title}, since it would take too long: ${name}`);
    }
    if (table === routes) remarks.push(...remarksOn(await measureStream(rows, scaled(options, STREAMED_ROUTES))));
  }
  if (wants(options, 'shapes')) found.push(await measureShapes(scaled(options, ROUTES_AFTER_LINKS), rounds));
  return { rows: found, delays, remarks, absent: brief ? [] : absent(listPrograms) };
}

/** Adds routes up to a number, and streams them. */
async function measureStream(present: number, wanted: number): Promise<Memory> {
  for (let first = present; first < wanted; first += OF_BATCH) {
    const size = Math.min(OF_BATCH, wanted - first);
    await Promise.all(
      Array.from({ length: size }, (_, index) =>
        hostNamespace().routes.add(routeOf(first + index + 500_000 - present)),
      ),
    );
  }
  const memory = await measureMemory();
  assert.ok(memory.rows >= wanted, `${String(wanted)} routes, of which ${String(memory.rows)} were streamed`);
  return memory;
}

function remarksOn({ rows, idle, peak, delay }: Memory): string[] {
  return [
    `${number(rows)} routes streamed by a process of its own: ${mebibytes(peak - idle)} MiB above the ${mebibytes(idle)} of one at rest;`,
    `its event loop's delay ${delayCell(delay.delay)} ms, of which itself ${delayCell(delay.own)}, without garbage ${delayCell(delay.withoutGarbage)}`,
  ];
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

measurePart(measureLists);
