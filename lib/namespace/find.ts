import { promises as fs } from 'node:fs';

import { decodeText, hostOrder, sourceOf } from '../codec';
import { ERRNO } from '../errno';
import { getNamespaceId } from '../protocol/namespace-id';
import type { NamespaceInfo } from '../protocol/namespace-reference';
import { operate } from '../transport/runtime';
import { atPlace } from '../where';
import { failureToOpen } from './failure-to-open';
import type { NamespaceHandle } from './handle';
import { NAMESPACE_DIRECTORY, namespaceFile } from './names';
import { openHandle } from './open-handle';
import { succeed } from './outcome';

export type { NamespaceInfo };

/** The namespaces that have names, by name. Rejects with a NamespaceError where one cannot be looked at. */
export async function listNamed(): Promise<NamespaceInfo[]> {
  return (await readNamed()).map(({ info, errno }) => {
    if (errno === 0) return info;
    throw failureToOpen(info.path, info.name, { errno, syscall: 'open' });
  });
}

/** A name, and the error number if it cannot be followed; 0 if it can. */
interface Named {
  info: NamespaceInfo;
  errno: number;
}

/** Bytes of a record before the name: u32 size of the name, i32 errno, f64 device, f64 inode. */
const RECORD_SIZE = 24;

async function readNamed(): Promise<Named[]> {
  const outcome = await operate((addon, id) => {
    addon.listNamespaces(id, NAMESPACE_DIRECTORY);
  });
  const { data } = succeed(outcome, atPlace(`'${NAMESPACE_DIRECTORY}'`));
  if (data === undefined) return [];
  const source = sourceOf(data);
  const { view } = source;
  const found: Named[] = [];
  for (let at = 0; at < data.byteLength;) {
    const end = at + RECORD_SIZE + view.getUint32(at, hostOrder);
    const name = decodeText(source, at + RECORD_SIZE, end);
    const [device, inode] = [view.getFloat64(at + 8, hostOrder), view.getFloat64(at + 16, hostOrder)];
    found.push({ info: { name, path: namespaceFile(name), device, inode }, errno: view.getInt32(at + 4, hostOrder) });
    at = end;
  }
  return found.sort((one, other) => (one.info.name! < other.info.name! ? -1 : 1));
}

/** Those of {@link listNamed} that this process may look at. */
export async function listVisible(): Promise<NamespaceInfo[]> {
  return (await readNamed()).flatMap(({ info, errno }) => {
    if (errno === 0) return info;
    if (errno === ERRNO.EACCES || errno === ERRNO.EPERM) return [];
    throw failureToOpen(info.path, info.name, { errno, syscall: 'open' });
  });
}

/** The namespaces that this process holds open, and those that processes are in. */
async function listHeld(): Promise<NamespaceInfo[]> {
  const own = await fs.readdir('/proc/self/fd');
  const processes = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const files = [...own.map((fd) => `/proc/self/fd/${fd}`), ...processes.map((pid) => `/proc/${pid}/ns/net`)];
  const found = await Promise.all(
    files.map(async (file) => {
      const target = await fs.readlink(file).catch(unlessOutOfSight);
      return target?.startsWith('net:[') === true ? describe(file) : undefined;
    }),
  );
  return found.filter((one) => one !== undefined);
}

/**
 * The namespace that another knows by an id. The kernel does not report it, so it is searched for among the named ones,
 * those that this process holds open, and those of all processes that it may look at.
 */
export async function findNamespaceOfId(handle: NamespaceHandle, id: number): Promise<NamespaceInfo | undefined> {
  const seen = new Set<number>();
  for (const list of [listVisible, listHeld]) {
    for (const candidate of await list()) {
      if (seen.has(candidate.inode)) continue;
      seen.add(candidate.inode);
      if ((await idOf(handle, candidate)) === id) return candidate;
    }
  }
  return undefined;
}

async function idOf(handle: NamespaceHandle, candidate: NamespaceInfo): Promise<number | undefined> {
  const opened = await openHandle(candidate.path, undefined, candidate).catch(unlessOutOfSight);
  if (opened === undefined) return undefined;
  try {
    const [id] = await handle.transport.query(getNamespaceId(opened));
    return id;
  } finally {
    opened.close();
  }
}

/** The namespace that a file leads to; undefined if the file is gone. */
async function describe(file: string): Promise<NamespaceInfo | undefined> {
  const found = await fs.stat(file).catch(unlessOutOfSight);
  return found && { path: file, device: found.dev, inode: found.ino };
}

/** For `catch`: ignores what is gone, has been replaced, or may not be looked at by this process. */
export function unlessOutOfSight(error: unknown): undefined {
  if (!outOfSight.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
}

const outOfSight: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH', 'ESTALE', 'EINVAL', 'EACCES', 'EPERM']);
