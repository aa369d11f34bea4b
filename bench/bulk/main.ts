import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { bulkPeers } from '../contenders/peers/bulk';
import { absent } from '../contenders/peers/programs';
import { measure, type Cost } from '../cost';
import { watchOfEventLoop } from '../event-loop';
import type { DelayRow, Findings, Row, Score } from '../findings';
import { run } from '../host';
import { measurePart, scaled, wants, type PartOptions } from '../part';
import { number } from '../statistics';
import { takeTurns } from '../turns';
import { tasks, type Task } from './tasks';

/** Who does a task, and how many of the things. */
interface Contender {
  score: Score;
  work: () => Promise<Cost>;
}

const ROUNDS = 5;
const REST_MS = 500;
/** Each takes a peer some 30 ms, one after the other. */
const MOST_DELETED = 30;
const floorProgram = path.join(__dirname, '../bulk-floor');

/** Many things at once beside a C program that sends the bare messages. */
async function measureBulk(options: PartOptions): Promise<Findings> {
  const { rounds = ROUNDS, brief } = options;
  const rows: Row[] = [];
  const delays: DelayRow[] = [];
  for (const task of tasks) {
    if (!wants(options, nameOf(task))) continue;
    const count = scaled(options, task.count);
    rows.push(await compete(task, count, rounds, brief));
    delays.push(await watch(task, count, rounds));
  }
  return { rows, delays, absent: brief ? [] : absent(bulkPeers.map(({ program }) => program)) };
}

/** One word: the first of what is done. */
function nameOf({ name }: Task): string {
  return name.split(' ').at(-1)!;
}

async function compete(task: Task, count: number, rounds: number, brief: boolean): Promise<Row> {
  const contenders = [...own(task, count), ...(brief ? [] : peersFor(task, count))];
  // The first time finds the encoder uncompiled; it is checked, and not counted.
  await turn(task, count, () => task.library(count));
  await takeTurns(contenders, rounds, async ({ score, work }) => {
    await turn(task, score.count, async () => score.costs.push(perThousand(await work(), score.count)));
  });
  const scores = contenders.map(({ score }) => score);
  return { name: nameOf(task), title: `${number(count)} ${task.name}`, unit: 'ms per 1,000', scores };
}

function own(task: Task, count: number): Contender[] {
  const { variant } = task;
  const ours: Contender[] = [
    {
      score: {
        name: 'C floor',
        role: 'floor',
        description: 'sends the same messages with indexes known, 1,000 in a send; deletes by group',
        count,
        costs: [],
      },
      work: async () => JSON.parse(await run(floorProgram, ...task.floor(count))) as Cost,
    },
    {
      score: {
        name: 'rtnetlink',
        role: 'library',
        description: 'this library, one call for all of them',
        count,
        costs: [],
      },
      work: () => measure(() => task.library(count)),
    },
  ];
  if (variant === undefined) return ours;
  const { name, description, work } = variant;
  const score: Score = { name, role: 'variant', description, count, costs: [] };
  return [...ours, { score, work: () => measure(work) }];
}

function peersFor(task: Task, count: number): Contender[] {
  return bulkPeers
    .filter(({ program }) => program.command() !== undefined)
    .flatMap(({ name, description, mostRoutes = Infinity, addRoutes, deleteLinks }) => {
      const contender = (most: number, work: (some: number) => Promise<Cost>): Contender => {
        const some = Math.min(count, most);
        return { score: { name, role: 'peer', description, count: some, costs: [] }, work: () => work(some) };
      };
      if (task.name === 'routes added') return contender(mostRoutes, (some) => addRoutes(some, 'via0'));
      if (task.name === 'lone pairs deleted' && deleteLinks !== undefined) {
        return contender(MOST_DELETED, (some) => deleteLinks(some, 'a'));
      }
      return [];
    });
}

/** Has it done once, and another program look whether it was. */
async function turn(task: Task, count: number, work: () => Promise<unknown>): Promise<void> {
  await task.prepare(count);
  await sleep(REST_MS);
  await work();
  assert.equal(await task.done(count), count, task.name);
  await task.cleanUp();
}

/** Watches the event loop in rounds of their own, so that the watching costs nothing elsewhere. */
async function watch(task: Task, count: number, rounds: number): Promise<DelayRow> {
  const loop = watchOfEventLoop();
  for (let round = 0; round < rounds; round++) {
    await turn(task, count, () => loop.during(() => task.library(count)));
  }
  return { title: `${number(count)} ${task.name}`, found: loop.found() };
}

function perThousand({ wall, cpu }: Cost, count: number): Cost {
  return { wall: (1000 * wall) / count, cpu: (1000 * cpu) / count };
}

measurePart(measureBulk);
