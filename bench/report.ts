import os from 'node:os';

import type { Spread } from './event-loop';
import type { DelayRow, PartResults, Results, Row, Score } from './findings';
import { number, summarize, type Summary } from './statistics';

/** Puts rows of cells together, the first of which is the heading. */
type Layout = (rows: string[][]) => string;

/** Tables for a terminal, or in Markdown. */
export function asText(results: Results, isMarkdown = false): string {
  const layout = isMarkdown ? markdownTable : table;
  const heading = isMarkdown ? '### ' : '== ';
  return [
    `${results.machine}; load average ${results.load.toFixed(2)} at the start`,
    'Of each round: median (least to most); ratio of the medians to the floor; processor time.',
    ...results.parts.flatMap((part) => ['', `${heading}${part.part}: ${part.summary}`, ...ofPart(part, layout)]),
  ].join('\n');
}

function ofPart(part: PartResults, layout: Layout): string[] {
  const { rows, delays = [], tables = [], remarks = [], absent = [] } = part;
  const known = new Map(rows.flatMap(({ scores }) => scores.map(({ name, description }) => [name, description])));
  return [
    ...rows.flatMap((row) => ['', `${row.name}: ${row.title}`, layout(ofRow(row))]),
    ...tables.flatMap(({ title, cells }) => ['', title, layout(cells)]),
    ...[...known].map(([name, description]) => `  ${name}: ${description}`),
    ...absent.map((peer) => `  not installed: ${peer.name} (${peer.givenBy})`),
    ...remarks.map((remark) => `  ${remark}`),
    ...(delays.length > 0 ? ['', ...ofDelays(delays, layout)] : []),
  ];
}

function ofRow({ unit, scores }: Row): string[][] {
  const rounds = scores[0]?.costs.length ?? 0;
  const hasFewer = scores.some(({ costs }) => costs.length !== rounds);
  return [
    ['', 'things', ...(hasFewer ? ['rounds'] : []), `wall, ${unit}`, 'ratio', `cpu, ${unit}`],
    ...scores.map((score) => {
      const cpu = summarize(score.costs.map((cost) => cost.cpu));
      return [
        score.name,
        number(score.count),
        ...(hasFewer ? [String(score.costs.length)] : []),
        spread(wallOf(score)),
        figure(ratioOf(score, scores[0]!)),
        figure(cpu.median),
      ];
    }),
  ];
}

function ofDelays(delays: DelayRow[], layout: Layout): string[] {
  return [
    'Event-loop delay in milliseconds, sampled every millisecond, that one included: 99.9th percentile / most, of all rounds. What the',
    'loop took itself is without the time for which the machine did not let it run, in the last column without garbage collection.',
    layout([
      ['', 'samples', 'delay', 'the loop itself', 'without garbage'],
      ...delays.map(({ title, found }) => [
        title,
        number(found.samples),
        ...[found.delay, found.own, found.withoutGarbage].map(delayCell),
      ]),
    ]),
  ];
}

/** The percentile of less than a thousand samples is their most. */
export function delayCell({ p999, max }: Spread): string {
  return `${figure(p999)} / ${figure(max)}`;
}

export function wallOf({ costs }: Score): Summary {
  return summarize(costs.map(({ wall }) => wall));
}

/** How often as long as another one it took. */
export function ratioOf(score: Score, floor: Score): number {
  return wallOf(score).median / wallOf(floor).median;
}

/** A median, and how far the measurements spread. */
export function spread({ median, min, max }: Summary): string {
  return `${figure(median)} (${figure(min)} to ${figure(max)})`;
}

/** A number with at least three digits, of which those behind the point count. */
export function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toFixed(digits);
}

/** Columns of equal width; all but the first to the right. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return `\n${rows.map((cells) => line(cells).join('   ')).join('\n')}\n`;
}

function markdownTable([heading = [], ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return `\n${[line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

/** What the measurements were made on. */
export function machine(): string {
  const cpus = os.cpus();
  return `Linux ${os.release()}, ${cpus.length} x ${cpus[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`;
}
