import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What every program begins with. */
const PREAMBLE = `
  const library = require(process.env.COMPILED);
  const fs = require('node:fs');
  const { execFileSync, spawn } = require('node:child_process');
  const DIRECTORY = '/run/netns';
`;

/**
 * Runs the body of an async function in a process with a mount namespace, a network namespace and a /run/netns of its own, and answers
 * with what it returned, by way of JSON. `before` is shell that runs first, `by` what starts the
 * program. It may spoil names and mounts: nobody else sees them.
 */
export async function inOwnMounts(body: string, before = '', by = 'exec'): Promise<unknown> {
  const program = `${PREAMBLE}(async () => {${body}})().then(
    (result) => process.stdout.write(JSON.stringify(result ?? null)),
    (error) => { console.error(error); process.exitCode = 1; });`;
  const shell = `mkdir -p /run/netns; mount -t tmpfs none /run/netns; ${before} ${by} "$0" -e "$1"`;
  const { stdout } = await execute('unshare', ['--net', '--mount', 'sh', '-ec', shell, process.execPath, program], {
    env: { ...process.env, COMPILED: path.resolve(__dirname, '../../dist') },
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as unknown;
}
