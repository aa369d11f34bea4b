import path from 'node:path';

import { at, NamespaceError } from '../errors';
import { packages } from '../packages';
import { checkFileName } from '../protocol/namespace-reference';
import { atPlace } from '../where';

/** The directory of named namespaces, the same as iproute2's. */
export const NAMESPACE_DIRECTORY = '/run/netns';

/** Throws unless a value can name a namespace: a file name of at most 255 bytes. */
export function checkNamespaceName(name: unknown): asserts name is string {
  at('name', () => {
    checkFileName(name);
  });
}

/** The file that keeps a named namespace. */
export function namespaceFile(name: string): string {
  return path.join(NAMESPACE_DIRECTORY, name);
}

/** The kernel's own limit. */
const MOST_LINKS = 40;

/**
 * The name that a path stands for, if it leads to a file of the directory of names: '/var/run/netns/blue', where
 * /var/run is a link to /run. Undefined if it does not, or if nothing is there: opening it reports that.
 */
export async function nameOfPath(given: string): Promise<string | undefined> {
  const fs = packages.fsPromises;
  try {
    const home = await fs.realpath(NAMESPACE_DIRECTORY);
    let file = given;
    for (let links = 0; links <= MOST_LINKS && !file.endsWith('/'); links++) {
      const directory = await fs.realpath(path.dirname(file));
      if (directory === home) return path.basename(file);
      if (!(await fs.lstat(file)).isSymbolicLink()) return undefined;
      file = path.resolve(directory, await fs.readlink(file));
    }
    return undefined;
  } catch (error) {
    const { code, errno = 0, syscall = 'stat' } = error as NodeJS.ErrnoException;
    if (code !== undefined && told.has(code)) return undefined;
    throw new NamespaceError({ errno: -errno, syscall, where: atPlace(`'${given}'`) });
  }
}

/** Errors that opening the path reports as well. */
const told: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG']);
