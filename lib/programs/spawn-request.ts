import type { SpawnOptions } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkObject, show, wrongType } from '../errors';

/** A checked call of `spawn`. */
export interface SpawnRequest {
  /** What is executed: the command, or the shell that runs it. */
  file: string;
  /** Its arguments from the zeroth on. */
  args: string[];
  /** The options as the user gave them. */
  options: SpawnOptions;
}

const LARGEST_ID = 0x7fffffff;
const DEFAULT_PATH = '/usr/local/bin:/bin:/usr/bin';

/**
 * Reads the arguments of `spawn` as node:child_process does. Throws a TypeError for arguments that would otherwise only
 * fail in the helper; the other options are checked by node:child_process itself, before it starts anything.
 */
export function spawnRequest(command: unknown, second: unknown, third: unknown): SpawnRequest {
  const given = Array.isArray(second) || second == null ? third : second;
  const list: unknown[] = Array.isArray(second) ? second : [];
  if (given != null) checkObject('options', given);
  const options = (given ?? {}) as SpawnOptions;
  checkText('command', command);
  if (command === '') throw wrongType('must not be empty', 'command');
  const args = list.map((argument, index) => {
    const text = String(argument);
    checkText(`args.${index}`, text);
    return text;
  });
  const { cwd } = options;
  if (cwd != null && !(cwd instanceof URL)) checkText('cwd', cwd, 'a string or a URL');
  checkId('uid', options.uid);
  checkId('gid', options.gid);
  if (options.argv0 != null) checkText('argv0', options.argv0);
  const { shell } = options;
  if (shell != null && typeof shell !== 'boolean') checkText('shell', shell, 'a string or a boolean');

  if (shell == null || shell === false || shell === '') {
    return { file: command, args: [options.argv0 ?? command, ...args], options };
  }
  const file = shell === true ? '/bin/sh' : shell;
  return { file, args: [options.argv0 ?? file, '-c', [command, ...args].join(' ')], options };
}

/** Whether execvp would find no file of this name. */
export function isMissing({ file, options }: SpawnRequest): boolean {
  const { cwd, env } = options;
  const base = cwd == null ? process.cwd() : path.resolve(typeof cwd === 'string' ? cwd : fileURLToPath(cwd));
  const directories = file.includes('/') ? [''] : ((env ?? process.env).PATH ?? DEFAULT_PATH).split(':');
  return directories.every((directory) => !mayExist(path.resolve(base, directory, file)));
}

function mayExist(file: string): boolean {
  try {
    return fs.statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function checkText(property: string, value: unknown, expected = 'a string'): asserts value is string {
  if (typeof value !== 'string') throw wrongType(`must be ${expected}, not ${show(value)}`, property);
  if (value.includes('\0')) throw wrongType(`must not contain NUL: ${show(value)}`, property);
}

function checkId(property: string, value: unknown): void {
  if (value == null || (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST_ID)) return;
  throw wrongType(`must be a whole number from 0 to ${LARGEST_ID}, not ${show(value)}`, property);
}
