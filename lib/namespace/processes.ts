import { promises as fs } from 'node:fs';

import { failureOfProcess } from './failure-to-open';
import { listVisible, type NamespaceInfo } from './find';
import type { NamespaceHandle } from './handle';

/** The processes whose main threads are in a namespace, ascending. */
export async function processesIn(handle: NamespaceHandle): Promise<number[]> {
  const { data } = await handle.use((addon, id, namespace) => {
    addon.findProcesses(id, namespace);
  });
  return data === undefined ? [] : [...new Int32Array(data)];
}

/** The namespace that the main thread of a process is in; the first of its names, if it has any. */
export async function findNamespaceOfProcess(pid: number): Promise<NamespaceInfo> {
  const path = `/proc/${String(pid)}/ns/net`;
  const { dev: device, ino: inode } = await fs.stat(path).catch((error: unknown) => {
    throw failureOfProcess(pid, { errno: -((error as NodeJS.ErrnoException).errno ?? 0), syscall: 'stat' });
  });
  const named = (await listVisible()).find((one) => one.device === device && one.inode === inode);
  return named ?? { path, device, inode };
}
