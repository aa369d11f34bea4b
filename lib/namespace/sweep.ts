import { promises as fs } from 'node:fs';
import path from 'node:path';

import { NamespaceError } from '../errors';
import { atPlace } from '../where';
import { unlessOutOfSight } from './find';
import { NAMESPACE_DIRECTORY } from './names';
import { removeLeftOver } from './removal';

/**
 * Removes the plain files that killed programs left among the names, and resolves with their names. A file stays if a
 * namespace is mounted on it in any mount namespace, or is about to be.
 */
export async function sweep(): Promise<string[]> {
  const { names, device } = await plainFiles();
  if (names.length === 0) return [];
  const elsewhere = await mountedElsewhere(device);
  return await removeLeftOver(names.filter((name) => !elsewhere.has(name)));
}

async function plainFiles(): Promise<{ names: string[]; device: number }> {
  try {
    const { dev: device } = await fs.stat(NAMESPACE_DIRECTORY);
    const names = (await fs.readdir(NAMESPACE_DIRECTORY)).sort();
    const files = await Promise.all(
      names.map((name) => fs.lstat(path.join(NAMESPACE_DIRECTORY, name)).catch(unlessOutOfSight)),
    );
    // A mounted namespace is on another device.
    return { names: names.filter((_, index) => isEmptyFile(device, files[index])), device };
  } catch (error) {
    const { code, errno = 0, syscall = 'open' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { names: [], device: 0 };
    throw new NamespaceError({ errno: -errno, syscall, where: atPlace(`'${NAMESPACE_DIRECTORY}'`) });
  }
}

function isEmptyFile(device: number, file: { dev: number; size: number; isFile: () => boolean } | undefined): boolean {
  return file?.dev === device && file.size === 0 && file.isFile();
}

/**
 * The names of files of a device on which something is mounted in the mount namespaces of other processes. Removing
 * such a file would unmount it there: it may belong to a container that shares the directory, but not its mounts.
 */
async function mountedElsewhere(device: number): Promise<Set<string>> {
  const seen = new Set([await fs.readlink('/proc/self/ns/mnt')]);
  const names = new Set<string>();
  for (const pid of await fs.readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const namespace = await fs.readlink(`/proc/${pid}/ns/mnt`).catch(unlessOutOfSight);
    if (namespace === undefined || seen.has(namespace)) continue;
    const mounts = await fs.readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(unlessOutOfSight);
    if (mounts === undefined) continue;
    seen.add(namespace);
    for (const name of namesIn(mounts, device)) names.add(name);
  }
  return names;
}

/** The names of files of a device on which a namespace is mounted. */
function namesIn(mountinfo: string, device: number): string[] {
  const mounts = mountinfo.split('\n').map((line) => line.split(' '));
  const deviceOf = new Map(mounts.map(([id, , numbers]) => [id, numbers]));
  const wanted = deviceNumbers(device);
  return mounts.flatMap(([, parent, , , place, ...rest]) => {
    const isNamespace = place !== undefined && rest[rest.indexOf('-') + 1] === 'nsfs';
    return isNamespace && (deviceOf.get(parent) ?? wanted) === wanted ? [unescape(path.basename(place))] : [];
  });
}

/** A device as mountinfo writes it: "0:25". */
function deviceNumbers(device: number): string {
  const value = BigInt(device);
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & 0xfffff000n);
  const minor = (value & 0xffn) | ((value >> 12n) & 0xffffff00n);
  return `${String(major)}:${String(minor)}`;
}

/** mountinfo writes space, tab, newline and backslash as a backslash and three octal digits, byte by byte. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
