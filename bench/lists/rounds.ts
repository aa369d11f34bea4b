import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { eventLoopDelay, type EventLoopDelay } from '../event-loop';
import { run } from '../host';
import { measure, type Cost } from '../cost';
import type { Table } from './tables';

/** What the floor found and took. */
interface Floor extends Cost {
  rows: number;
}

/** One table, listed again and again. */
export interface Measured {
  name: string;
  rows: number;
  floor: Cost[];
  list: Cost[];
  stream: Cost[];
  delays: EventLoopDelay[];
  streamDelays: EventLoopDelay[];
}

const floorProgram = path.join(__dirname, '../list-floor');
const REST_MS = 100;

/** Fills a table and has it listed by everybody in turn; each must find what the others find. */
export async function measureTable(table: Table, rows: number, rounds: number): Promise<Measured> {
  await table.fill(rows);
  const counted = await table.count();
  assert.ok(counted >= rows, `${String(rows)} ${table.name}, of which a program finds ${String(counted)}`);
  const measured: Measured = { name: table.name, rows, floor: [], list: [], stream: [], delays: [], streamDelays: [] };
  const known = await rowsOfTable(table.name);
  await warmUp(table, known);
  for (let round = 0; round < rounds; round++) {
    await sleep(REST_MS);
    measured.floor.push(await floor(table.name));
    measured.list.push(await timed(table.list, known));
    measured.stream.push(await timed(table.stream, known));
    measured.delays.push(await eventLoopDelay(table.list));
    measured.streamDelays.push(await eventLoopDelay(table.stream));
  }
  return measured;
}

/** The first listing finds the decoder uncompiled; it is checked, and not counted. */
async function warmUp(table: Table, known: number): Promise<void> {
  await timed(table.list, known);
  await timed(table.stream, known);
}

async function timed(list: () => Promise<number>, known: number): Promise<Cost> {
  let found = 0;
  const cost = await measure(async () => {
    found = await list();
  });
  // The kernel adds and forgets entries of its own meanwhile: multicast groups among the neighbors.
  assert.ok(Math.abs(found - known) <= OWN_ENTRIES, `${String(known)} rows, of which ${String(found)} were listed`);
  return cost;
}

const OWN_ENTRIES = 64;

async function floor(name: string): Promise<Floor> {
  return JSON.parse(await run(floorProgram, name)) as Floor;
}

async function rowsOfTable(name: string): Promise<number> {
  return (await floor(name)).rows;
}

/** What streaming all routes takes of memory, and of the event loop's time. */
export interface Memory extends EventLoopDelay {
  rows: number;
  idle: number;
  peak: number;
}

export async function measureMemory(): Promise<Memory> {
  return JSON.parse(await run(process.execPath, path.join(__dirname, 'memory.js'))) as Memory;
}
