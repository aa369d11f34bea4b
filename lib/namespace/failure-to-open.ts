import fs from 'node:fs';
import path from 'node:path';

import type { Capability } from '../capabilities';
import { ERRNO } from '../errno';
import { NamespaceError } from '../errors';
import { atPlace, inNamespace } from '../where';

/** The system call that failed, and with what. */
export interface FailedCall {
  errno: number;
  syscall: string;
}

/** The error of a file that could not be opened as a network namespace; with a name it is called by that. */
export function failureToOpen(file: string, name: string | undefined, failed: FailedCall): NamespaceError {
  const where = name === undefined ? atPlace(`'${file}'`) : inNamespace(name);
  return new NamespaceError({ ...failed, where, needs: failed.syscall === 'open' ? neededToOpen(file) : undefined });
}

/** The same of a process, which has no such file if it has ended. */
export function failureOfProcess(pid: number, { errno, syscall }: FailedCall): NamespaceError {
  const isGone = errno === ERRNO.ENOENT && syscall !== 'procfs';
  const where = atPlace(`process ${String(pid)}`);
  return new NamespaceError({ errno: isGone ? ERRNO.ESRCH : errno, syscall, where, needs: 'CAP_SYS_PTRACE' });
}

/** As many as the kernel follows. */
const MOST_LINKS = 40;

/** The capability by which a file can be opened: below /proc, where symbolic links may lead, it is another one. */
function neededToOpen(file: string): Capability {
  let place = path.resolve(file);
  for (let links = 0; links < MOST_LINKS; links++) {
    if (place.startsWith('/proc/')) return 'CAP_SYS_PTRACE';
    try {
      place = path.resolve(path.dirname(place), fs.readlinkSync(place));
    } catch {
      break;
    }
  }
  return 'CAP_DAC_OVERRIDE';
}
