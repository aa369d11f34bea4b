import type { ChildProcess, StdioOptions } from 'node:child_process';
import type net from 'node:net';

import { show, wrongType } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { helperFile } from '../native';
import { packages } from '../packages';
import { type Where } from '../where';
import { awaitProgram } from './spawn-outcome';
import { isMissing, spawnRequest, type SpawnRequest } from './spawn-request';

/** A path that cannot exist, so that node:child_process itself reports a missing command. */
const NOWHERE = '/proc/self/no-such-command';

/** Prefix for the names of the program's variables, so that the helper's own loader ignores them. */
const MARK = '+';

/**
 * Starts a program inside a namespace, by way of a helper that enters the namespace and becomes the program. If the
 * namespace has a name, the files in /etc/netns/NAME are mounted over those of /etc.
 */
export function spawn(
  handle: NamespaceHandle,
  name: string | undefined,
  command: unknown,
  args?: unknown,
  options?: unknown,
): ChildProcess {
  const request = spawnRequest(command, args, options);
  // The program itself keeps the namespace alive; starting it copies the descriptor before this returns.
  handle.retain();
  try {
    return isMissing(request) ? startNothing(request) : startHelper(request, handle.fd, name, handle.where);
  } finally {
    handle.release();
  }
}

function startNothing(request: SpawnRequest): ChildProcess {
  const { shell: _, argv0: __, uid: ___, gid: ____, ...options } = request.options;
  return disguise(packages.childProcess.spawn(NOWHERE, options), request);
}

function startHelper(request: SpawnRequest, fd: number, name: string | undefined, where: Where): ChildProcess {
  const { uid, gid, env, stdio, ...options } = request.options;
  const ownStdio = stdioList(stdio);
  const args = [
    ...[ownStdio.length, ownStdio.length + 1, uid ?? '-', gid ?? '-'].map(String),
    name === undefined ? '-' : `=${name}`,
    request.file,
    ...request.args,
  ];
  const child = packages.childProcess.spawn(helperFile(), args, {
    ...options,
    argv0: 'rtnetlink-exec',
    shell: false,
    env: marked(env ?? process.env),
    stdio: [...ownStdio, fd, 'pipe'] as StdioOptions,
  });
  disguise(child, request);
  // When no descriptors are left, Node returns no list.
  const all = child.stdio as (net.Socket | null)[] | undefined;
  const status = all?.pop();
  all?.pop();
  if (status != null) awaitProgram(child, status, where);
  return child;
}

/** The list that node:child_process makes of the option, so that appended descriptors get numbers of their own. */
function stdioList(stdio: StdioOptions | null | undefined): unknown[] {
  if (stdio != null && !Array.isArray(stdio) && !['pipe', 'overlapped', 'ignore', 'inherit'].includes(stdio)) {
    throw wrongType(`must be 'pipe', 'ignore', 'inherit' or an array, not ${show(stdio)}`, 'stdio');
  }
  const list: unknown[] = Array.isArray(stdio) ? [...(stdio as unknown[])] : [stdio, stdio, stdio];
  while (list.length < 3) list.push(undefined);
  return list;
}

/**
 * The environment with prefixed names, including inherited variables, as in node:child_process. Variables that Node
 * adds itself keep their names.
 */
function marked(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = {};
  for (const variable in env) {
    result[variable.startsWith('NODE_') ? variable : MARK + variable] = env[variable];
  }
  return result;
}

/** Shows the user's command as the process's `spawnfile` and `spawnargs`. */
function disguise(child: ChildProcess, { file, args }: SpawnRequest): ChildProcess {
  return Object.assign(child, { spawnfile: file, spawnargs: args } satisfies Partial<ChildProcess>);
}
