import { show, wrongType } from '../errors';
import { takeId } from '../transport/runtime';
import { together } from '../transport/trip';
import { beginCreation } from './creation';
import type { NamespaceHandle } from './handle';
import { removeNamespace } from './removal';

/**
 * Makes a namespace with all that `furnish` asks for, in one trip: whole, or not at all. Resolves with it; rejects with the
 * first failure, in the order in which things were asked for.
 */
export async function makeFurnished<Namespace>(
  name: string | undefined,
  namespaceOf: (handle: NamespaceHandle) => Namespace,
  furnish: (namespace: Namespace) => unknown,
): Promise<Namespace> {
  const trip = takeId();
  const { handle, keep, abandon, made } = beginCreation(name, trip);
  const namespace = namespaceOf(handle);
  let asked: unknown[];
  try {
    asked = together(trip, () => askedBy(furnish(namespace)), keep);
  } catch (error) {
    await abandon(error);
    throw error;
  }
  try {
    await Promise.all([made, ...asked]);
    return namespace;
  } catch (error) {
    try {
      await made;
    } finally {
      handle.close();
    }
    if (name !== undefined) await removeNamespace(name, handle).catch(() => undefined);
    // Answers of one trip arrive in the same turn. What the first request should have made is what the others did not find.
    await new Promise(setImmediate);
    const none = Promise.resolve();
    for (const promise of asked) await Promise.race([promise, none]);
    throw error;
  }
}

/** What a new namespace gets, asked for. Throws a TypeError unless the function returned it at once. */
function askedBy(asked: unknown): unknown[] {
  if (Array.isArray(asked)) return asked;
  if (typeof asked === 'object' && asked !== null && Symbol.iterator in asked) return [...(asked as Iterable<unknown>)];
  // What an async function waits for never comes, and nobody else hears of it.
  if (asked instanceof Promise) asked.catch(() => undefined);
  throw wrongType(`must return an array of promises at once, not ${show(asked)}`, 'furnish');
}
