import { startRuntime, type NativeRuntime, type NativeValues } from '../native';

/** How an operation of the addon ended. `errno` is 0 on success, else `call` is the system call that failed. */
export interface Outcome {
  errno: number;
  call: string | undefined;
  data: ArrayBuffer | undefined;
  values: NativeValues;
}

interface Operation {
  settle: (outcome: Outcome) => void;
  chunk: ((data: ArrayBuffer) => void) | undefined;
}

const operations = new Map<number, Operation>();
let runtime: NativeRuntime | undefined;
let lastId = 0;

/** The addon, loaded on first use: an import alone opens nothing and starts no thread. */
export function native(): NativeRuntime {
  runtime ??= startRuntime({
    settled(id, errno, call, data, values) {
      const operation = operations.get(id);
      operations.delete(id);
      operation?.settle({ errno, call, data, values: values ?? [] });
    },
    chunk(id, data) {
      operations.get(id)?.chunk?.(data);
    },
  });
  return runtime;
}

/** A number for an operation that is to be started later. */
export function takeId(): number {
  return ++lastId;
}

/** Starts an operation of the addon under a number of its own, and resolves when it ended, well or not. */
export function operate(
  start: (addon: NativeRuntime, id: number) => void,
  chunk?: (data: ArrayBuffer, id: number) => void,
  id = takeId(),
): Promise<Outcome> {
  const addon = native();
  return new Promise((settle, reject) => {
    operations.set(id, {
      settle,
      chunk:
        chunk &&
        ((data) => {
          chunk(data, id);
        }),
    });
    try {
      start(addon, id);
    } catch (error) {
      operations.delete(id);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
