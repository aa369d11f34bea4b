import { checkInteger } from '../codec';
import { at } from '../errors';
import { operate } from '../transport/runtime';
import { inNewNamespace } from '../where';
import { succeed } from './outcome';

/** Namespaces that are made ahead of time, as long as it is open. */
export interface NamespaceReserve extends AsyncDisposable {
  /** How many. */
  readonly count: number;
  /** Releases the namespaces that were not taken. */
  close(): Promise<void>;
}

/** Each takes some 200 KiB of the kernel's memory and two descriptors. */
const MOST = 1024;

/** The total of all open reserves. */
let wanted = 0;

/** Makes the addon keep so many more namespaces ready; resolves when they are made. */
export async function reserve(count: number): Promise<NamespaceReserve> {
  at('count', () => {
    checkInteger(count, 1, MOST - wanted);
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await change(-count);
  };
  try {
    await change(count);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return { count, close, [Symbol.asyncDispose]: close };
}

async function change(by: number): Promise<void> {
  wanted += by;
  const outcome = await operate((addon, id) => {
    addon.reserveNamespaces(id, wanted);
  });
  succeed(outcome, inNewNamespace(undefined));
}
