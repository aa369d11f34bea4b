import { promises as fs } from 'node:fs';

import { ERRNO } from '../errno';
import { NamespaceError } from '../errors';
import { failureOfProcess } from '../namespace/failure-to-open';
import { listVisible, type NamespaceInfo } from '../namespace/find';
import type { NamespaceHandle } from '../namespace/handle';
import { atPlace } from '../where';

/** The processes whose main threads are in a namespace, in ascending order. */
export async function processesIn(handle: NamespaceHandle): Promise<number[]> {
  const { data } = await handle.use((addon, id, namespace) => {
    addon.findProcesses(id, namespace);
  });
  return data === undefined ? [] : [...new Int32Array(data)];
}

/** The namespace that the main thread of a process is in; if it has several names, with the first of them. */
export async function findNamespaceOfProcess(pid: number): Promise<NamespaceInfo> {
  const path = `/proc/${String(pid)}/ns/net`;
  const { dev: device, ino: inode } = await fs.stat(path).catch(async (error: unknown) => {
    const hasProc = await fs.lstat('/proc/self').then(
      () => true,
      () => false,
    );
    throw asNamespaceError(error as NodeJS.ErrnoException, pid, hasProc);
  });
  const named = (await listVisible()).find((one) => one.device === device && one.inode === inode);
  return named ?? { path, device, inode };
}

/** A process that ended, or is about to, has no file of a namespace. */
function asNamespaceError({ errno = 0 }: NodeJS.ErrnoException, pid: number, hasProc: boolean): NamespaceError {
  if (hasProc) return failureOfProcess(pid, { errno: -errno, syscall: 'stat' });
  return new NamespaceError({ errno: ERRNO.ENODEV, syscall: 'procfs', where: atPlace(`process ${String(pid)}`) });
}
