import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';

import { errorName } from '../errno';
import { NamespaceError } from '../errors';
import { type Where } from '../where';

/** What must not be heard of a process before it is known whether it became the program. */
const HELD = new Set<unknown>(['spawn', 'error', 'exit', 'close', 'message', 'disconnect']);

/** The steps of the helper that concern the namespace. The others are those of every start of a program. */
const NAMESPACE_STEPS = ['setns', 'unshare', 'mount', 'open', 'readdir'];

interface HelperFailure {
  errno: number;
  call: string;
  file: string;
}

/**
 * Holds the events of a process back until the helper has become the program, which closes `status`, or reported through it
 * why it could not. Then 'spawn' is left out, and 'error' takes the place of 'exit', as where a program cannot be
 * started at all.
 */
export function awaitProgram(child: ChildProcess, status: Readable, where: Where): void {
  const held: [event: string, args: unknown[]][] = [];
  let report: string | undefined;
  let text = '';

  child.emit = (event: string | symbol, ...args: unknown[]) => {
    if (!HELD.has(event)) return EventEmitter.prototype.emit.call(child, event, ...args);
    held.push([event as string, args]);
    settle();
    return true;
  };
  status.setEncoding('utf8');
  status.on('data', (data: string) => (text += data));
  status.on('error', () => undefined); // 'close' follows
  // Before node:child_process notices and emits 'close' of the process.
  status.prependOnceListener('close', () => {
    report = text;
    settle();
  });

  function settle(): void {
    if (report === undefined) return;
    if (report !== '') {
      const exit = held.find(([event]) => event === 'exit');
      if (exit === undefined) return;
      const failure = parse(report);
      Object.assign(child, { exitCode: -failure.errno, signalCode: null });
      exit.splice(0, 2, 'error', [errorOf(failure, child, where)]);
      const spawned = held.findIndex(([event]) => event === 'spawn');
      if (spawned >= 0) held.splice(spawned, 1);
    }
    Reflect.deleteProperty(child, 'emit');
    flush();
  }

  function flush(): void {
    const next = held.shift();
    if (next === undefined) return;
    try {
      child.emit(next[0], ...next[1]);
    } finally {
      // A listener that throws does not keep the others from hearing what comes next.
      flush();
    }
  }
}

function parse(report: string): HelperFailure {
  const [, errno, call = '', file = ''] = /^(\d+) (\S+) (.*)$/s.exec(report) ?? [];
  return { errno: Number(errno), call, file };
}

function errorOf({ errno, call, file }: HelperFailure, { spawnfile, spawnargs }: ChildProcess, where: Where): Error {
  if (NAMESPACE_STEPS.includes(call)) {
    const subject = file === '' ? undefined : `'${file}'`;
    return new NamespaceError({ errno, syscall: call, where, subject });
  }
  const code = errorName(errno);
  return Object.assign(new Error(`spawn ${spawnfile} ${code}`), {
    errno: -errno,
    code,
    syscall: `spawn ${spawnfile}`,
    path: spawnfile,
    spawnargs: spawnargs.slice(1),
  });
}
