import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { ERRNO } from '../errno';
import { NamespaceError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';

/**
 * The directory of files that are mounted over those of /etc inside a namespace of that name, as by `ip netns exec`.
 */
const OVER_ETC = '/etc/netns';

/** Bytes; the largest lists of blocked hosts have a few million. */
const LARGEST = 32 << 20;

/**
 * The text of a file of /etc as a program inside the namespace sees it: from /etc/netns/NAME, otherwise from /etc,
 * otherwise ''. It is read each time, since it is small and may change at any time. Rejects with a NamespaceError.
 */
export async function readEtc(
  handle: NamespaceHandle,
  name: string | undefined,
  file: 'hosts' | 'resolv.conf',
): Promise<string> {
  const places = [name === undefined ? [] : [path.join(OVER_ETC, name)], '/etc'].flat();
  for (const place of places) {
    const found = path.join(place, file);
    try {
      return await readRegular(found);
    } catch (error) {
      const { code, errno, syscall = 'open', reason } = error as NodeJS.ErrnoException & { reason?: string };
      if (errno === undefined || error instanceof NamespaceError) throw error;
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      throw new NamespaceError({ errno: Math.abs(errno), syscall, where: handle.where, subject: `'${found}'`, reason });
    }
  }
  return '';
}

const refusals = {
  directory: { errno: ERRNO.EISDIR, syscall: 'open', reason: 'is a directory' },
  special: { errno: ERRNO.EINVAL, syscall: 'open', reason: 'is no regular file' },
  large: { errno: ERRNO.EFBIG, syscall: 'read', reason: `has more than ${String(LARGEST)} bytes` },
} as const;

function refused(why: keyof typeof refusals): Error {
  return Object.assign(new Error(why), refusals[why]);
}

// By callbacks: what a worker has opened with node:fs/promises stays open when it is terminated.
const open = promisify(fs.open);
const stat = promisify(fs.fstat);
const read = promisify(fs.read);
const close = promisify(fs.close);

/** The text of a regular file. Opening anything else, a pipe, waits for nobody. */
async function readRegular(file: string): Promise<string> {
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;
  const fd = await open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const status = await stat(fd);
    if (!status.isFile()) throw refused(status.isDirectory() ? 'directory' : 'special');
    const pieces: Buffer[] = [];
    for (let size = 0; ;) {
      if (Math.max(size, status.size) > LARGEST) throw refused('large');
      const piece = Buffer.allocUnsafe(Math.max(status.size - size + 1, 4096));
      const { bytesRead, buffer } = await read(fd, piece, 0, piece.length, null);
      if (bytesRead === 0) return Buffer.concat(pieces).toString('utf8');
      pieces.push(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await close(fd);
  }
}
