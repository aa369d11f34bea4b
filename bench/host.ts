import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { BRIDGE } from './plan';

// The benchmark plays in a network namespace and a mount namespace of its own, with an empty /run. The machine's links
// and names are out of reach, and whatever is left behind, even by a kill, ends with the last process in there.

/** Files for the time of the benchmark. */
export const SCRATCH = '/run/bench';

const SETTLE_MS = 300;

/** Runs a script of this program in a host of its own; resolves with what it sends. */
export function runInPrivateHost<Findings>(script: string, args: string[]): Promise<Findings> {
  const prologue = 'mount -t tmpfs tmpfs /run && exec "$@"';
  const command = ['--net', '--mount', 'sh', '-c', prologue, 'sh', process.execPath, script, ...args];
  // The channel tells the one inside, by its end, that this process was killed. What is printed there is no result.
  const child = spawn('unshare', command, { stdio: ['ignore', process.stderr, 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    let findings: Findings | undefined;
    child.on('message', (message) => (findings = message as Findings));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 && findings !== undefined) resolve(findings);
      else reject(new Error(`${script} ended with ${String(signal ?? code)}`));
    });
  });
}

/** Inside: ends with the process outside, and makes /run/netns as `ip` makes it. */
export async function enterPrivateHost(): Promise<void> {
  process.on('disconnect', () => process.exit(1));
  process.channel?.unref();
  await mkdir(SCRATCH);
  await namespacesEnded();
}

/**
 * Waits until the kernel has ended the namespaces that were deleted up to now, here and elsewhere on the machine. It takes
 * them in their order, some milliseconds each, and what is made meanwhile waits for the same locks. So the end of one more
 * tells that the others are gone.
 */
async function namespacesEnded(): Promise<void> {
  await run('ip', 'netns', 'add', 'last');
  await run('ip', 'link', 'add', 'vethlast', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'last');
  await run('ip', 'netns', 'delete', 'last');
  await hostEndsGone();
}

/** A new bridge, up, in a host that is at rest. */
export async function freshBridge(): Promise<void> {
  await run('ip', 'link', 'delete', BRIDGE).catch(() => undefined);
  await namespacesEnded();
  await run('ip', 'link', 'add', BRIDGE, 'up', 'type', 'bridge');
  await sleep(SETTLE_MS);
}

/**
 * Waits for the kernel to take down what was in deleted namespaces. Looks where it needs no lock of the kernel's, and no
 * further than to the first host end, as floor.c does: that takes some 20 us, and less of the event loop than asking another thread.
 */
export async function hostEndsGone(): Promise<void> {
  const devices = openSync('/proc/self/net/dev', 'r');
  const lines = Buffer.alloc(FIRST_LINES);
  try {
    while (lines.toString('latin1', 0, readSync(devices, lines, 0, FIRST_LINES, 0)).includes('veth')) await sleep(1);
  } finally {
    closeSync(devices);
  }
}

/** There are few other devices in the host. */
const FIRST_LINES = 4096;

const execute = promisify(execFile);

/** Runs a program and resolves with what it prints; rejects with what it complains about. */
export async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(program, args, { maxBuffer: 256 << 20 });
  return stdout;
}
