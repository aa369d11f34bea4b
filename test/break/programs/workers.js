'use strict';

// For workers.test.ts: starts workers and terminates each at some moment; tells what is held in the end, beside what was at first.

const { once } = require('node:events');
const path = require('node:path');
const { Worker } = require('node:worker_threads');

const { randomOf } = require('../random');
const { descriptors, failOnUnhandled, lastFound, mounts, names, print, strayThreads, threads } = require('./held');

const { seed, step, count } = JSON.parse(process.env.INPUT);
const library = process.env.RTNETLINK;
const random = randomOf(seed, step);

failOnUnhandled();

async function one() {
  const worker = new Worker(path.join(__dirname, 'worker-body.js'), {
    workerData: { library, programs: random.chance(0.2), sockets: random.chance(0.5), slow: random.chance(0.5) },
  });
  worker.on('error', (error) => {
    print({ fault: `a worker failed: ${error.stack}` });
  });
  await once(worker, 'message');
  // Mostly in the middle of things; sometimes while the library is being loaded.
  if (random.chance(0.8)) await once(worker, 'message');
  await new Promise((resolve) => setTimeout(resolve, random.below(40)));
  await worker.terminate();
}

const held = () => ({
  descriptors: descriptors().length,
  threads: threads(),
  stray: strayThreads().length,
  names: names().length,
  mounts: mounts().length,
});

(async () => {
  // The main thread uses the library, too; all threads of the addon and of libuv are there before.
  const { createNamespace, hostNamespace } = require(library);
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 20 }, async () => (await createNamespace()).close()));
    await one();
  }
  // Each time with the socket of the host namespace, which is closed when it has not been used for a while.
  const now = async () => {
    await hostNamespace().links.list();
    return held();
  };
  const before = await lastFound(now, () => false, 1000);
  for (let index = 0; index < count; index++) {
    await Promise.all([one(), random.chance(0.5) ? one() : undefined]);
    print({ terminated: index });
  }
  const isFlat = (found) => Object.keys(before).every((key) => found[key] <= before[key]);
  const after = await lastFound(now, isFlat);
  print({ before, after, isFlat: isFlat(after), left: isFlat(after) ? [] : [before, after, ...descriptors()] });
  process.exit(0);
})();
