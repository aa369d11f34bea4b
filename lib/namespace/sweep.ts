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
  const names = await plainFiles();
  return names.length === 0 ? [] : await removeLeftOver(names);
}

async function plainFiles(): Promise<string[]> {
  try {
    const { dev: device } = await fs.stat(NAMESPACE_DIRECTORY);
    const names = (await fs.readdir(NAMESPACE_DIRECTORY)).sort();
    const files = await Promise.all(
      names.map((name) => fs.lstat(path.join(NAMESPACE_DIRECTORY, name)).catch(unlessOutOfSight)),
    );
    // A mounted namespace is on another device.
    return names.filter((_, index) => isEmptyFile(device, files[index]));
  } catch (error) {
    const { code, errno = 0, syscall = 'open' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new NamespaceError({ errno: -errno, syscall, where: atPlace(`'${NAMESPACE_DIRECTORY}'`) });
  }
}

function isEmptyFile(device: number, file: { dev: number; size: number; isFile: () => boolean } | undefined): boolean {
  return file?.dev === device && file.size === 0 && file.isFile();
}
