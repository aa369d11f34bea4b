'use strict';

// What this process holds, and what is left in its namespaces: for programs that tell at their end whether that grew.

const fs = require('node:fs');

const entries = (directory) => {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
};

const target = (link) => {
  try {
    return fs.readlinkSync(link);
  } catch {
    return '';
  }
};

const textOf = (file) => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Threads of the addon, each of which has a way home: they come and go. */
const addonThreads = () =>
  entries('/proc/self/task').filter((thread) => textOf(`/proc/self/task/${thread}/comm`) === 'rtnetlink\n').length;

/** What is open: sockets, namespaces and files, each with its kind alone, but for pipes, ways home and what is of Node. */
exports.descriptors = () => {
  const home = target('/proc/self/ns/net');
  let waysHome = addonThreads();
  return entries('/proc/self/fd')
    .map((fd) => target(`/proc/self/fd/${fd}`))
    .filter((one) => /^(socket:|net:|mnt:|\/run|\/proc|\/sys)/.test(one))
    .filter((one) => one !== home || waysHome-- <= 0);
};

/** Threads that are in another network namespace than this one's main thread. */
exports.strayThreads = () => {
  const home = target('/proc/self/ns/net');
  const namespaces = entries('/proc/self/task').map((thread) => target(`/proc/self/task/${thread}/ns/net`));
  return namespaces.filter((one) => one !== '' && one !== home);
};

exports.threads = () => entries('/proc/self/task').length;

/** The files of names, and mounts. */
exports.names = () => entries('/run/netns');

const mountsOfNow = () =>
  textOf('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , , , point]) => point !== undefined && point.startsWith('/run/netns/'))
    .map(([id, , , , point]) => ({ id, point }));

/** Those of other programs, which this one's mount namespace is a copy of; they lie below its own /run. */
const mountsOfOthers = new Set(mountsOfNow().map(({ id }) => id));

exports.mounts = () =>
  mountsOfNow()
    .filter(({ id }) => !mountsOfOthers.has(id))
    .map(({ point }) => point);

/** What `probe` gives once `isGood` says so, or after a while. */
exports.lastFound = async (probe, isGood, patience = 10_000) => {
  const end = performance.now() + patience;
  for (;;) {
    const found = await probe();
    if (isGood(found) || performance.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

exports.print = (line) => fs.writeSync(1, `${JSON.stringify(line)}\n`);

/** Nothing may be rejected that nobody hears of: it is told, and the program fails. */
exports.failOnUnhandled = () => {
  const fail = (error) => {
    exports.print({ unhandled: String(error?.stack ?? error), code: error?.code });
    process.exit(70);
  };
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);
};
