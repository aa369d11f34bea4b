import { measure, type Cost } from './cost';
import type { Findings, Role, Row } from './findings';
import { run } from './host';
import { scaled, wants, type PartOptions } from './part';
import { number, summarize } from './statistics';
import { takeTurns } from './turns';

const ROUNDS = 9;
/** Requests of this library that are under way at once. */
const SIDE_BY_SIDE = 100;

/** A small request that is made again and again, beside a C program that waits for each answer. */
export interface SmallRequest {
  /** How often in a round. */
  count: number;
  /** The C program and its arguments, to which the count is added. It tells its wall and processor time, and the median round trip. */
  floor: readonly string[];
  /** One request of this library. */
  ask: () => Promise<unknown>;
  /** What many of them are: 'links asked for by name'. */
  many: string;
  /** What one of them is: 'a link asked for by name'. */
  one: string;
  /** Done before each turn. */
  prepare?: () => Promise<unknown>;
}

/** What a contender took for the requests of one round. */
interface Taken extends Cost {
  /** Of the median round trip, in microseconds. */
  latency: number;
}

interface Contender {
  name: string;
  role: Role;
  description: string;
  turn: (count: number) => Promise<Taken>;
  taken: Taken[];
}

export async function measureSmallRequests(options: PartOptions, request: SmallRequest): Promise<Findings> {
  const { rounds = ROUNDS } = options;
  const count = scaled(options, request.count);
  const { ask, prepare } = request;
  const floor = contender('C floor', 'floor', 'sends one request after the other and waits for each answer', (turns) =>
    floorOf(request.floor, turns),
  );
  const many = contender('rtnetlink', 'library', `${String(SIDE_BY_SIDE)} requests under way at once`, (turns) =>
    manyAtOnce(ask, turns),
  );
  const single = contender('rtnetlink, in turn', 'library', 'awaits each answer', (turns) => inTurn(ask, turns));
  const contenders = [floor, many, single];
  // What is asked first finds the code uncompiled.
  for (const { turn } of contenders) {
    await prepare?.();
    await turn(count);
  }
  await takeTurns(contenders, rounds, async ({ turn, taken }) => {
    await prepare?.();
    taken.push(await turn(count));
  });
  const rows = [
    row('throughput', `${number(count)} ${request.many}`, 'us per request', count, [floor, many], (taken) => ({
      wall: (1e3 * taken.wall) / count,
      cpu: (1e3 * taken.cpu) / count,
    })),
    row('latency', `the median round trip of ${request.one}`, 'us', count, [floor, single], (taken) => ({
      wall: taken.latency,
      cpu: (1e3 * taken.cpu) / count,
    })),
  ];
  const added = summarize(single.taken.map(({ latency }) => latency)).median;
  const least = summarize(floor.taken.map(({ latency }) => latency)).median;
  return {
    rows: rows.filter(({ name }) => wants(options, name)),
    remarks: [`a round trip through this library takes ${(added - least).toFixed(1)} us more than the floor's`],
  };
}

function contender(name: string, role: Role, description: string, turn: Contender['turn']): Contender {
  return { name, role, description, turn, taken: [] };
}

function row(
  name: string,
  title: string,
  unit: string,
  count: number,
  contenders: Contender[],
  costOf: (taken: Taken) => Cost,
): Row {
  const scores = contenders.map(({ name: called, role, description, taken }) => {
    return { name: called, role, description, count, costs: taken.map(costOf) };
  });
  return { name, title, unit, scores };
}

async function floorOf([program, ...args]: readonly string[], count: number): Promise<Taken> {
  return JSON.parse(await run(program!, ...args, String(count))) as Taken;
}

async function manyAtOnce(ask: SmallRequest['ask'], count: number): Promise<Taken> {
  const cost = await measure(async () => {
    for (let asked = 0; asked < count; asked += SIDE_BY_SIDE) {
      await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, count - asked) }, ask));
    }
  });
  return { ...cost, latency: NaN };
}

async function inTurn(ask: SmallRequest['ask'], count: number): Promise<Taken> {
  const times: number[] = [];
  const cost = await measure(async () => {
    for (let asked = 0; asked < count; asked++) {
      const begin = performance.now();
      await ask();
      times.push(1e3 * (performance.now() - begin));
    }
  });
  return { ...cost, latency: summarize(times).median };
}
