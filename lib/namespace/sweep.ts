import { promises as fs } from 'node:fs';
import path from 'node:path';

import { NamespaceError } from '../errors';
import { atPlace } from '../where';
import { unlessOutOfSight } from './find';
import { NAMESPACE_DIRECTORY } from './names';
import { removeLeftOver } from './removal';

/**
 * Removes the plain files that killed programs left among the names, and links to processes that have ended, and resolves with their names. A file on which a namespace is
 * mounted stays, in whatever mount namespace that is, and one that is about to be mounted on.
 */
export async function sweep(): Promise<string[]> {
  const { files, links, device } = await leftOver();
  const unlinked = await unlinkAll(links);
  if (files.length === 0) return unlinked;
  const elsewhere = await mountedElsewhere(device);
  const removed = await removeLeftOver(files.filter((name) => !elsewhere.has(name)));
  return [...unlinked, ...removed].sort();
}

/** What may be left over: files, and symbolic links to processes that have ended. */
interface LeftOver {
  files: string[];
  links: string[];
  device: number;
}

async function leftOver(): Promise<LeftOver> {
  try {
    const { dev: device } = await fs.stat(NAMESPACE_DIRECTORY);
    const names = (await fs.readdir(NAMESPACE_DIRECTORY)).sort();
    const files = await Promise.all(
      names.map((name) => fs.lstat(path.join(NAMESPACE_DIRECTORY, name)).catch(unlessOutOfSight)),
    );
    // What is mounted there is on another device.
    const dead = await Promise.all(
      names.map(async (name, index) => files[index]?.isSymbolicLink() === true && (await leadsToDeadProcess(name))),
    );
    return {
      files: names.filter((_, index) => isEmptyFile(device, files[index])),
      links: names.filter((_, index) => dead[index] === true),
      device,
    };
  } catch (error) {
    const { code, errno = 0, syscall = 'open' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { files: [], links: [], device: 0 };
    throw new NamespaceError({ errno: -errno, syscall, where: atPlace(`'${NAMESPACE_DIRECTORY}'`) });
  }
}

/** As `ln -s /proc/4711/ns/net /run/netns/blue` makes it. */
const fileOfProcess = /^\/proc\/(\d{1,10})(\/task\/\d+)?\/ns\/net$/;

async function leadsToDeadProcess(name: string): Promise<boolean> {
  const target = await fs.readlink(path.join(NAMESPACE_DIRECTORY, name)).catch(unlessOutOfSight);
  const pid = fileOfProcess.exec(target ?? '')?.[1];
  if (pid === undefined) return false;
  try {
    // EPERM if it is another user's: /proc may hide it.
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') return false;
  }
  // That of another pid namespace, by which the link was made, may have it.
  return !(await exists('/proc', pid)) && (await exists('/proc', 'self'));
}

async function exists(directory: string, name: string): Promise<boolean> {
  return (await fs.lstat(path.join(directory, name)).catch(unlessOutOfSight)) !== undefined;
}

async function unlinkAll(links: readonly string[]): Promise<string[]> {
  const unlinked: string[] = [];
  for (const name of links) {
    // Somebody may have put something else there.
    if (!(await leadsToDeadProcess(name))) continue;
    await fs.unlink(path.join(NAMESPACE_DIRECTORY, name));
    unlinked.push(name);
  }
  return unlinked;
}

function isEmptyFile(device: number, file: { dev: number; size: number; isFile: () => boolean } | undefined): boolean {
  return file?.dev === device && file.size === 0 && file.isFile();
}

/**
 * The names of what is mounted on files of a device in the mount namespaces of other processes. To remove such a file would unmount
 * it there: a container that shares the directory, but not its mounts, may have made it.
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

/** "0:25", as mountinfo has it. */
function deviceNumbers(device: number): string {
  const value = BigInt(device);
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & 0xfffff000n);
  const minor = (value & 0xffn) | ((value >> 12n) & 0xffffff00n);
  return `${String(major)}:${String(minor)}`;
}

/** mountinfo has space, tab, newline and backslash as three octal digits, byte by byte. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
