import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { listPeers } from '../contenders/peers/lists';
import { measure, type Cost } from '../cost';
import { watchOfEventLoop, type EventLoopDelay } from '../event-loop';
import type { DelayRow, Row, Score } from '../findings';
import { run } from '../host';
import { number } from '../statistics';
import { takeTurns } from '../turns';
import type { Table } from './tables';

/** Lists a table, and tells how many rows there were and what it took. */
type Lister = () => Promise<Listing>;

interface Listing extends Cost {
  /** Absent if the lister does not tell. */
  rows?: number;
}

interface Contender {
  score: Score;
  list: Lister;
  /** Whether it is so slow that one turn has to do. */
  once?: boolean;
}

const floorProgram = path.join(__dirname, '../list-floor');
const REST_MS = 100;

/** Fills a table and has it listed by everybody in turn; each must find what the others find. */
export async function measureTable(
  table: Table,
  rows: number,
  { rounds, brief }: { rounds: number; brief: boolean },
): Promise<{ row: Row; delays: DelayRow[] }> {
  await table.fill(rows);
  const counted = await table.count();
  assert.ok(counted >= rows, `${String(rows)} ${table.name}, of which a program finds ${String(counted)}`);
  const contenders = [...contendersOf(table, rows), ...(brief ? [] : peersFor(table, rows))];
  const { rows: known = 0 } = await askProgram(floorProgram, table.name);
  // The first listing finds the decoder uncompiled; it is checked, and not counted.
  for (const { list, once } of contenders) if (once !== true) check(await list(), known);
  await takeTurns(contenders, rounds, async ({ score, list, once }, round) => {
    if (once === true && round > 0) return;
    await sleep(REST_MS);
    const listing = await list();
    check(listing, known);
    const { wall, cpu } = listing;
    score.costs.push({ wall, cpu });
  });
  const scores = contenders.map(({ score }) => score);
  const row = { name: table.name, title: `${number(rows)} ${table.title} listed`, unit: 'ms', scores };
  return { row, delays: await watch(table, rows, rounds) };
}

function contendersOf(table: Table, count: number): Contender[] {
  const contender = (name: string, role: Score['role'], description: string, list: Lister): Contender => {
    return { score: { name, role, description, count, costs: [] }, list };
  };
  return [
    contender('C floor', 'floor', 'receives the table and walks every message and attribute, and builds nothing', () =>
      askProgram(floorProgram, table.name),
    ),
    contender('rtnetlink, list', 'library', 'an array of objects', () => timed(table.list)),
    contender('rtnetlink, stream', 'library', 'objects, one after the other, none kept', () => timed(table.stream)),
  ];
}

function peersFor(table: Table, count: number): Contender[] {
  return listPeers
    .filter(
      ({ program, most = Infinity }) => (program === undefined || program.command() !== undefined) && count <= most,
    )
    .map(({ name, description, once = Infinity, list }) => ({
      score: { name, role: 'peer', description, count, costs: [] },
      list: () => list(table.name),
      once: count > once,
    }));
}

async function timed(list: () => Promise<number>): Promise<Listing> {
  let rows = 0;
  const cost = await measure(async () => {
    rows = await list();
  });
  return { rows, ...cost };
}

/** The kernel adds and forgets entries of its own meanwhile: multicast groups among the neighbors. */
const OWN_ENTRIES = 64;

function check({ rows }: Listing, known: number): void {
  if (rows === undefined) return;
  assert.ok(Math.abs(rows - known) <= OWN_ENTRIES, `${String(known)} rows, of which ${String(rows)} were listed`);
}

/** A program that lists a table, times itself and prints what it found. */
async function askProgram(program: string, ...args: string[]): Promise<Listing> {
  return JSON.parse(await run(program, ...args)) as Listing;
}

async function watch(table: Table, rows: number, rounds: number): Promise<DelayRow[]> {
  const [list, stream] = [watchOfEventLoop(), watchOfEventLoop()];
  for (let round = 0; round < rounds; round++) {
    await sleep(REST_MS);
    await list.during(table.list);
    await stream.during(table.stream);
  }
  return [
    { title: `${number(rows)} ${table.title} listed`, found: list.found() },
    { title: `${number(rows)} ${table.title} streamed`, found: stream.found() },
  ];
}

/** What streaming all routes takes of memory, and of the event loop's time. */
export interface Memory {
  delay: EventLoopDelay;
  rows: number;
  idle: number;
  peak: number;
}

export async function measureMemory(): Promise<Memory> {
  return JSON.parse(await run(process.execPath, path.join(__dirname, 'memory.js'))) as Memory;
}
