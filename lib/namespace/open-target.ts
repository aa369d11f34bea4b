import fs from 'node:fs';

import type { NamespaceReference } from '../codec';
import { ERRNO } from '../errno';
import { NamespaceError, wrongType } from '../errors';
import type { Handle } from '../native';
import { isOpenNamespace, type NamespaceIdentity, type NamespaceTarget } from '../protocol/namespace-reference';
import { failureOfProcess, failureToOpen } from './failure-to-open';
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
  if ('pid' in target) return { handle: await openProcess(target.pid), name: undefined };
  if ('fd' in target) return { handle: await adoptHandle(target.fd), name: undefined };
  return { handle: openAtOnce(target), name: undefined };
}

/**
 * Opens a namespace on the calling thread, for requests that need it before they are encoded. Throws a NamespaceError.
 */
export function openAtOnce(target: Exclude<NamespaceTarget, NamespaceReference>): NamespaceHandle {
  const number = takeId();
  const { fd, where, failure } = descriptorOf(target, number);
  if (fd < 0) throw failure(-fd);
  const { dev: device, ino: inode } = fs.fstatSync(fd);
  const there = inNamespaceCalled(where.text, inode, where.name);
  return new NamespaceHandle({ opened: { fd, device, inode }, where: there, number: () => number });
}

interface Opened {
  /** The descriptor, or the number of an error, negative. */
  fd: number;
  where: Where;
  failure: (errno: number) => NamespaceError;
}

function descriptorOf(target: Exclude<NamespaceTarget, NamespaceReference>, handle: Handle): Opened {
  const addon = native();
  if (typeof target === 'string') {
    const isName = !target.includes('/');
    return openedFile(handle, isName ? namespaceFile(target) : target, isName ? target : undefined);
  }
  if ('path' in target) return openedFile(handle, target.path, target.name, target);
  if ('pid' in target) {
    const opened = openedFile(handle, processFile(target.pid), undefined);
    return { ...opened, failure: (errno) => failureOfProcess(target.pid, { errno, syscall: callOf(errno) }) };
  }
  if ('pidfd' in target) {
    const where = atPlace(`pidfd ${String(target.pidfd)}`);
    return { fd: addon.holdNamespaceOfPidfd(handle, target.pidfd), where, failure: (errno) => ofPidfd(errno, where) };
  }
  const where = atPlace(`fd ${String(target.fd)}`);
  const failure = (errno: number) => new NamespaceError({ errno, syscall: callOf(errno, 'fcntl'), where });
  return { fd: addon.holdNamespaceDescriptor(handle, target.fd), where, failure };
}

function openedFile(handle: Handle, file: string, name: string | undefined, expected?: NamespaceIdentity): Opened {
  return {
    fd: native().holdNamespaceFile(handle, file, expected?.device, expected?.inode),
    where: name === undefined ? atPlace(`'${file}'`) : inNamespace(name),
    failure: (errno) => failureToOpen(file, name, { errno, syscall: callOf(errno) }),
  };
}

/** What fails so. */
function callOf(errno: number, otherwise = 'open'): string {
  if (errno === ERRNO.ENODEV) return 'procfs';
  return errno === ERRNO.EINVAL ? 'NS_GET_NSTYPE' : otherwise;
}

function ofPidfd(errno: number, where: Where): NamespaceError {
  const reason = errno === ERRNO.EINVAL ? 'not a descriptor of a process, which pidfd_open gives' : undefined;
  return new NamespaceError({
    errno,
    syscall: errno === ERRNO.EBADF ? 'fcntl' : 'PIDFD_GET_NET_NAMESPACE',
    where,
    reason,
  });
}

/** The handle of an open namespace. Throws if the namespace belongs to another copy of the library. */
export function handleIn(namespace: NamespaceReference): NamespaceHandle {
  const handle = handleOf(namespace);
  if (handle === undefined) throw wrongType('must be a NetworkNamespace of this copy of the library', 'namespace');
  return handle;
}

async function openProcess(pid: number): Promise<NamespaceHandle> {
  try {
    return await openHandle(processFile(pid), undefined);
  } catch (error) {
    throw error instanceof NamespaceError ? failureOfProcess(pid, error) : error;
  }
}

function processFile(pid: number): string {
  return `/proc/${String(pid)}/ns/net`;
}
