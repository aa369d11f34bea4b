'use strict';

// For inject.test.ts, run under its interposer: tells it which call is to fail, runs a round, and looks at what is left behind it.

const fs = require('node:fs');

const { descriptors, failOnUnhandled, lastFound, mounts, names, print, strayThreads } = require('./held');
const { faultOf, round } = require('./round');

const { control, cases, fresh, whole } = JSON.parse(process.env.INPUT);
const library = require(process.env.RTNETLINK);
const file = fs.openSync(control, 'r+');
const CALL = 0;
const FAILED = 6;
/** A round takes a fraction of a second. */
const HANGS_MS = 45_000;

failOnUnhandled();

function arm({ number, module, errno, nth, allBehind, before }) {
  // The number comes last, since from then on it counts.
  fs.writeSync(file, Uint32Array.of(module, errno, nth, allBehind ? 1 : 0, 0, 0, ...before), 0, 32, 4);
  fs.writeSync(file, Uint32Array.of(number), 0, 4, CALL);
}

function disarm() {
  fs.writeSync(file, Uint32Array.of(0), 0, 4, CALL);
  const failed = new Uint32Array(1);
  fs.readSync(file, failed, 0, 4, FAILED * 4);
  return failed[0];
}

/** What a failed deletion has left is not the library's; what is there behind that is. */
async function tidy() {
  for (const { name } of await library.listNamespaces()) await library.deleteNamespace(name);
  // Where a name was unmounted, and its file not removed.
  await library.sweepNamespaces();
  if (!fresh) await library.hostNamespace().links.list();
}

async function one(armed, index) {
  const name = `chaos${index}`;
  print({ begins: index });
  const hangs = setTimeout(() => {
    print({ index, faults: ['does not end'] });
    process.exit(71);
  }, HANGS_MS);
  // The socket of the host namespace is closed when it has not been used for a while.
  if (!fresh) await library.hostNamespace().links.list();
  const before = descriptors();
  const start = performance.now();
  if (armed !== undefined && !fresh) arm(armed);
  const failed = await round(library, name, armed ?? whole);
  const count = disarm();
  const faults = failed
    .map(({ what, error }) => [what, faultOf(error), String(error?.stack ?? error)])
    .filter(([, fault]) => fault !== undefined)
    .map((parts) => parts.join(': '));
  if (count === 0 && failed.length > 0) faults.push(`failed, and no call did: ${failed[0].what}: ${failed[0].error}`);
  const took = Math.round(performance.now() - start);
  await tidy();
  const left = await lastFound(
    () => [
      ...names().map((one) => `name ${one}`),
      ...mounts().map((one) => `mount ${one}`),
      ...strayThreads().map((one) => `thread in ${one}`),
      ...(fresh || armed === undefined ? [] : surplus(descriptors(), before)).map((one) => `descriptor of ${one}`),
    ],
    (found) => found.length === 0,
    5000,
  );
  clearTimeout(hangs);
  if (left.length > 0) faults.push(`left: ${left.join(', ')}`);
  print({
    index,
    count,
    took,
    checked: Math.round(performance.now() - start) - took,
    failed: failed.map(({ what, error }) => `${what}: ${error?.code}`),
    faults,
  });
}

/** More of a kind than before. */
function surplus(after, before) {
  const kind = (one) => one.replace(/\[.*/, '');
  const kinds = new Set(after.map(kind));
  return [...kinds].filter(
    (one) => after.filter((other) => kind(other) === one).length > before.filter((other) => kind(other) === one).length,
  );
}

(async () => {
  // So that all threads are there, and what Node loads at first use.
  if (!fresh) await Promise.all(Array.from({ length: 20 }, () => library.hostNamespace().processes()));
  for (let index = 0; index < (fresh ? 0 : 1); index++) await one(undefined, `w${index}`);
  for (const [index, armed] of cases.entries()) await one(armed, index);
  print({ done: true });
  process.exit(0);
})();
