import assert from 'node:assert/strict';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { hostNamespace } from 'rtnetlink';

import type { Cost } from '../cost';
import type { EventLoopDelay } from '../event-loop';
import { enterPrivateHost } from '../host';
import { machine, spread, table } from '../report';
import { summarize } from '../statistics';
import { measureMemory, measureTable, type Measured, type Memory } from './rounds';
import { routeOf, routes, tables } from './tables';

const MEMORY_ROWS = 1_000_000;
const OF_BATCH = 1000;

/** Listing large tables beside a C program that only receives them: in the private host that index.ts makes for it. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      rounds: { type: 'string', default: '7' },
      scale: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const scale = Number(values.scale);
  const rounds = Number(values.rounds);
  if (!(scale > 0 && scale <= 1)) throw new RangeError(`--scale must be a part of 1, not ${values.scale}`);
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new RangeError(`--rounds must be a number, not ${values.rounds}`);
  const [load = 0] = os.loadavg();
  await enterPrivateHost();
  const measured: Measured[] = [];
  let memory: Memory | undefined;
  for (const one of tables) {
    measured.push(await measureTable(one, one.rows * scale, rounds));
    if (one === routes) memory = await measureStream(one.rows * scale, MEMORY_ROWS * scale);
  }
  console.log(
    values.json ? JSON.stringify({ machine: machine(), load, measured, memory }) : text(measured, memory!, load),
  );
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

function text(measured: Measured[], { rows, idle, peak, p999, max }: Memory, load: number): string {
  return [
    'Tables listed: as an array of objects, and as a stream of them.',
    `${machine()}, load average ${load.toFixed(2)} at the start`,
    'Milliseconds: median (least to most), ratio to the floor, processor time.',
    table([
      ['', 'rows', 'C floor', 'list', 'ratio', 'cpu', 'stream', 'ratio', 'cpu'],
      ...measured.map(({ name, rows: count, floor, list, stream }) => [
        name,
        String(count),
        spread(summarize(floor.map(({ wall }) => wall))),
        ...cells(list, floor),
        ...cells(stream, floor),
      ]),
    ]),
    '  C floor: receives the table and walks every message and attribute, and builds nothing',
    '',
    'Event-loop delay in milliseconds, sampled every millisecond; worst of the rounds (median). Garbage collection is in it.',
    table([
      ['', 'list, 99.9th percentile', 'max', 'stream, 99.9th percentile', 'max'],
      ...measured.map(({ name, delays, streamDelays }) => [name, ...delayCells(delays), ...delayCells(streamDelays)]),
    ]),
    `${String(rows)} routes streamed by a process of its own: ${mebibytes(peak - idle)} MiB above the ${mebibytes(idle)} of one at rest`,
    `  its event loop was at most ${max.toFixed(2)} ms late, ${p999.toFixed(2)} at the 99.9th percentile`,
  ].join('\n');
}

function cells(costs: Cost[], floor: Cost[]): string[] {
  const wall = summarize(costs.map((cost) => cost.wall));
  const least = summarize(floor.map((cost) => cost.wall));
  return [
    spread(wall),
    (wall.median / least.median).toFixed(2),
    summarize(costs.map(({ cpu }) => cpu)).median.toFixed(0),
  ];
}

function delayCells(delays: EventLoopDelay[]): string[] {
  return (['p999', 'max'] as const).map((figure) => {
    const { max, median } = summarize(delays.map((delay) => delay[figure]));
    return `${max.toFixed(2)} (${median.toFixed(2)})`;
  });
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
