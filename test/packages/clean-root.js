'use strict';

const { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { esModule, printed } = require('./program');
const { expectPrinted, node, project, run, tool } = require('./support');

// A container image's root: Node, npm, a shell and the libraries of these; no compiler, no Python, no network. npm installs the tarball from
// a folder that holds the tarballs of its dependencies as well.

/** Seconds of a processor for npm install and the program, which is what they take where nothing else runs. */
const LONGEST = 10;

exports.cleanRoot = async ({ tarball }) => {
  const root = project();
  for (const folder of ['proc', 'sys', 'dev', 'run', 'tmp', 'etc', 'app', 'tarballs', 'usr/bin', 'bin']) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  const programs = { 'usr/bin/node': await node(24), 'bin/sh': '/bin/dash', 'usr/bin/env': '/usr/bin/env' };
  for (const name of ['readlink', 'cat', 'ls']) programs[`bin/${name}`] = `/bin/${name}`;
  for (const [place, file] of Object.entries(programs)) await copyProgram(root, place, file);
  cpSync(path.join(await tool('npm 11'), 'npm'), path.join(root, 'usr/lib/npm'), { recursive: true });
  writeFileSync(path.join(root, 'usr/bin/npm'), '#!/bin/sh\nexec node /usr/lib/npm/bin/npm-cli.js "$@"\n');
  chmodSync(path.join(root, 'usr/bin/npm'), 0o755);

  const packages = path.join(root, 'tarballs');
  cpSync(tarball, path.join(packages, 'rtnetlink.tgz'));
  for (const name of ['bindings@1', 'file-uri-to-path@1', 'node-addon-api@8']) {
    await run(['npm', 'pack', '--prefer-offline', '--pack-destination', packages, name]);
  }
  writeFileSync(path.join(root, 'app/package.json'), '{ "private": true }');
  writeFileSync(path.join(root, 'app/program.mjs'), esModule);
  writeFileSync(
    path.join(root, 'app/run.sh'),
    [
      'set -e',
      'for tool in g++ c++ cc gcc clang make python3 python; do ! command -v $tool || exit 1; done',
      'cd /app',
      'npm install --offline --no-audit --no-fund /tarballs/*.tgz >&2',
      'node program.mjs --worker',
      'times >/tmp/times\n',
    ].join('\n'),
  );

  const inside = [
    // As that of a container, this root is a mount.
    'mount --bind "$0" "$0"; mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; mount -t tmpfs none "$0/run"',
    'exec chroot "$0" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp sh /app/run.sh',
  ].join('\n');
  const command = ['unshare', '--net', '--mount', '--pid', '--fork', 'sh', '-ec', inside, root];
  expectPrinted(await run(command), printed);
  // The second line is of the programs: 0m1.234000s 0m0.123000s.
  const times = readFileSync(path.join(root, 'tmp/times'), 'utf8').split('\n')[1];
  const parts = Array.from(
    times.matchAll(/(\d+)m([\d.]+)s/g),
    ([, minutes, seconds]) => minutes * 60 + Number(seconds),
  );
  const seconds = parts.reduce((sum, one) => sum + one, 0);
  if (existsSync(path.join(root, 'app/node_modules/rtnetlink/build'))) throw new Error('something was compiled');
  console.log(`      ${seconds.toFixed(1)} s of a processor`);
  if (seconds > LONGEST) throw new Error(`it took ${seconds} s, more than ${LONGEST}`);
};

/** Copies a program with its libraries. */
async function copyProgram(root, place, file) {
  cpSync(realpathSync(file), path.join(root, place));
  const libraries = await run(['ldd', file]).catch(() => '');
  for (const [, library] of libraries.matchAll(/(\/\S+) \(0x/g)) {
    const to = path.join(root, library);
    if (existsSync(to)) continue;
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(realpathSync(library), to);
  }
}
