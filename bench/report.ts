import os from 'node:os';

import type { EventLoopDelay } from './event-loop';
import type { Delays, Score, Turn } from './rounds';
import { summarize, type Summary } from './statistics';

export interface Results {
  /** The first is the floor, which the others are compared with. */
  scores: Score[];
  delays: Delays;
  /** What others did on the machine: its load average before the first round. */
  load: number;
}

/** The measurements of every round. */
export function asJson({ scores, delays, load }: Results): string {
  const contenders = scores.map(({ contender: { name, description }, networks, turns }) => {
    return { name, description, networks, turns };
  });
  return JSON.stringify(
    { machine: machine(), load, unit: 'ms per network', contenders, eventLoopDelay: delays },
    null,
    2,
  );
}

/** Tables for a terminal. */
export function asText({ scores, delays, load }: Results): string {
  const { networks = 0, turns = [] } = scores[0] ?? {};
  return [
    `${networks} container networks on one bridge, ${turns.length} rounds`,
    `${machine()}, load average ${load.toFixed(2)} at the start`,
    'Milliseconds per network: median (least to most), ratio to the floor, processor time.',
    table([
      ['', 'networks', 'set-up', 'ratio', 'cpu', 'tear-down', 'ratio', 'cpu'],
      ...scores.map((score) => row(score, scores[0])),
    ]),
    ...scores.map(({ contender: { name, description } }) => `  ${name}: ${description}`),
    '',
    `Event-loop delay in milliseconds, sampled every millisecond; worst of ${delays.idle.length} rounds (median).`,
    table([
      ['', '99.9th percentile', 'max'],
      ['idle', ...delayCells(delays.idle)],
      ['idle, beside the C floor', ...delayCells(delays.beside)],
      [`rtnetlink, ${networks} set-ups`, ...delayCells(delays.setUp)],
    ]),
  ].join('\n');
}

function row({ contender, networks, turns }: Score, floor: Score | undefined): string[] {
  const cells = (pick: (turn: Turn) => Turn['setUp']) => {
    const wall = summarize(turns.map((turn) => pick(turn).wall));
    const least = summarize((floor?.turns ?? []).map((turn) => pick(turn).wall));
    const cpu = summarize(turns.map((turn) => pick(turn).cpu));
    return [spread(wall), (wall.median / least.median).toFixed(2), cpu.median.toFixed(2)];
  };
  return [contender.name, String(networks), ...cells(({ setUp }) => setUp), ...cells(({ tearDown }) => tearDown)];
}

function delayCells(delays: EventLoopDelay[]): string[] {
  return (['p999', 'max'] as const).map((figure) => {
    const { max, median } = summarize(delays.map((delay) => delay[figure]));
    return `${max.toFixed(2)} (${median.toFixed(2)})`;
  });
}

/** A median, and how far the measurements spread. */
export function spread({ median, min, max }: Summary): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

/** Columns of equal width; all but the first to the right. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return `\n${rows.map((cells) => line(cells).join('   ')).join('\n')}\n`;
}

/** What the measurements were made on. */
export function machine(): string {
  const cpus = os.cpus();
  return `Linux ${os.release()}, ${cpus.length} x ${cpus[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`;
}
