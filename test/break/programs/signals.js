'use strict';

// For signals.test.ts, run under its library that sends signals to all threads: rounds, in which nothing may fail. What handlers in
// JavaScript hear comes on top: from the process itself, and of children that end.

const { spawn } = require('node:child_process');

const { descriptors, failOnUnhandled, lastFound, mounts, names, print, strayThreads } = require('./held');
const { round } = require('./round');

const { rounds } = JSON.parse(process.env.INPUT);
const library = require(process.env.RTNETLINK);

failOnUnhandled();

let heard = 0;
for (const signal of ['SIGUSR2', 'SIGCHLD', 'SIGWINCH', 'SIGCONT']) process.on(signal, () => heard++);

(async () => {
  // It is not ours: the round counts no descriptors of it.
  const program = `while :; do kill -USR2 ${process.pid}; kill -WINCH ${process.pid}; kill -CONT ${process.pid}; : & done`;
  const sender = spawn('sh', ['-c', program], { stdio: 'ignore' });
  await Promise.all(Array.from({ length: 20 }, () => library.hostNamespace().processes()));
  await library.hostNamespace().links.list();
  const before = descriptors().length;
  for (let index = 0; index < rounds; index++) {
    const failed = await round(library, `storm${index}`, { worker: index % 3 === 0 });
    print({ index, failed: failed.map(({ what, error }) => `${what}: ${error.stack}`) });
  }
  sender.kill('SIGKILL');
  const left = await lastFound(
    async () => {
      await library.hostNamespace().links.list();
      return { names: names(), mounts: mounts(), stray: strayThreads(), surplus: descriptors().length - before };
    },
    (found) =>
      Object.values(found)
        .flat()
        .every((one) => typeof one === 'number' && one <= 0),
  );
  print({ heard, left });
  process.exit(0);
})();
