import { NamespaceError, NetlinkError, show, wrongType } from '../errors';
import { furnishWith, type Furnishing } from '../transport/trip';
import { beginCreation } from './creation';
import type { NamespaceHandle } from './handle';
import { removeNamespace } from './removal';

/**
 * Makes a namespace with all that `furnish` asks for, in one trip, whole or not at all. Resolves with the namespace;
 * rejects with the first failure, in the order in which things were asked for.
 */
export async function makeFurnished<Namespace>(
  name: string | undefined,
  namespaceOf: (handle: NamespaceHandle) => Namespace,
  furnish: (namespace: Namespace) => unknown,
): Promise<Namespace> {
  const { handle, furnishing, keep, abandon, made } = beginCreation(name);
  const namespace = namespaceOf(handle);
  let returned: unknown[];
  try {
    returned = furnishWith(furnishing, () => listOf(furnish(namespace)), keep);
  } catch (error) {
    await abandon(error);
    throw error;
  }
  const others = othersIn(returned, furnishing);
  try {
    await done(made, furnishing);
    furnishing.succeed();
    if (others !== undefined) await others;
    return namespace;
  } catch (error) {
    furnishing.fail(error);
    try {
      await made;
    } finally {
      handle.close();
    }
    if (name !== undefined) await removeNamespace(name, handle).catch(() => undefined);
    throw error;
  }
}

/** Resolves when everything is done that belongs to the whole; rejects with the first failure in the order asked. */
async function done(made: Promise<void>, { parts }: Furnishing): Promise<void> {
  const all = [made, ...parts];
  try {
    await Promise.all(all);
  } catch (first) {
    const settled = await Promise.allSettled(all);
    const failure = settled.find((one) => one.status === 'rejected' && !isCanceled(one.reason));
    throw failure?.status === 'rejected' ? failure.reason : first;
  }
}

/** Whether something was not done because of an earlier failure. */
function isCanceled(error: unknown): boolean {
  return (error instanceof NetlinkError || error instanceof NamespaceError) && error.code === 'ECANCELED';
}

/** The promises that a function returned. Throws a TypeError at once unless they are an iterable. */
function listOf(returned: unknown): unknown[] {
  if (Array.isArray(returned)) return returned;
  if (typeof returned === 'object' && returned !== null && Symbol.iterator in returned) {
    return [...(returned as Iterable<unknown>)];
  }
  // The calls that an async function awaits are never sent, so its promise is ignored.
  if (returned instanceof Promise) returned.catch(() => undefined);
  const what = returned instanceof Promise ? 'a promise: is it async?' : show(returned);
  throw wrongType(`must return an array of promises at once, not ${what}`, 'furnish');
}

/** Returned promises that do not belong to calls made here; undefined for none. Their rejections count as handled. */
function othersIn(returned: readonly unknown[], { parts }: Furnishing): Promise<unknown> | undefined {
  const known = new Set<unknown>(parts);
  if (returned.every((one) => known.has(one))) return undefined;
  const others = Promise.all(returned);
  others.catch(() => undefined);
  return others;
}
