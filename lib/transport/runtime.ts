/* eslint-disable @typescript-eslint/no-require-imports -- loaded when somebody listens */
import { startRuntime, type NativeRuntime, type NativeValues } from '../native';
import { whenNeeded } from '../when-needed';
import type { Where } from '../where';
import type * as Trace from './trace';
import { isWatched } from './watch';

/** How an operation of the addon ended. `errno` is 0 on success, else `call` is the system call that failed. */
export interface Outcome {
  errno: number;
  call: string | undefined;
  data: ArrayBuffer | undefined;
  values: NativeValues;
}

/** What is told of an operation, if anybody listens (trace.ts). */
export interface Told {
  /** The namespace. */
  readonly where?: Where | undefined;
  /** What it sends; by default that is read from its messages. */
  asksFor?(): Trace.TracedRequest[];
  /** The sequence number of the first of them. */
  firstSequence?(): number;
}

/** The listener of an operation of the addon. */
export interface Operation {
  readonly told?: Told | undefined;
  /** The operation ended, successfully or not. */
  settle(outcome: Outcome): void;
  /** The operation delivered data before its end. */
  chunk?: ((data: ArrayBuffer, id: number) => void) | undefined;
}

const loaded = whenNeeded({ trace: () => require('./trace') as typeof Trace });
const operations = new Map<number, Operation>();
let runtime: NativeRuntime | undefined;
let lastId = 0;

/** The addon, loaded on first use: an import alone opens nothing and starts no thread. */
export function native(): NativeRuntime {
  runtime ??= startRuntime({
    settled(id, errno, call, data, ...values) {
      const operation = operations.get(id);
      operations.delete(id);
      operation?.settle({ errno, call, data, values });
    },
    chunk(id, data) {
      operations.get(id)?.chunk?.(data, id);
    },
  });
  return runtime;
}

/** A number for an operation that will be started later. */
export function takeId(): number {
  return ++lastId;
}

/**
 * Starts an operation of the addon under a number of its own. Throws if `start` throws; the listener is then not
 * called.
 */
export function begin(given: Operation, start: (addon: NativeRuntime, id: number) => void, id = takeId()): void {
  let addon = native();
  let operation = given;
  if (isWatched()) ({ addon, operation } = loaded.trace.traced(given, addon, id));
  operations.set(id, operation);
  try {
    start(addon, id);
  } catch (error) {
    operations.delete(id);
    throw error;
  }
}

/** As {@link begin}; resolves when the operation ended, successfully or not. */
export function operate(
  start: (addon: NativeRuntime, id: number) => void,
  chunk?: Operation['chunk'],
  id = takeId(),
  told?: Told,
): Promise<Outcome> {
  native(); // throws here, rather than in a promise that nobody may look at
  return new Promise((settle) => {
    begin({ settle, chunk, told }, start, id);
  });
}

/** A promise with its resolving functions. */
export interface Deferred<Value> {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (error: unknown) => void;
}

export function deferred<Value = void>(): Deferred<Value> {
  let resolve: Deferred<Value>['resolve'] = () => undefined;
  let reject: Deferred<Value>['reject'] = () => undefined;
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
