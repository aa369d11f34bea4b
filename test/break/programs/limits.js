'use strict';

// For limits.test.ts: what the library says where something is limited or missing; `script` is shell that makes it so once the library
// is loaded, PID being this process. What could be made is deleted again, and nothing else is left.

const { execFileSync } = require('node:child_process');

const { failOnUnhandled, lastFound, mounts, names, print } = require('./held');
const { faultOf, round } = require('./round');

const { script, rounds = 2 } = JSON.parse(process.env.INPUT);
const library = require(process.env.RTNETLINK);

failOnUnhandled();

(async () => {
  if (script !== undefined) {
    execFileSync('sh', ['-ec', script], { env: { ...process.env, PID: String(process.pid) }, stdio: 'inherit' });
  }
  const failed = [];
  for (let index = 0; index < rounds; index++)
    failed.push(...(await round(library, `limit${index}`, { worker: true, keep: true })));
  const left = await lastFound(
    () => (failed.some(({ what }) => what === 'delete') ? [] : [...names(), ...mounts()]),
    (found) => found.length === 0,
    5000,
  );
  print({
    failed: failed.map(({ what, error }) => ({
      what,
      code: error.code,
      syscall: error.syscall,
      capability: error.capability,
    })),
    faults: failed
      .map(({ what, error }) => [what, faultOf(error), error])
      .filter(([, fault]) => fault !== undefined)
      .map(([what, fault, error]) => `${what}: ${fault}: ${error?.stack ?? error}`),
    left,
  });
  process.exit(0);
})();
