import { promises as fs } from 'node:fs';
import path from 'node:path';

import { NamespaceError } from '../errors';
import { atPlace } from '../where';
import { unlessOutOfSight } from './find';
import { NAMESPACE_DIRECTORY } from './names';
import { removeLeftOver } from './removal';

/**
 * Removes the plain files that killed programs left among the names, and symbolic links to processes that have ended, and resolves with
 * their names. A file stays if a namespace is mounted on it in any mount namespace, or is about to be.
 */
export async function sweep(): Promise<string[]> {
  const { files, links } = await leftOver();
  const unlinked = await unlinkAll(links);
  if (files.length === 0) return unlinked;
  const removed = await removeLeftOver(files);
  return [...unlinked, ...removed].sort();
}

/** What may be left over: files, and symbolic links to processes that have ended. */
interface LeftOver {
  files: string[];
  links: string[];
}

async function leftOver(): Promise<LeftOver> {
  try {
    const { dev: device } = await fs.stat(NAMESPACE_DIRECTORY);
    const names = (await fs.readdir(NAMESPACE_DIRECTORY)).sort();
    const files = await Promise.all(
      names.map((name) => fs.lstat(path.join(NAMESPACE_DIRECTORY, name)).catch(unlessOutOfSight)),
    );
    const dead = await Promise.all(
      names.map(async (name, index) => files[index]?.isSymbolicLink() === true && (await leadsToDeadProcess(name))),
    );
    return {
      // A mounted namespace is on another device.
      files: names.filter((_, index) => isEmptyFile(device, files[index])),
      links: names.filter((_, index) => dead[index] === true),
    };
  } catch (error) {
    const { code, errno = 0, syscall = 'open' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { files: [], links: [] };
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
