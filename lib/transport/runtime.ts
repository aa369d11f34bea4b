import { startRuntime, type NativeRuntime, type NativeValues } from '../native';

/** How an operation of the addon ended. `errno` is 0 on success, else `call` is the system call that failed. */
export interface Outcome {
  errno: number;
  call: string | undefined;
  data: ArrayBuffer | undefined;
  values: NativeValues;
}

/** The listener of an operation of the addon. */
export interface Operation {
  /** The operation ended, successfully or not. */
  settle(outcome: Outcome): void;
  /** The operation delivered data before its end. */
  chunk?: ((data: ArrayBuffer, id: number) => void) | undefined;
}

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
export function begin(operation: Operation, start: (addon: NativeRuntime, id: number) => void, id = takeId()): void {
  const addon = native();
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
): Promise<Outcome> {
  native(); // throws here, rather than in a promise that nobody may look at
  return new Promise((settle) => {
    begin({ settle, chunk }, start, id);
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
