import path from 'node:path';

import { compile, compileFloor } from './contenders/floor';
import { runInPrivateHost } from './host';
import { readOptions, usage } from './options';

/** Measures this library beside its peers and beside the floor: `npm run bench -- --help`. */
async function main(): Promise<number> {
  const isLists = process.argv[2] === 'lists';
  if (!isLists && readOptions() === undefined) {
    console.log(usage);
    return 0;
  }
  if (process.getuid?.() !== 0) {
    console.error('The benchmark makes network namespaces, which takes root.');
    return 1;
  }
  if (isLists) {
    compile('list-floor');
    return await runInPrivateHost(path.join(__dirname, 'lists/main.js'), process.argv.slice(2));
  }
  compileFloor();
  return await runInPrivateHost(path.join(__dirname, 'main.js'), process.argv.slice(2));
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
