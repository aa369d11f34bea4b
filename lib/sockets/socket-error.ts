import { getSystemErrorMap } from 'node:util';

import { errorName, errorText } from '../errno';
import type { NamespaceHandle } from '../namespace/handle';
import { packages } from '../packages';
import { namespaceOf, type ErrorNamespace, type Where } from '../where';
import { ipv6Missing } from './ipv6';

/** What a socket failed to do, and with which address. */
export interface SocketFailure {
  /** The error's number, positive. */
  errno: number;
  /** Node's name: a server that cannot be bound fails to 'listen'. */
  syscall: 'listen' | 'bind' | 'connect';
  address: string;
  /** Absent for Unix-domain sockets; -1 when they listen, as in Node. */
  port?: number | undefined;
  where: Where;
  /** Why it failed, where more is known than the error number says. */
  reason?: string | undefined;
}

/** What a socket is asked to do, before it is known whether it fails. */
export type SocketTask = Omit<SocketFailure, 'errno'>;

/** Node's own error of a socket, with the property `namespace`. */
export type SocketError = NodeJS.ErrnoException & {
  address: string;
  port?: number;
  namespace: ErrorNamespace | undefined;
};

/** The error that Node makes where it binds a socket itself: 'listen EADDRINUSE: address already in use 127.0.0.1:80'. */
export function socketError({ errno, syscall, address, port, where, reason }: SocketFailure): SocketError {
  const code = errorName(errno);
  const text = reason ?? getSystemErrorMap().get(-errno)?.[1] ?? errorText(errno);
  const place = port === undefined || port < 0 ? address : `${address}:${String(port)}`;
  const says = syscall === 'listen' || reason !== undefined ? `: ${text}` : '';
  const properties = { errno: -errno, code, syscall, address, ...(port === undefined ? {} : { port }) };
  return Object.assign(new Error(`${syscall} ${code}${says} ${place}`), properties, { namespace: namespaceOf(where) });
}

/** Adds the namespace to an error of Node, and the reason where Node cannot know it. */
export async function withNamespace(handle: NamespaceHandle, error: NodeJS.ErrnoException): Promise<Error> {
  const { address, errno = 0 } = error as Partial<SocketError>;
  const family = packages.net.isIPv6(address ?? '') ? 'inet6' : 'inet';
  const reason = await ipv6Missing(handle, family, Math.abs(errno));
  if (reason !== undefined) error.message += `, ${reason}`;
  return Object.assign(error, { namespace: namespaceOf(handle.where) });
}
