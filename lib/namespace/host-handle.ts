import fs from 'node:fs';

import { ERRNO } from '../errno';
import { NamespaceError } from '../errors';
import type { Handle } from '../native';
import { operate, takeId } from '../transport/runtime';
import { inNamespaceCalled } from '../where';
import { NamespaceHandle } from './handle';

let host: NamespaceHandle | undefined;

/**
 * The namespace that this process started in. Opened synchronously, so that it is available without waiting; never
 * closed.
 */
export function hostHandle(): NamespaceHandle {
  return (host ??= openHost());
}

function openHost(): NamespaceHandle {
  const fd = openOwn();
  const { dev: device, ino: inode } = fs.fstatSync(fd);
  let adopted: Handle | undefined;
  const adopt = (): Handle => {
    const id = takeId();
    const adopting = operate(
      (addon) => {
        addon.adoptNamespace(id, fd);
      },
      undefined,
      id,
    );
    // When no descriptor is left for the addon; calls made until then fail for that reason.
    void adopting.then(({ errno }) => {
      if (errno !== 0 && adopted === id) adopted = undefined;
    });
    return id;
  };
  const opened = { fd, device, inode };
  const where = inNamespaceCalled('the host namespace', inode);
  return new NamespaceHandle({ opened, where, number: () => (adopted ??= adopt()) });
}

function openOwn(): number {
  try {
    return fs.openSync('/proc/self/ns/net', 'r');
  } catch (error) {
    const { code, errno = 0, syscall = 'open' } = error as NodeJS.ErrnoException;
    const where = inNamespaceCalled('the host namespace', undefined);
    throw code === 'ENOENT'
      ? new NamespaceError({ errno: ERRNO.ENODEV, syscall: 'procfs', where })
      : new NamespaceError({ errno: -errno, syscall, where });
  }
}
