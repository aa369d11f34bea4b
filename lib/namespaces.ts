import { checkInteger } from './codec';
import { at, show, wrongType } from './errors';
import { attachHandle, createHandle } from './namespace/creation';
import { makeFurnished } from './namespace/furnish';
import { handleOf, type NamespaceHandle } from './namespace/handle';
import { hostHandle } from './namespace/host-handle';
import { checkNamespaceName } from './namespace/names';
import { openTarget } from './namespace/open-target';
import { removeNamespace } from './namespace/removal';
import type { NamespaceReserve } from './namespace/reserve';
import type { SweepOptions } from './namespace/sweep';
import { inTurn } from './namespace/turns';
import { inside } from './collections/inside';
import { NetworkNamespace } from './network-namespace';
import { plainOnce } from './once';
import { checkNamespaceTarget, type NamespaceInfo, type NamespaceTarget } from './protocol/namespace-reference';

/**
 * What a new namespace gets. The function is called with the namespace that is about to be made: at once, unless
 * several are being made already; of many that are asked for together a few are begun in each turn of the event loop.
 * It makes calls on this namespace and on others, and returns the promises. Requests, sysctls and writes of files are
 * sent with the creation. Lists, streams, sockets and waits begin when those have succeeded; until then `fd`, `inode`
 * and `spawn` throw EAGAIN. `flush`, and `links.delete` of an array, are refused, since they need answers on their way.
 * See docs/order.md.
 */
export type Furnish = (namespace: NetworkNamespace) => Iterable<unknown>;

/**
 * Makes a network namespace. With a name it is what `ip netns add` makes, and lasts until it is deleted; without one it
 * lasts as long as the handle. Rejects with EEXIST if the name is taken, EPERM without CAP_SYS_ADMIN.
 *
 * With `furnish` the namespace is made whole or not at all. All requests are sent together with the creation, in order,
 * and nothing after a failure. If any request fails, whether its promise was returned or not, the namespace is deleted
 * again, and with it the pairs that have an end in it; `createNamespace` then rejects with the first failure. What was
 * changed in other namespaces stays. A process that is killed meanwhile may leave a name with a part of it: see docs/lifetimes.md.
 * This is the fastest way to a namespace with links, addresses and routes.
 */
export async function createNamespace(name?: string, furnish?: Furnish): Promise<NetworkNamespace> {
  if (typeof name === 'function') {
    throw wrongType(
      'must be a string, or undefined for a namespace without one: createNamespace(undefined, furnish)',
      'name',
    );
  }
  if (name !== undefined) checkNamespaceName(name);
  if (furnish === undefined) return new NetworkNamespace(await createHandle(name), name, 'delete');
  if (typeof furnish !== 'function') throw wrongType(`must be a function, not ${show(furnish)}`, 'furnish');

  const namespaceOf = (handle: NamespaceHandle) => new NetworkNamespace(handle, name, 'delete');
  return await inTurn(() => makeFurnished(name, namespaceOf, furnish));
}

/**
 * Keeps `count` namespaces (1 to 1024 in all) made ahead of time, until it is closed. `createNamespace` takes one of
 * them, which saves a third of its time; the next one is made while nothing else is to be done. No namespaces are kept
 * by default. What a namespace inherits from the host (`net.core.devconf_inherit_init_net`) is what held when it was
 * made. Each takes some 200 KiB and two descriptors. Resolves when they are there; rejects with EPERM without
 * CAP_SYS_ADMIN, with a RangeError for a wrong `count`.
 */
export async function reserveNamespaces(count: number): Promise<NamespaceReserve> {
  return await inside.reserve.reserve(count);
}

/**
 * Opens a namespace: `openNamespace('blue')`, `openNamespace('/proc/4711/ns/net')`, `openNamespace({ pid: 4711 })`. A
 * name, or a path to a file of /run/netns, may be a symbolic link, and becomes the name of the result; `delete` then
 * removes the link. Rejects with ENOENT if there is no such namespace, EINVAL if the file is not a network namespace.
 */
export async function openNamespace(target: NamespaceTarget): Promise<NetworkNamespace> {
  const given = plainOnce(target);
  checkNamespaceTarget(given, 'target');
  const { handle, name } = await openTarget(given);
  return new NetworkNamespace(handle, name, 'close');
}

/**
 * Gives a namespace a name, as `ip netns attach` does: that of a process, of a descriptor, or one that is open here. Disposing
 * the result deletes the name; the namespace lasts as long as anything else holds it. Rejects with EEXIST if the name is taken.
 */
export async function attachNamespace(name: string, target: NamespaceTarget): Promise<NetworkNamespace> {
  checkNamespaceName(name);
  const open = handleOf(target);
  if (open !== undefined) return new NetworkNamespace(await attachHandle(open, name), name, 'delete');
  const opened = await openNamespace(target);
  // Not `using`: Node 20 lacks it, and every program would load 2 KB in its place.
  try {
    return new NetworkNamespace(await attachHandle(opened.handle, name), name, 'delete');
  } finally {
    await opened.close();
  }
}

/** The namespace that a process is in, by its main thread. Rejects with ESRCH if there is no such process. */
export async function namespaceOfProcess(pid: number): Promise<NamespaceInfo> {
  checkNumber('pid', pid, 1);
  return await inside.processes.findNamespaceOfProcess(pid);
}

let host: NetworkNamespace | undefined;

/** The namespace that this process started in. It needs no closing: `close` does nothing. */
export function hostNamespace(): NetworkNamespace {
  return (host ??= new NetworkNamespace(hostHandle(), undefined, 'nothing'));
}

/**
 * The namespaces that have names, sorted by name: what `ip netns list` shows, without files that are not network
 * namespaces. Empty where there is no /run/netns. Rejects with a NamespaceError where a namespace cannot be looked at
 * (EMFILE, EACCES).
 */
export async function listNamespaces(): Promise<NamespaceInfo[]> {
  return await inside.find.listNamed();
}

/**
 * Removes a name, as `ip netns delete` does. Of a symbolic link only the link is removed; a plain file that a killed
 * program left is removed, too. Only the namespace that has the name at first is removed, not one that is made under it
 * meanwhile. Rejects with ENOENT if there is no such name.
 */
export async function deleteNamespace(name: string): Promise<void> {
  checkNamespaceName(name);
  await removeNamespace(name);
}

/**
 * Removes what killed programs left in /run/netns, and resolves with the names; rejects only where none could be removed. Removed are empty files on which
 * nothing is mounted in any mount namespace that this process can see, and symbolic links to the namespace of a process that has ended. Files that another process is about to mount on
 * stay; so do files of programs other than this library, until they are ten seconds old. `createNamespace` reuses such
 * a file by itself. See docs/lifetimes.md.
 *
 * With a `prefix` it removes whole namespaces as well, but only those whose names carry their process and say that it has ended:
 * `sweepNamespaces({ prefix: 'test-' })` removes `test-4711-web` if there is no process 4711. Name them so:
 * `createNamespace('test-' + process.pid + '-web')`.
 */
export async function sweepNamespaces(options?: SweepOptions): Promise<string[]> {
  return await inside.sweep.sweep(options);
}

function checkNumber(property: string, value: unknown, least: number): void {
  at(property, () => {
    checkInteger(value, least, 0x7fffffff);
  });
}
