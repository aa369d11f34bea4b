#!/usr/bin/env node
'use strict';

// rtnetlink build: compiles the addon where the package is installed, for platforms that it has no binary for. What is compiled is taken
// before what the package has.

const { spawnSync } = require('node:child_process');
const { copyFileSync, existsSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');
const release = path.join(root, 'build', 'Release');
const env = process.env;

/** What compiling takes: its name in a sentence, the programs of which one is enough, and its packages. */
const tools = [
  { what: 'a C++ compiler', programs: [env.CXX, 'g++'], debian: 'g++', alpine: 'g++ linux-headers' },
  { what: 'make', programs: [env.MAKE, 'make'], debian: 'make', alpine: 'make' },
  {
    what: 'Python 3',
    programs: [env.npm_config_python, env.PYTHON, 'python3', 'python'],
    debian: 'python3',
    alpine: 'python3',
  },
];

function main([command, ...rest]) {
  if (command !== 'build' || rest.length > 0) {
    console.error('usage: rtnetlink build    compiles the addon where the package is installed');
    return 2;
  }
  if (process.platform !== 'linux') return fail(`rtnetlink is for Linux; this is ${process.platform}`);
  const missing = tools.filter(({ programs }) => !programs.some(isThere));
  if (missing.length > 0) {
    const packages = (system) => missing.map((tool) => tool[system]).join(' ');
    return fail(
      `compiling needs ${missing.map(({ what }) => what).join(' and ')}, which cannot be run here\n` +
        `  Debian, Ubuntu: apt install ${packages('debian')}\n  Alpine: apk add ${packages('alpine')}`,
    );
  }
  const gypFile = path.join(root, 'binding.gyp');
  if (!existsSync(gypFile)) copyFileSync(path.join(root, 'native', 'binding.gyp'), gypFile);
  const [program, ...args] = nodeGyp();
  const { status, error } = spawnSync(
    program,
    [...args, 'rebuild', '-j', String(os.availableParallelism()), ...headers()],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) return fail(`node-gyp failed${error === undefined ? '' : `: ${error.message}`}`);
  for (const left of ['obj.target', '.deps', 'obj']) rmSync(path.join(release, left), { recursive: true, force: true });
  require(path.join(release, 'rtnetlink.node'));
  console.log(`compiled, and taken from now on: ${path.join(release, 'rtnetlink.node')}`);
  return 0;
}

function fail(message) {
  console.error(`rtnetlink build: ${message}`);
  return 1;
}

function isThere(program) {
  if (program === undefined || program === '') return false;
  // A compiler may be given with flags, or behind ccache.
  const [file, ...args] = program.split(' ');
  return spawnSync(file, [...args, '--version'], { stdio: 'ignore' }).status === 0;
}

/** The node-gyp that npm carries: of the npm that runs this, else of the one beside Node, else the newest. */
function nodeGyp() {
  const besideNode = path.join(process.execPath, '../../lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js');
  const found = [env.npm_config_node_gyp, besideNode].find((file) => file && existsSync(file));
  return found === undefined ? ['npx', '--yes', 'node-gyp'] : [process.execPath, found];
}

/** Where Node has its headers beside it, none need to be downloaded. */
function headers() {
  const prefix = path.join(process.execPath, '../..');
  const isThere = existsSync(path.join(prefix, 'include', 'node', 'node_api.h'));
  return isThere && env.npm_config_nodedir === undefined ? [`--nodedir=${prefix}`] : [];
}

process.exitCode = main(process.argv.slice(2));
