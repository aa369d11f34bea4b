import { parseArgs } from 'node:util';

import type { PartOptions } from './part';
import { parts, type Part } from './parts';

/** What the command line says. */
export interface Options {
  /** Which parts, with what is asked of each. */
  chosen: { part: Part; options: PartOptions }[];
  json: boolean;
  markdown: boolean;
  /** Where the chart goes. */
  chart?: string;
  /** Files with what earlier runs found. */
  from: string[];
}

export const usage = `npm run bench -- [PART ...] [--only PART[/ROW]] [--rounds N] [--scale N] [--brief] [--json] [--chart FILE]

${parts.map(({ name, summary }) => `  ${name.padEnd(16)} ${summary}`).join('\n')}

  --only PART[/ROW]  only this part, or this row of it; may be given more than once
  --rounds N         how often every contender has its turn
  --scale N          the part of the numbers of things that is made: 0.1, or tiny
  --networks N       container networks that each contender sets up in a round
  --brief            only the floor and this library
  --json             print the measurements of every round as JSON instead of tables
  --markdown         print tables in Markdown
  --chart FILE       draw a chart, as SVG
  --from FILE        measure nothing, and report what an earlier run printed with --json; may be given more than once

Without a part, all of them but 'steps'.`;

const TINY = 0.002;

/** Reads the command line; undefined if it asks for help. */
export function readOptions(args: string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      scale: { type: 'string', default: '1' },
      networks: { type: 'string' },
      brief: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      chart: { type: 'string' },
      from: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const common = {
    scale: readScale(values.scale),
    brief: values.brief,
    ...(values.rounds !== undefined && { rounds: count('--rounds', values.rounds, 1000) }),
    ...(values.networks !== undefined && { networks: count('--networks', values.networks, 4000) }),
  };
  const chosen = choose([...positionals, ...values.only]).map(({ part, rows }) => {
    return { part, options: { part: part.name, rows, ...common } };
  });
  const { json, markdown, chart, from } = values;
  return { chosen, json, markdown, from, ...(chart !== undefined && { chart }) };
}

function choose(names: string[]): { part: Part; rows: string[] }[] {
  const wanted = names.filter((name) => name !== 'all').map((name) => name.split('/'));
  for (const [name] of wanted) {
    if (!parts.some((part) => part.name === name))
      throw new RangeError(`There is no part '${String(name)}'; see --help`);
  }
  if (wanted.length === 0) return parts.filter((part) => part.onlyByName !== true).map((part) => ({ part, rows: [] }));
  return parts.flatMap((part) => {
    const ofPart = wanted.filter(([name]) => name === part.name);
    const rows = ofPart.flatMap(([, row]) => row ?? []);
    return ofPart.length === 0 ? [] : [{ part, rows: rows.length === ofPart.length ? rows : [] }];
  });
}

function readScale(value: string): number {
  const scale = value === 'tiny' ? TINY : Number(value);
  if (!(scale > 0 && scale <= 1)) throw new RangeError(`--scale must be a part of 1, or tiny, not ${value}`);
  return scale;
}

function count(name: string, value: string, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw new RangeError(`${name} must be a number from 1 to ${most}, not ${value}`);
  }
  return number;
}
