import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { measure, type Cost } from '../cost';
import type { Findings, Role } from '../findings';
import { run, SCRATCH } from '../host';
import { measurePart, type PartOptions } from '../part';
import { summarize } from '../statistics';
import { takeTurns } from '../turns';

const ROUNDS = 25;

interface Contender {
  name: string;
  role: Role;
  description: string;
  program: string;
  costs: Cost[];
}

/** A process that imports this library, beside one that imports an empty module. */
async function measureImport({ rounds = ROUNDS }: PartOptions): Promise<Findings> {
  const empty = await contender('an empty module', 'floor', path.join(SCRATCH, 'empty.js'));
  const library = await contender('rtnetlink', 'library', require.resolve('rtnetlink'));
  const contenders = [empty, library];
  assert.match(await run(process.execPath, '-p', `typeof require('${library.program}').hostNamespace`), /function/);
  // The first one finds the files on disk.
  for (const { program } of contenders) await run(process.execPath, program);
  await takeTurns(contenders, rounds, async ({ program, costs }) => {
    costs.push(await measure(() => run(process.execPath, program)));
  });
  const median = ({ costs }: Contender) => summarize(costs.map(({ wall }) => wall)).median;
  const scores = contenders.map(({ name, role, description, costs }) => ({ name, role, description, count: 1, costs }));
  return {
    rows: [{ name: 'import', title: 'a process that imports, and ends', unit: 'ms', scores }],
    remarks: [`the import takes ${(median(library) - median(empty)).toFixed(1)} ms more than that of an empty module`],
  };
}

/** A process that requires a file, which is made, empty, if it is in the scratch directory. */
async function contender(name: string, role: Role, file: string): Promise<Contender> {
  if (file.startsWith(SCRATCH)) await writeFile(file, '');
  const program = path.join(SCRATCH, `import-${path.basename(file)}`);
  await writeFile(program, `module.exports = require(${JSON.stringify(file)});\n`);
  return { name, role, description: `require(${JSON.stringify(path.basename(file))})`, program, costs: [] };
}

measurePart(measureImport);
