import os from 'node:os';

import { floor } from './contenders/floor';
import { ipBatch, ipBatchPerNetwork } from './contenders/ip-batch';
import { library, libraryAhead, libraryOneByOne, libraryTogether } from './contenders/library';
import { spawn } from './contenders/spawn';
import { enterPrivateHost } from './host';
import { readOptions } from './options';
import { asJson, asText } from './report';
import { compete, watchEventLoop } from './rounds';

const brief = [floor, library, libraryAhead, libraryTogether, libraryOneByOne];
const all = [...brief, ipBatch, ipBatchPerNetwork, spawn];

/** The benchmark itself, in the private host that index.ts makes for it. */
async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  const [load = 0] = os.loadavg();
  await enterPrivateHost();
  const scores = await compete(options.brief ? brief : all, options);
  const delays = await watchEventLoop(library, floor, options);
  console.log((options.json ? asJson : asText)({ scores, delays, load }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
