import { parseArgs } from 'node:util';

/** What the command line says. */
export interface Options {
  networks: number;
  rounds: number;
  /** Whether only the floor and this library compete. */
  brief: boolean;
  json: boolean;
}

export const usage = `npm run bench -- [--networks 200] [--rounds 5] [--brief] [--json]
       npm run bench -- steps [--networks 200] [--rounds 7]
       npm run bench -- lists [--rounds 7] [--scale 1] [--json]

  --networks  container networks that each contender sets up in a round
  --rounds    how often every contender has its turn
  --brief     only the floor and this library
  --json      print the measurements of every round as JSON instead of a table

  steps       what each kernel call of a network costs
  lists       large tables as objects: 500,000 routes, 10,000 links, 50,000 forwarding entries, 50,000 neighbors
  --scale     the part of these numbers that is made`;

/** Reads the command line; undefined if it asks for help. */
export function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      networks: { type: 'string', default: '200' },
      rounds: { type: 'string', default: '5' },
      brief: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    networks: count('--networks', values.networks, 4000),
    rounds: count('--rounds', values.rounds, 1000),
    brief: values.brief,
    json: values.json,
  };
}

function count(name: string, value: string, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > most) {
    throw new RangeError(`${name} must be a number from 1 to ${most}, not ${value}`);
  }
  return number;
}
