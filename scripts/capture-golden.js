'use strict';

// capture-golden.js [--write] [NAME ...]: captures again what is in test/golden/NAME.txt, or in all of them, each in a
// network namespace of its own. Needs root, strace and iproute2; docs/testing.md describes the files.
//
// Without --write it compares: it prints where the requests of a file differ from what iproute2 sends now, and fails.
// Replies hold times, so that they are not compared but only written.

const { execSync, spawnSync } = require('node:child_process');
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { request, rows } = require('./golden/capture');
const { parse, print, saysTheSame } = require('./golden/file');

const folder = path.join(__dirname, '..', 'test', 'golden');
/** Says that this process is inside the namespace. */
const INSIDE = '--inside';

/** Runs a file's commands in this namespace; its entries, with what they sent. */
function capture(name) {
  const holdsRows = name.endsWith('-replies');
  return parse(readFileSync(fileOf(name), 'utf8')).map((entry) => {
    if (entry.kind === 'heading') return entry;
    if (entry.kind === 'setup') {
      execSync(entry.text, { stdio: ['ignore', 'ignore', 'inherit'] });
      return entry;
    }
    if (holdsRows) return entry.text.includes(' -j ') ? { ...entry, body: rows(entry.text) } : entry;
    const { body, refusal } = request(entry.text);
    if (refusal !== undefined) console.log(`${name}: sent, but refused by this kernel: ${entry.text}: ${refusal}`);
    return { ...entry, body: saysTheSame(entry.body, body) ? entry.body : body };
  });
}

/** Writes the file or compares with it; true if it is as it should be. */
function handle(name, write) {
  const captured = capture(name);
  if (write) {
    writeFileSync(fileOf(name), print(captured));
    return true;
  }
  const differing = parse(readFileSync(fileOf(name), 'utf8'))
    .map((entry, index) => ({ ...entry, now: captured[index].body }))
    .filter(({ body, now }) => !saysTheSame(body, now));
  for (const { text, body, now } of differing) {
    console.log(
      `${name}: ${text}\n${body.map((line) => `- ${line}`).join('\n')}\n${now.map((line) => `+ ${line}`).join('\n')}`,
    );
  }
  return differing.length === 0;
}

function fileOf(name) {
  return path.join(folder, `${name}.txt`);
}

function main([...args]) {
  const options = args.filter((arg) => arg.startsWith('--'));
  const given = args.filter((arg) => !arg.startsWith('--'));
  const write = options.includes('--write');
  if (options.includes(INSIDE)) {
    process.exitCode = handle(given[0], write) ? 0 : 1;
    return;
  }
  const all = readdirSync(folder).filter((file) => file.endsWith('.txt'));
  const names = given.length > 0 ? given : all.map((file) => path.basename(file, '.txt'));
  // Events need somebody who listens; they stay as they were captured.
  const wanted = write ? /-(requests|replies)$/ : /-requests$/;
  for (const name of names.filter((one) => wanted.test(one))) {
    const again = [process.execPath, __filename, INSIDE, ...options, name];
    const { status } = spawnSync('unshare', ['--net', ...again], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
    console.log(`${name}: ${status === 0 ? (write ? 'written' : 'as it is sent') : 'failed'}`);
  }
}

main(process.argv.slice(2));
