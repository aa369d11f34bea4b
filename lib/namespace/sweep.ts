import { promises as fs } from 'node:fs';
import path from 'node:path';

import { NamespaceError, show, wrongType, wrongValue } from '../errors';
import { checkedOptions, type Checks } from '../options';
import { atPlace } from '../where';
import { unlessOutOfSight } from './find';
import { NAMESPACE_DIRECTORY } from './names';
import { removeLeftOver, removeNamespace } from './removal';

/** What is swept. */
export interface SweepOptions {
  /**
   * Removes names that carry the process that made them, `PREFIX` and its pid (`test-4711`, `test-4711-web`), if that process has ended, whole
   * namespaces as well, and nothing else. Pids are those of this process's pid namespace. Without it no namespace is removed.
   */
  prefix?: string | undefined;
}

const checks: Checks<SweepOptions> = { prefix: checkPrefix };

function checkPrefix(prefix: unknown): void {
  if (typeof prefix !== 'string') throw wrongType(`must be a string, not ${show(prefix)}`);
  if (prefix === '' || prefix.includes('/')) {
    throw wrongValue(`must be what names begin with, such as 'test-', not ${show(prefix)}`);
  }
  if (/\d$/.test(prefix)) throw wrongValue(`must not end in a digit, since a pid follows it: ${show(prefix)}`);
}

/** Removes what killed programs left, or with a prefix the names of processes that have ended, and resolves with the names. */
export async function sweep(options: SweepOptions = {}): Promise<string[]> {
  const { prefix } = checkedOptions(options, checks, "{ prefix: 'test-' }");
  return prefix === undefined ? await sweepLeftOver() : await sweepOfEnded(prefix);
}

/** Removes all names that carry a process that has ended. A name is removed once more if two programs sweep: that is no failure. */
async function sweepOfEnded(prefix: string): Promise<string[]> {
  const names = await namesOfEnded(prefix);
  const ended = await Promise.allSettled(names.map((name) => removeNamespace(name)));
  const failures = ended.filter((one) => one.status === 'rejected').map(({ reason }) => reason as NamespaceError);
  const removed = names.filter((_, index) => ended[index]!.status === 'fulfilled');
  const failure = failures.find(({ code }) => code !== 'ENOENT');
  if (removed.length === 0 && failure !== undefined) throw failure;
  return removed;
}

async function namesOfEnded(prefix: string): Promise<string[]> {
  const names = (await readNames()).filter((name) => name.startsWith(prefix));
  const ended = await Promise.all(
    names.map(async (name) => {
      const pid = /^(\d{1,10})(?![^-])/.exec(name.slice(prefix.length))?.[1];
      return pid !== undefined && (await hasEnded(pid));
    }),
  );
  return names.filter((_, index) => ended[index]);
}

async function readNames(): Promise<string[]> {
  try {
    return (await fs.readdir(NAMESPACE_DIRECTORY)).sort();
  } catch (error) {
    return unlessMissing(error, []);
  }
}

/** What there is where the directory is missing; other failures are thrown. */
function unlessMissing<T>(error: unknown, nothing: T): T {
  const { code, errno = 0, syscall = 'open' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return nothing;
  throw new NamespaceError({ errno: -errno, syscall, where: atPlace(`'${NAMESPACE_DIRECTORY}'`) });
}

/**
 * Removes the plain files that killed programs left among the names, and symbolic links to processes that have ended, and resolves with
 * their names. A file stays if a namespace is mounted on it in any mount namespace, or is about to be.
 */
async function sweepLeftOver(): Promise<string[]> {
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
    const names = await readNames();
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
    return unlessMissing(error, { files: [], links: [] });
  }
}

/** As `ln -s /proc/4711/ns/net /run/netns/blue` makes it. */
const fileOfProcess = /^\/proc\/(\d{1,10})(\/task\/\d+)?\/ns\/net$/;

async function leadsToDeadProcess(name: string): Promise<boolean> {
  const target = await fs.readlink(path.join(NAMESPACE_DIRECTORY, name)).catch(unlessOutOfSight);
  const pid = fileOfProcess.exec(target ?? '')?.[1];
  return pid !== undefined && (await hasEnded(pid));
}

async function hasEnded(pid: string): Promise<boolean> {
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
