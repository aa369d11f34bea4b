import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';

import { errorName } from '../errno';
import { NamespaceError } from '../errors';
import { type Where } from '../where';

/** Events of a process that are held back until it is known whether it became the program. */
const HELD = new Set<unknown>(['spawn', 'error', 'exit', 'close', 'message', 'disconnect']);

/** The helper's steps that concern the namespace. Its other steps are those of starting any program. */
const NAMESPACE_STEPS = ['setns', 'unshare', 'mount', 'open', 'readdir'];

interface HelperFailure {
  errno: number;
  call: string;
  file: string;
}

/**
 * Holds the events of a process back until the helper has become the program, which closes `status`, or has reported
 * through `status` why it could not. In that case 'spawn' is dropped, and 'error' is emitted in place of 'exit', as for
 * a program that cannot be started.
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
      // A listener that throws does not stop the remaining events.
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
