import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects garbage, at once. */
export function exposedGc(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Collects what nothing refers to, and has what waits for that run. */
export async function collect(gc: () => void): Promise<void> {
  for (let round = 0; round < 3; round++) {
    gc();
    await setImmediate();
  }
}
