'use strict';

// For chaos.test.ts: all verbs in namespaces whose handles are closed and deleted at random meanwhile, `count` of them, some at once. What is
// rejected says why; what this process holds does not grow from the middle to the end.

const fs = require('node:fs');

const { faultOf } = require('./round');
const { deeds } = require('./deeds');
const { descriptors, failOnUnhandled, lastFound, mounts, names, print, strayThreads, threads } = require('./held');
const { randomOf } = require('../random');

const { seed, step, count, seconds } = JSON.parse(process.env.INPUT);
const library = require(process.env.RTNETLINK);
const random = randomOf(seed, step);

const AT_ONCE = 8;
const OPEN = 6;
/** No operation takes that long. */
const HANGS_MS = 45_000;

failOnUnhandled();

const open = [];
let made = 0;
let begun = 0;
let threadsAtRest = 0;
let descriptorsAtRest = 0;

async function make() {
  const name = random.chance(0.3) ? `chaos${made++}` : undefined;
  const furnish = random.chance(0.3) ? (n) => [n.links.set('lo', { up: true })] : undefined;
  open.push(await library.createNamespace(name, furnish));
}

async function end() {
  const [namespace] = open.splice(random.below(open.length), 1);
  if (namespace === undefined) return;
  await (random.chance(0.5) ? namespace.delete() : namespace[Symbol.asyncDispose]());
  if (namespace.name === undefined || random.chance(0.5)) return;
  // Of what is gone.
  await namespace.delete();
}

/** Closes a handle of which others may be in the middle; its name stays, and is deleted by it. */
async function close() {
  const [namespace] = open.splice(random.below(open.length), 1);
  await namespace?.close();
  if (namespace?.name !== undefined) await library.deleteNamespace(namespace.name);
}

/** `told` learns what it is. */
async function one(told) {
  const chance = random.below(100);
  if (open.length < 2 || (chance < 6 && open.length < OPEN)) return await make();
  if (chance < 9) return await end();
  if (chance < 12) return await close();
  const deed = random.pick(deeds);
  told.what = String(deed);
  return await deed(random.pick(open), random.pick(open), random, library);
}

async function guarded() {
  const index = begun++;
  const told = { what: 'a namespace is made or ends' };
  let timer;
  const hangs = new Promise((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('does not end'), { hangs: true })), HANGS_MS);
  });
  try {
    await Promise.race([one(told), hangs]);
  } catch (error) {
    const fault = error.hangs ? 'does not end' : faultOf(error);
    if (fault !== undefined) print({ fault: `operation ${index}: ${fault}: ${told.what}: ${error.stack}` });
  } finally {
    clearTimeout(timer);
  }
}

/** With what is garbage collected; a moment for what ends by itself. */
async function held() {
  // Sockets that nobody uses are closed after a while.
  const closed = () => lastFound(descriptors, (found) => found.length <= descriptorsAtRest, 5000);
  await closed();
  for (let round = 0; round < 4; round++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { rss, heapUsed } = process.memoryUsage();
  // One that reads events ends with the last that waits for some.
  const count = await lastFound(threads, (now) => now <= threadsAtRest, 3000);
  return { rss: rss >> 20, heap: heapUsed >> 20, descriptors: await closed(), threads: count };
}

async function until(limit, deadline) {
  const worker = async () => {
    while (begun < limit && performance.now() < deadline) {
      await guarded();
      if (begun % 500 === 0) print({ begun });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function endAll() {
  for (const namespace of open.splice(0)) await namespace[Symbol.asyncDispose]().catch(() => undefined);
}

(async () => {
  // So that all threads are there: those of the addon, and of Node's pool.
  await Promise.all(Array.from({ length: 20 }, () => library.hostNamespace().processes()));
  await Promise.all(Array.from({ length: 20 }, () => fs.promises.access('/')));
  threadsAtRest = threads();
  descriptorsAtRest = descriptors().length;
  const half = (seconds * 1000) / 2;
  await until(count / 2, performance.now() + half);
  await endAll();
  const middle = await held();
  await until(begun + count / 2, performance.now() + half);
  await endAll();
  const after = await held();
  const left = await lastFound(
    () => [...names(), ...mounts(), ...strayThreads()],
    (found) => found.length === 0,
  );
  print({ operations: begun, middle, after, left });
  process.exit(0);
})();
