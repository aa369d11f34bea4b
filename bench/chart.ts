import type { Results, Row, Score } from './findings';
import { figure, ratioOf, wallOf } from './report';

// Bars for each row of the tables: how often as long as the floor each contender took, on a logarithmic scale.

const WIDTH = 880;
const LEFT = 210;
const RIGHT = 90;
const TOP = 92;
const BAR = 12;
const PITCH = 16;
const HEADING = 24;
const GAP = 16;
const BOTTOM = 16;
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

const STYLE = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
  .title { font-size: 17px; font-weight: 600; }
  .row { font-weight: 600; }
  .faint { fill: #59636e; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  line { stroke: #59636e; stroke-opacity: 0.25; }
  .floor { fill: #59636e; }
  .library { fill: #1f883d; }
  .peer { fill: #8c959f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .faint { fill: #9198a1; }
    line { stroke: #9198a1; }
    .floor { fill: #9198a1; }
    .library { fill: #3fb950; }
    .peer { fill: #6e7681; }
  }`;

const TITLE = 'Time taken, as a multiple of what the bare kernel calls take';

/** A chart of what has competed, as SVG, for light and dark pages. Other ways to use this library are left out. */
export function drawChart({ parts, machine }: Results): string {
  const rows = parts
    .flatMap((part) => part.rows)
    .map((row) => ({ ...row, scores: row.scores.filter(({ role }) => role !== 'variant') }))
    .filter(({ scores }) => scores.length > 1);
  const scale = scaleOf(rows);
  const drawn: string[] = [];
  let y = TOP;
  for (const row of rows) {
    drawn.push(drawRow(row, y, scale));
    y += HEADING + PITCH * (row.scores.length - 1) + GAP;
  }
  const height = y + BOTTOM;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 0 ${WIDTH + 8} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${TITLE}</title>`,
    `<style>${STYLE}</style>`,
    text(0, 22, TITLE, 'title'),
    text(
      0,
      44,
      '1 is a C program that makes the same kernel calls. The scale is logarithmic; shorter is better.',
      'faint',
    ),
    text(0, 62, `Medians of interleaved rounds. ${machine}`, 'faint'),
    ...ticksOf(scale).map((tick) => text(scale(tick), TOP - 8, `${tick}×`, 'faint middle')),
    ...drawn,
    ...ticksOf(scale).map((tick) => text(scale(tick), y + 8, `${tick}×`, 'faint middle')),
    '</svg>',
    '',
  ].join('\n');
}

/** Where a ratio stands. What is faster than the floor has next to no bar. */
type Scale = ((ratio: number) => number) & { most: number };

function scaleOf(rows: Row[]): Scale {
  const ratios = rows.flatMap(({ scores }) => scores.map((score) => ratioOf(score, scores[0]!)));
  const most = Math.max(2, ...ratios);
  const width = WIDTH - LEFT - RIGHT;
  return Object.assign((ratio: number) => LEFT + (width * Math.log(Math.max(ratio, 1))) / Math.log(most), { most });
}

function ticksOf({ most }: Scale): number[] {
  return TICKS.filter((tick) => tick <= most);
}

function drawRow({ title, unit, scores: [floor, ...others] }: Row, top: number, scale: Scale): string {
  if (floor === undefined) return '';
  const first = top + HEADING;
  const last = first + PITCH * others.length - (PITCH - BAR);
  const heading = `<tspan class="row">${escape(title)}</tspan>`;
  const bare = `<tspan class="faint" dx="10">${escape(`in C: ${figure(wallOf(floor).median)} ${unit}`)}</tspan>`;
  return [
    `<text x="0" y="${top + 15}">${heading}${bare}</text>`,
    ...ticksOf(scale).map((tick) => {
      const x = round(scale(tick));
      return `<line x1="${x}" x2="${x}" y1="${first - 3}" y2="${last + 3}"/>`;
    }),
    ...others.map((score, index) => drawBar(score, floor, first + PITCH * index, scale)),
  ].join('\n');
}

function drawBar(score: Score, floor: Score, top: number, scale: Scale): string {
  const ratio = ratioOf(score, floor);
  const width = Math.max(2, scale(ratio) - LEFT);
  const isOurs = score.role === 'library';
  return [
    text(LEFT - 8, top + BAR - 2, score.name, `${isOurs ? 'row ' : ''}end`),
    `<rect class="${score.role}" x="${LEFT}" y="${top}" width="${round(width)}" height="${BAR}" rx="2"/>`,
    text(LEFT + width + 6, top + BAR - 2, `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`, isOurs ? 'row' : 'faint'),
  ].join('\n');
}

function text(x: number, y: number, content: string, classes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${classes}">${escape(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
