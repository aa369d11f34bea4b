'use strict';

const { execFile, execFileSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
exports.root = root;

/** Same output in whatever language and time zone. */
const env = { ...process.env, LC_ALL: 'C', SOURCE_DATE_EPOCH: '0' };

/** What a program prints. Throws an Error with what it printed where it fails. */
exports.run = (program, args, options = {}) => {
  return execFileSync(program, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1e9,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
};

/** Runs commands, as many at a time as there are processors. */
exports.runAll = async (commands) => {
  const left = commands.slice();
  const worker = async () => {
    for (let command = left.shift(); command !== undefined; command = left.shift()) {
      const [program, ...args] = command;
      await new Promise((resolve, reject) => {
        execFile(program, args, { cwd: root, env, maxBuffer: 1e9 }, (error, stdout, stderr) => {
          process.stderr.write(stderr);
          if (error) reject(error);
          else resolve();
        });
      });
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
};

/** The lines of a file that are no comments. */
exports.linesOf = (file) =>
  readFileSync(path.join(root, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Where the headers of Node are: those beside the Node that runs, or in $npm_config_nodedir. */
exports.nodeHeaders = () => {
  const prefixes = [process.env.npm_config_nodedir, path.join(process.execPath, '../..')].filter(Boolean);
  const folders = prefixes.map((prefix) => path.join(prefix, 'include', 'node'));
  const found = folders.find((folder) => existsSync(path.join(folder, 'node_api.h')));
  if (found === undefined) throw new Error(`node_api.h is not in ${folders.join(', nor in ')}: say npm_config_nodedir`);
  return found;
};
