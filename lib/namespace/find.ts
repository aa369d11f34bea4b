import { promises as fs } from 'node:fs';
import path from 'node:path';

import { getNamespaceId } from '../protocol/namespace-id';
import { openHandle, type NamespaceHandle, type NamespaceIdentity } from './handle';
import { NAMESPACE_DIRECTORY } from './names';

/** A namespace that was found, and a file by which it can be opened. */
export interface NamespaceInfo extends NamespaceIdentity {
  /** Its name, if it has one. */
  name?: string;
  /** A file that leads to it: '/run/netns/blue', '/proc/4711/ns/net'. */
  path: string;
}

/** The namespaces that have names, by name. */
export async function listNamed(): Promise<NamespaceInfo[]> {
  const names = await fs.readdir(NAMESPACE_DIRECTORY).catch(() => [] as string[]);
  const found = await Promise.all(names.sort().map((name) => describe(path.join(NAMESPACE_DIRECTORY, name), name)));
  return found.filter((one) => one !== undefined);
}

/** The namespaces that this process holds open, and those that processes are in. */
async function listHeld(): Promise<NamespaceInfo[]> {
  const own = await fs.readdir('/proc/self/fd').catch(() => [] as string[]);
  const processes = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const files = [...own.map((fd) => `/proc/self/fd/${fd}`), ...processes.map((pid) => `/proc/${pid}/ns/net`)];
  const found = await Promise.all(
    files.map(async (file) => {
      const target = await fs.readlink(file).catch(() => '');
      return target.startsWith('net:[') ? describe(file) : undefined;
    }),
  );
  return found.filter((one) => one !== undefined);
}

/**
 * The namespace that another knows by an id. The kernel does not tell, so it is looked for: among the named, those that
 * this process holds open, and those of all processes that it may look at.
 */
export async function findNamespaceOfId(handle: NamespaceHandle, id: number): Promise<NamespaceInfo | undefined> {
  const seen = new Set<number>();
  for (const list of [listNamed, listHeld]) {
    for (const candidate of await list()) {
      if (seen.has(candidate.inode)) continue;
      seen.add(candidate.inode);
      if ((await idOf(handle, candidate)) === id) return candidate;
    }
  }
  return undefined;
}

async function idOf(handle: NamespaceHandle, candidate: NamespaceInfo): Promise<number | undefined> {
  let opened: NamespaceHandle;
  try {
    opened = await openHandle(candidate.path, undefined);
  } catch {
    return undefined;
  }
  try {
    const [id] = await handle.transport.query(getNamespaceId(opened));
    return id;
  } finally {
    opened.close();
  }
}

/** A file of a namespace; undefined if it is gone. Following it tells what is mounted there. */
async function describe(file: string, name?: string): Promise<NamespaceInfo | undefined> {
  try {
    const { dev, ino } = await fs.stat(file);
    return { ...(name !== undefined && { name }), path: file, device: dev, inode: ino };
  } catch {
    return undefined;
  }
}
