import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Call } from './calls';

/** A library that has calls fail, and the numbers by which it knows them. */
export interface Interposer extends Disposable {
  /** The file to preload. */
  library: string;
  numberOf(name: string): number;
}

/** How a call says that it failed, where that is not -1. */
const ways: Readonly<Record<string, string>> = {
  opendir: 'IS_NULL',
  fdopendir: 'IS_NULL',
  readdir64: 'IS_NULL',
  getcwd: 'IS_NULL',
  pthread_create: 'GIVES',
  close: 'ENDS',
  closedir: 'ENDS',
};

/** Compiles test/break/interposer.c for these calls. */
export function buildInterposer(calls: readonly Call[]): Interposer {
  const directory = mkdtempSync(path.join(tmpdir(), 'rtnl-break-'));
  const names = [...new Set(calls.map(({ name }) => name))];
  const numberOf = (name: string) => names.indexOf(name) + 1;
  const lines = names.map((name) => `CALL(${numberOf(name)}, ${name}, ${ways[name] ?? 'FAILS'})`);
  writeFileSync(path.join(directory, 'calls.h'), `${lines.join('\n')}\n`);
  const library = path.join(directory, 'interposer.so');
  const special = ['PTHREAD_CREATE', 'EXECVP', 'EPOLL_CTL'].map((name) => `-D${name}=${numberOf(name.toLowerCase())}`);
  const options = ['-shared', '-fPIC', '-O1', '-w', '-fno-builtin', '-iquote', directory, ...special];
  execFileSync('gcc', [...options, path.join(__dirname, 'interposer.c'), '-o', library, '-ldl']);
  return {
    library,
    numberOf,
    [Symbol.dispose]: () => {
      rmSync(directory, { recursive: true });
    },
  };
}
