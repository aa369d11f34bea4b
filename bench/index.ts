import path from 'node:path';

import { compile } from './contenders/floor';
import { runInPrivateHost } from './host';
import { readOptions, usage } from './options';

/** A part of the benchmark: its script, and the C program that it is compared with. */
interface Part {
  script: string;
  floor: string;
}

const networks: Part = { script: 'main.js', floor: 'floor' };
const parts: Record<string, Part> = {
  lists: { script: 'lists/main.js', floor: 'list-floor' },
  steps: { script: 'steps.js', floor: 'floor' },
};

/** Measures this library beside its peers and beside the floor: `npm run bench -- --help`. */
async function main(): Promise<number> {
  const [, , subject = ''] = process.argv;
  const part = Object.hasOwn(parts, subject) ? parts[subject]! : networks;
  if (part === networks && readOptions() === undefined) {
    console.log(usage);
    return 0;
  }
  if (process.getuid?.() !== 0) {
    console.error('The benchmark makes network namespaces, which takes root.');
    return 1;
  }
  compile(part.floor);
  return await runInPrivateHost(path.join(__dirname, part.script), process.argv.slice(2));
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
