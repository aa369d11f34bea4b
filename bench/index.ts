import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { drawChart } from './chart';
import { compile } from './compile';
import type { Findings, PartResults, Results } from './findings';
import { runInPrivateHost } from './host';
import { readOptions, usage, type Options } from './options';
import { asText, machine } from './report';

/** Measures this library beside its peers and beside the floor: `npm run bench -- --help`. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return;
  }
  const results = options.from.length > 0 ? readResults(options.from) : await measureParts(options);
  if (options.json) console.log(JSON.stringify(results, null, 1));
  else console.log(asText(results, options.markdown));
  if (options.chart !== undefined) writeFileSync(options.chart, drawChart(results));
}

async function measureParts({ chosen }: Options): Promise<Results> {
  if (process.getuid?.() !== 0) throw new Error('The benchmark makes network namespaces, which takes root.');
  const [load = 0] = os.loadavg();
  const parts: PartResults[] = [];
  for (const { part, options } of chosen) {
    part.floors.forEach(compile);
    const findings = await runInPrivateHost<Findings>(path.join(__dirname, part.script), [JSON.stringify(options)]);
    parts.push({ part: part.name, summary: part.summary, ...findings });
  }
  return { machine: machine(), load, parts };
}

/** Of several runs; the machine is that of the first. */
function readResults(files: string[]): Results {
  const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Results);
  return { ...runs[0]!, load: Math.max(...runs.map(({ load }) => load)), parts: runs.flatMap(({ parts }) => parts) };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
