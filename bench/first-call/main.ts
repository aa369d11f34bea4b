import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { measure, type Cost } from '../cost';
import type { Findings, Role, Row } from '../findings';
import { run, SCRATCH } from '../host';
import { measurePart, wants, type PartOptions } from '../part';
import { summarize } from '../statistics';
import { takeTurns } from '../turns';

const ROUNDS = 41;

/** Something that a program may be started for alone. */
interface Task {
  name: string;
  title: string;
  /** What the program does with `host`, the namespace of the benchmark, and `createNamespace`. */
  call: string;
  /** The same as arguments of `ip`. */
  ip: string[];
  /** Has everything as it was before. */
  undo?: string[];
}

const LINK = 'first0';
const NAME = 'first';
const ADDRESS = '10.99.0.1/24';

const tasks: Task[] = [
  { name: 'list', title: 'the links of the host, listed', call: 'host.links.list()', ip: ['-j', '-d', 'link'] },
  {
    name: 'create',
    title: 'a namespace with a name, made',
    call: `createNamespace('${NAME}')`,
    ip: ['netns', 'add', NAME],
    undo: ['netns', 'delete', NAME],
  },
  {
    name: 'address',
    title: 'an address, added to a link',
    call: `host.addresses.add('${LINK}', '${ADDRESS}')`,
    ip: ['address', 'add', ADDRESS, 'dev', LINK],
    undo: ['address', 'delete', ADDRESS, 'dev', LINK],
  },
];

interface Contender {
  name: string;
  role: Role;
  description: string;
  program: string;
  undo: string[] | undefined;
  costs: Cost[];
}

/** Processes that are started for one call, beside one that does nothing, and one that starts `ip` and reads what it prints. */
async function measureFirstCall(options: PartOptions): Promise<Findings> {
  await run('ip', 'link', 'add', LINK, 'up', 'type', 'veth');
  const rows: Row[] = [];
  const remarks: string[] = [];
  for (const task of tasks.filter(({ name }) => wants(options, name))) {
    const contenders = await contendersOf(task, options.brief);
    // The first one finds the files on disk.
    for (const one of contenders) await start(one);
    await takeTurns(contenders, options.rounds ?? ROUNDS, async (one) => {
      one.costs.push(await start(one));
    });
    const scores = contenders.map(({ name, role, description, costs }) => ({
      name,
      role,
      description,
      count: 1,
      costs,
    }));
    rows.push({ name: task.name, title: `a process: ${task.title}`, unit: 'ms', scores });
    const [empty, library] = contenders.map(({ costs }) => costs.map(({ wall }) => wall));
    const { median } = summarize(library!.map((wall, round) => wall - empty![round]!));
    remarks.push(
      `${task.name}: ${median.toFixed(1)} ms more than an empty process (median of ${library!.length} pairs)`,
    );
  }
  return { rows, remarks };
}

/** Runs a program, and then has everything as it was, which does not count. */
async function start({ program, undo }: Contender): Promise<Cost> {
  const cost = await measure(() => run(process.execPath, program));
  if (undo !== undefined) await run('ip', ...undo);
  return cost;
}

async function contendersOf({ name, call, ip, undo }: Task, isBrief: boolean): Promise<Contender[]> {
  const library = `
    const { createNamespace, hostNamespace } = require(${JSON.stringify(require.resolve('rtnetlink'))});
    const host = hostNamespace();
    ${call}.catch((error) => { console.error(error); process.exitCode = 1; });`;
  const spawning = `
    require('node:child_process').execFile('ip', ${JSON.stringify(ip)}, (error, printed) => {
      if (error) throw error;
      if (printed !== '') JSON.parse(printed);
    });`;
  const contender = async (called: string, role: Role, description: string, text: string): Promise<Contender> => {
    const program = path.join(SCRATCH, `first-call-${name}-${role}.js`);
    await writeFile(program, text);
    return { name: called, role, description, program, undo: role === 'floor' ? undefined : undo, costs: [] };
  };
  return [
    await contender('an empty process', 'floor', 'Node, with a program that is empty', ''),
    await contender('rtnetlink', 'library', 'Node, with one call of this library', library),
    ...(isBrief ? [] : [await contender('Node spawning ip', 'peer', 'Node, which starts ip for the same', spawning)]),
  ];
}

measurePart(measureFirstCall);
