import fs from 'node:fs';

import type { NamespaceReference } from '../codec';
import { ERRNO } from '../errno';
import { NamespaceError, wrongType } from '../errors';
import type { Handle } from '../native';
import { isOpenNamespace, type NamespaceTarget } from '../protocol/namespace-reference';
import { native, takeId } from '../transport/runtime';
import { atPlace, inNamespace, inNamespaceCalled, type Where } from '../where';
import { handleOf, NamespaceHandle } from './handle';
import { nameOfPath, namespaceFile } from './names';
import { adoptHandle, openHandle } from './open-handle';

/** A namespace that was opened, and its name if it is known. */
export interface OpenedTarget {
  handle: NamespaceHandle;
  name: string | undefined;
}

/** Opens a namespace, on a thread of the addon if that may take a while. Rejects with a NamespaceError. */
export async function openTarget(target: NamespaceTarget): Promise<OpenedTarget> {
  if (typeof target === 'string') {
    if (!target.includes('/')) return { handle: await openHandle(namespaceFile(target), target), name: target };
    const name = await nameOfPath(target);
    return { handle: await openHandle(target, name), name };
  }
  if (isOpenNamespace(target)) {
    const source = handleIn(target);
    const { name } = target as { name?: string };
    return { handle: await source.hold(() => adoptHandle(source.fd, inNamespace(name, source.inode))), name };
  }
  if ('path' in target) {
    const name = target.name ?? (await nameOfPath(target.path));
    return { handle: await openHandle(target.path, name, target), name };
  }
  if ('pid' in target) return { handle: await openHandle(processFile(target.pid), undefined), name: undefined };
  if ('fd' in target) return { handle: await adoptHandle(target.fd), name: undefined };
  return { handle: openAtOnce(target), name: undefined };
}

/**
 * Opens a namespace on the calling thread, for requests that need it before they are encoded. Throws a NamespaceError.
 */
export function openAtOnce(target: Exclude<NamespaceTarget, NamespaceReference>): NamespaceHandle {
  const number = takeId();
  const { fd, where } = descriptorOf(target, number);
  if (fd < 0) throw failureOf(-fd, where, target);
  const { dev: device, ino: inode } = fs.fstatSync(fd);
  const there = inNamespaceCalled(where.text, inode, where.name);
  return new NamespaceHandle({ opened: { fd, device, inode }, where: there, number: () => number });
}

function descriptorOf(
  target: Exclude<NamespaceTarget, NamespaceReference>,
  handle: Handle,
): { fd: number; where: Where } {
  const addon = native();
  if (typeof target === 'string') {
    const isPath = target.includes('/');
    const where = isPath ? atPlace(`'${target}'`) : inNamespace(target);
    return { fd: addon.holdNamespaceFile(handle, isPath ? target : namespaceFile(target)), where };
  }
  if ('path' in target) {
    const { name, path, device, inode } = target;
    const where = name === undefined ? atPlace(`'${path}'`) : inNamespace(name);
    return { fd: addon.holdNamespaceFile(handle, path, device, inode), where };
  }
  if ('pid' in target) {
    const file = processFile(target.pid);
    return { fd: addon.holdNamespaceFile(handle, file), where: atPlace(`'${file}'`) };
  }
  if ('pidfd' in target) {
    return { fd: addon.holdNamespaceOfPidfd(handle, target.pidfd), where: atPlace(`pidfd ${String(target.pidfd)}`) };
  }
  return { fd: addon.holdNamespaceDescriptor(handle, target.fd), where: atPlace(`fd ${String(target.fd)}`) };
}

function failureOf(errno: number, where: Where, target: NamespaceTarget): NamespaceError {
  const isPidfd = typeof target === 'object' && 'pidfd' in target;
  const syscall = isPidfd ? 'pidfd' : errno === ERRNO.EINVAL ? 'NS_GET_NSTYPE' : 'open';
  return new NamespaceError({ errno, syscall, where });
}

/** The handle of an open namespace. Throws if the namespace belongs to another copy of the library. */
export function handleIn(namespace: NamespaceReference): NamespaceHandle {
  const handle = handleOf(namespace);
  if (handle === undefined) throw wrongType('must be a NetworkNamespace of this copy of the library', 'namespace');
  return handle;
}

function processFile(pid: number): string {
  return `/proc/${String(pid)}/ns/net`;
}
