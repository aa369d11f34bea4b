'use strict';

// npm run test:packages [-- PART...]: packs the library, and tries the tarball in empty projects: by package manager, by runtime, in
// bundles, by types, as a container image has it. One line for each combination. Needs root, and the binaries (npm run prebuilds).

const { mkdirSync, readdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { root, run, scratch } = require('./support');

const parts = ['tarball', 'managers', 'runtimes', 'bundlers', 'types', 'checks', 'layouts'];
/** Only where they are asked for. */
const others = ['musl'];

async function main(asked) {
  const start = Date.now();
  const given = { tarball: await pack('packed'), pack };
  const combinations = [...parts, ...others]
    .filter((part) => (asked.length === 0 ? parts.includes(part) : asked.some((one) => one.split(':')[0] === part)))
    .flatMap((part) => require(`./${part}`).combinations.map((one) => ({ ...one, part })))
    .filter(({ name, part }) => asked.length === 0 || asked.some((one) => `${part}:${name}`.startsWith(one)));
  const failed = [];
  const left = combinations.slice();
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const began = Date.now();
      try {
        await one.run(given);
        console.log(`ok    ${one.part}: ${one.name}  (${((Date.now() - began) / 1000).toFixed(1)} s)`);
      } catch (error) {
        failed.push(one.name);
        console.log(`FAIL  ${one.part}: ${one.name}\n${String(error.message).replace(/^/gm, '      ')}`);
      }
    }
  };
  await Promise.all([worker(), worker()]);

  const results = process.env.RTNETLINK_RESULTS;
  // In the form of Jest's, which scripts/count-results.js adds up.
  const counts = {
    numPassedTests: combinations.length - failed.length,
    numFailedTests: failed.length,
    ...{ numRuntimeErrorTestSuites: 0, numPendingTests: 0, numTodoTests: 0 },
  };
  if (results !== undefined) writeFileSync(path.join(results, 'packages.json'), JSON.stringify(counts));
  console.log(`${((Date.now() - start) / 1000).toFixed(0)} s`);
  console.log(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed`);
  return failed.length > 0 || combinations.length === 0 ? 1 : 0;
}

/** Packs what `npm run build:lib` made. */
async function pack(name) {
  const folder = path.join(scratch, name);
  mkdirSync(folder);
  // Without prepack's check nobody would see that the binaries are old.
  await run([process.execPath, 'scripts/prepack.js'], { cwd: root });
  await run(['npm', 'pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  return path.join(folder, readdirSync(folder)[0]);
}

main(process.argv.slice(2)).then(
  (status) => (process.exitCode = status),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
