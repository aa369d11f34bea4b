import type { ChildProcess, ExecFileOptions, ExecOptions, PromiseWithChild } from 'node:child_process';

import { checkInteger } from '../codec';
import { ledToCaller, show, wrongType } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions, whenRead, type Checks } from '../options';
import { collectOutput, type Limits, type Output, type ProgramOutput } from './exec-output';
import { spawn } from './spawn';

type Callback<Text> = (error: Error | null, stdout: Text, stderr: Text) => void;
/** Options for output as text. */
interface TextEncoding {
  /** How bytes become text; 'utf8' by default. */
  encoding?: BufferEncoding | undefined;
}
type AsText = TextEncoding | null | undefined;
/** Options for output as bytes. */
interface AsBytes {
  /** 'buffer' or null: bytes stay bytes. */
  encoding: 'buffer' | null;
}

/**
 * `exec` of node:child_process, inside a namespace: runs a command line in a shell. Without a callback it returns a
 * promise of what was printed, as `promisify(exec)` does, with the process as its `child`. It rejects with an error
 * that has `code`, `signal`, `killed`, `cmd`, `stdout` and `stderr`.
 */
export interface Exec {
  /** As `exec` of node:child_process with a callback, inside the namespace. */
  (command: string, callback: Callback<string>): ChildProcess;
  /** As `exec` of node:child_process with a callback, inside the namespace; the output is bytes. */
  (command: string, options: AsBytes & ExecOptions, callback: Callback<Buffer>): ChildProcess;
  /** As `exec` of node:child_process with a callback, inside the namespace. */
  (command: string, options: AsText & ExecOptions, callback: Callback<string>): ChildProcess;
  /** Runs a command line in a shell inside the namespace, and resolves with its `stdout` and `stderr`, as bytes. */
  (command: string, options: AsBytes & ExecOptions): PromiseWithChild<ProgramOutput<Buffer>>;
  /**
   * Runs a command line in a shell inside the namespace, and resolves with its `stdout` and `stderr`. Rejects with an error that has `code`,
   * `signal`, `stdout` and `stderr` if it fails: `await blue.exec('ip -j address', { timeout: 1000 })`.
   */
  (command: string, options?: AsText & ExecOptions): PromiseWithChild<ProgramOutput<string>>;
}

/**
 * `execFile` of node:child_process, inside a namespace: runs a program without a shell. Otherwise like {@link Exec}.
 */
export interface ExecFile {
  /** As `execFile` of node:child_process with a callback, inside the namespace. */
  (file: string, callback: Callback<string>): ChildProcess;
  /** As `execFile` of node:child_process with a callback, inside the namespace. */
  (file: string, args: readonly string[] | null | undefined, callback: Callback<string>): ChildProcess;
  /** As `execFile` of node:child_process with a callback, inside the namespace; the output is bytes. */
  (file: string, args: readonly string[], options: AsBytes & ExecFileOptions, callback: Callback<Buffer>): ChildProcess;
  /** As `execFile` of node:child_process with a callback, inside the namespace. */
  (file: string, args: readonly string[], options: AsText & ExecFileOptions, callback: Callback<string>): ChildProcess;
  /** Runs a program inside the namespace, and resolves with its `stdout` and `stderr`, as bytes. */
  (file: string, args: readonly string[], options: AsBytes & ExecFileOptions): PromiseWithChild<ProgramOutput<Buffer>>;
  /**
   * Runs a program inside the namespace, without a shell, and resolves with its `stdout` and `stderr`. Rejects with an error that has `code`,
   * `signal`, `stdout` and `stderr` if it fails: `await blue.execFile('ip', ['-j', 'address'], { timeout: 1000 })`.
   */
  (
    file: string,
    args?: readonly string[] | null,
    options?: AsText & ExecFileOptions,
  ): PromiseWithChild<ProgramOutput<string>>;
}

type GivenOptions = ExecFileOptions & Partial<Limits>;

/** The options that are used here. Those that are passed on to `spawn` are checked there. */
const execChecks: Checks<ExecFileOptions> = {
  cwd: whenRead,
  env: whenRead,
  uid: whenRead,
  gid: whenRead,
  shell: whenRead,
  signal: whenRead,
  encoding: whenRead,
  killSignal: whenRead,
  timeout(value) {
    checkInteger(value, 0, Number.MAX_SAFE_INTEGER);
  },
  maxBuffer(value) {
    if (typeof value === 'number' && value >= 0) return;
    throw wrongType(`must be a number of bytes, 0 or more, not ${show(value)}`);
  },
  windowsHide: whenRead,
  windowsVerbatimArguments: whenRead,
};

export function exec(handle: NamespaceHandle, name: string | undefined, command: string, rest: unknown[]) {
  const [options, callback] = optionsAndCallback(rest);
  const { shell } = options;
  return execute(handle, name, command, [], { ...options, shell: typeof shell === 'string' ? shell : true }, callback);
}

export function execFile(handle: NamespaceHandle, name: string | undefined, file: string, rest: unknown[]) {
  const [first] = rest;
  const hasArgs = Array.isArray(first) || first == null;
  const [options, callback] = optionsAndCallback(hasArgs ? rest.slice(1) : rest);
  return execute(handle, name, file, Array.isArray(first) ? first : [], options, callback);
}

function execute(
  handle: NamespaceHandle,
  name: string | undefined,
  file: string,
  args: unknown[],
  options: GivenOptions,
  callback: Callback<Output> | undefined,
): ChildProcess | PromiseWithChild<ProgramOutput<Output>> {
  const limits = limitsOf(options);
  const { cwd, env, uid, gid, shell, signal } = options;
  const { killSignal } = limits;
  const child = spawn(handle, name, file, args, { cwd, env, uid, gid, shell, signal, killSignal });
  const command = [file, ...args.map(String)].join(' ');
  if (callback !== undefined) {
    collectOutput(child, command, limits, callback);
    return child;
  }
  const ended = new Promise<ProgramOutput<Output>>((resolve, reject) => {
    collectOutput(child, command, limits, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(Object.assign(error, { stdout, stderr }));
    });
  });
  return Object.assign(outputOf(ended), { child });
}

/** The error of a program is made when it ends, where nothing is known of who started it. */
async function outputOf(ended: Promise<ProgramOutput<Output>>): Promise<ProgramOutput<Output>> {
  try {
    return await ended;
  } catch (error) {
    throw ledToCaller(error as Error, outputOf);
  }
}

function optionsAndCallback(rest: unknown[]): [options: GivenOptions, callback: Callback<Output> | undefined] {
  const [first, second] = typeof rest[0] === 'function' ? [undefined, rest[0]] : rest;
  const options = first == null ? {} : checkedOptions<ExecFileOptions>(first, execChecks);
  if (second != null && typeof second !== 'function') {
    throw wrongType(`must be a function, not ${show(second)}`, 'callback');
  }
  return [options as GivenOptions, (second ?? undefined) as Callback<Output> | undefined];
}

function limitsOf(options: Partial<Limits>): Limits {
  const { encoding = 'utf8', timeout = 0, maxBuffer = 1024 * 1024, killSignal = 'SIGTERM' } = options;
  // As in node:child_process, 'buffer' and anything else that is not an encoding stand for bytes.
  return { encoding: Buffer.isEncoding(encoding ?? '') ? encoding : null, timeout, maxBuffer, killSignal };
}
