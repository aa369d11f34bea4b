import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import type { Results, Score } from '../../bench/findings';
import { readOptions } from '../../bench/options';
import { asText } from '../../bench/report';
import { drawChart } from '../../bench/chart';
import { takeTurns } from '../../bench/turns';
import { compilePrograms, ROOT } from '../examples/programs';
import { describeKernel } from '../support/kernel';

const cost = (wall: number) => ({ wall, cpu: wall / 2 });
const score = (name: string, role: Score['role'], walls: number[]): Score => {
  return { name, role, description: `what ${name} does`, count: 1000, costs: walls.map(cost) };
};

const results: Results = {
  machine: 'a machine',
  load: 0.5,
  parts: [
    {
      part: 'lists',
      summary: 'tables',
      rows: [
        {
          name: 'routes',
          title: 'routes <listed>',
          unit: 'ms',
          scores: [
            score('C floor', 'floor', [10, 30, 20]),
            score('rtnetlink', 'library', [50, 30, 40]),
            score('another way', 'variant', [25, 25, 25]),
            score('slow', 'peer', [4000]),
          ],
        },
      ],
      absent: [{ name: 'Go', givenBy: 'golang-go' }],
    },
  ],
};

describe('the command line', () => {
  const chosen = (...args: string[]) => readOptions(args)?.chosen.map(({ options }) => [options.part, options.rows]);

  test('names parts, and rows of them', () => {
    expect(chosen('lists', '--only', 'networks')).toEqual([
      ['networks', []],
      ['lists', []],
    ]);
    expect(chosen('--only', 'lists/routes', '--only', 'lists/links')).toEqual([['lists', ['routes', 'links']]]);
    expect(chosen('lists', '--only', 'lists/links')).toEqual([['lists', []]]);
  });

  test('means all parts if it names none, but those that have to be named', () => {
    const all = chosen()!.map(([part]) => part);

    expect(all).toEqual(chosen('all')!.map(([part]) => part));
    expect(all).toContain('thousand-quiet');
    expect(all).not.toContain('steps');
  });

  test.each([[['nothing']], [['--scale', '2']], [['--scale', 'x']], [['--rounds', '0']], [['--rounds', '1.5']]])(
    '%j is refused',
    (args) => {
      expect(() => readOptions(args)).toThrow(RangeError);
    },
  );
});

test('contenders take turns, and each round begins with another one', async () => {
  const turns: string[] = [];

  await takeTurns(['a', 'b', 'c'], 3, (name, round) => {
    turns.push(`${name}${round}`);
    return Promise.resolve();
  });

  expect(turns.join(' ')).toBe('a0 b0 c0 b1 c1 a1 c2 a2 b2');
});

test('the report compares medians with the floor', () => {
  const lines = asText(results).split('\n');

  expect(lines.find((line) => line.startsWith('rtnetlink '))).toMatch(
    /^rtnetlink +1,000 +3 +40\.0 \(30\.0 to 50\.0\) +2\.00 +20\.0$/,
  );
  expect(lines).toContain('  not installed: Go (golang-go)');
  expect(asText(results, true)).toContain('| slow | 1,000 | 1 | 4000 (4000 to 4000) | 200 | 2000 |');
});

test('the chart has a bar for each contender, but not for other ways to use the library', () => {
  const chart = drawChart(results);

  expect([...chart.matchAll(/<rect class="(\w+)"/g)].map(([, role]) => role)).toEqual(['library', 'peer']);
  expect(chart).toContain('2.00×');
  expect(chart).toContain('200×');
  expect(chart).toContain('routes &lt;listed&gt;');
});

describeKernel('the benchmark', () => {
  beforeAll(compilePrograms, 120_000);

  test('measures a part that is named, and nothing else', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'bench-'));
    const chart = path.join(directory, 'chart.svg');
    const program = path.join(ROOT, 'build-programs/bench/index.js');

    const args = ['--only', 'at-once', '--brief', '--rounds', '2', '--scale', 'tiny', '--json', '--chart', chart];
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]);
    const found = JSON.parse(stdout) as Results;
    const drawn = readFileSync(chart, 'utf8');
    rmSync(directory, { recursive: true });

    expect(found.parts.map(({ part }) => part)).toEqual(['at-once']);
    expect(found.parts[0]!.rows.map(({ name }) => name)).toEqual(['set-up', 'tear-down']);
    for (const { scores } of found.parts[0]!.rows) {
      expect(scores.map(({ name, count, costs }) => [name, count, costs.length])).toEqual([
        ['C floor', 2, 2],
        ['rtnetlink', 2, 2],
        ['C, two threads', 2, 2],
      ]);
    }
    expect(drawn).toMatch(/^<svg [^]*rtnetlink[^]*<\/svg>\n$/);
  }, 120_000);
});
