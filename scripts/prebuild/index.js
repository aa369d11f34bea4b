'use strict';

// npm run prebuilds [-- PLATFORM...]: makes the binaries that the package carries, for all platforms or some, in prebuilds/, and checks
// them. docs/releasing.md tells what for.

const { existsSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { buildFor } = require('./build');
const { inspect } = require('./check');
const { platforms } = require('./platforms');
const { root, run } = require('./run');
const { digestOfSource, files, prebuilds, readRecord, sumOf, sumsFile, writeRecord } = require('./source');

async function main(asked) {
  const unknown = asked.filter((name) => !(name in platforms));
  if (unknown.length > 0)
    throw new Error(`there is no platform ${unknown}: choose of ${Object.keys(platforms).join(', ')}`);
  const names = asked.length > 0 ? asked : Object.keys(platforms);
  requirePackages(names);
  const digest = digestOfSource();
  for (const name of names) {
    const isMade = readRecord()[name] === digest && files.every((file) => existsSync(path.join(prebuilds, name, file)));
    if (isMade) continue;
    const start = Date.now();
    rmSync(path.join(prebuilds, name), { recursive: true, force: true });
    const scratch = path.join(root, 'build-prebuilt', name);
    mkdirSync(scratch, { recursive: true });
    await buildFor(name, scratch, path.join(prebuilds, name));
    writeRecord(name, digest);
    console.log(`${name}: made in ${((Date.now() - start) / 1000).toFixed(0)} s`);
  }
  report(names);
}

/** Throws an Error that says which packages of Debian are missing. */
function requirePackages(names) {
  const needed = [...new Set(names.flatMap((name) => platforms[name].packages))];
  const missing = needed.filter((name) => !isInstalled(name));
  if (missing.length > 0) throw new Error(`packages of Debian 12 are missing: apt install ${missing.join(' ')}`);
}

function isInstalled(name) {
  try {
    return run('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]) === 'installed';
  } catch {
    return false;
  }
}

/** Prints what was made, writes the sums of all that is there, and throws if something is wrong with it. */
function report(names) {
  const rows = [['platform', 'file', 'bytes', 'glibc', 'needs', 'SHA-256']];
  const problems = [];
  for (const name of names) {
    for (const base of files) {
      const file = path.join(prebuilds, name, base);
      const { problems: found, size, glibc, needed } = inspect(name, file);
      problems.push(...found.map((problem) => `${name}/${base}: ${problem}`));
      rows.push([name, base, String(size), glibc ?? '-', needed.join(' '), sumOf(file).slice(0, 16)]);
    }
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );

  const made = Object.keys(platforms).flatMap((name) => files.map((file) => `${name}/${file}`));
  const there = made.filter((file) => existsSync(path.join(prebuilds, file)));
  writeFileSync(sumsFile, there.map((file) => `${sumOf(path.join(prebuilds, file))}  ${file}\n`).join(''));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`prebuilds: ${error.stderr || error.stack}`);
  process.exitCode = 1;
});
