import fs from 'node:fs';

import type { NamespaceReference } from '../codec';
import { NamespaceError, show, wrongType } from '../errors';
import type { Handle, NativeRuntime } from '../native';
import type { ProcessReference } from '../protocol/namespace-reference';
import { NETLINK } from '../protocol/netlink';
import { NetlinkTransport } from '../transport/netlink-transport';
import { native, operate, type Outcome } from '../transport/runtime';
import { NAMESPACE_DIRECTORY, namespaceFile } from './names';

const EBADF = 9;

/** What identifies a namespace: two handles are of the same one if both numbers are equal. */
export interface NamespaceIdentity {
  /** Device of the namespace's file. */
  readonly device: number;
  /** Inode of the namespace's file: the number in 'net:[4026531840]'. */
  readonly inode: number;
}

interface Parts extends NamespaceIdentity {
  fd: number;
  where: string;
  /** A netlink socket that was opened together with the namespace. */
  socket?: Handle;
  /** The addon's handle. */
  handle: () => Promise<Handle>;
}

/**
 * A network namespace held open by a file descriptor, and the requests sent in it. The descriptor stays open until
 * `close` was called and nothing under way refers to it.
 */
export class NamespaceHandle implements NamespaceReference, NamespaceIdentity {
  readonly fd: number;
  readonly device: number;
  readonly inode: number;
  /** "namespace 'blue'". */
  readonly where: string;
  private readonly requests: NetlinkTransport;
  private readonly handle: () => Promise<Handle>;
  private users = 0;
  private closed = false;
  private gone = false;

  constructor({ fd, device, inode, where, socket, handle }: Parts) {
    this.fd = fd;
    this.device = device;
    this.inode = inode;
    this.where = where;
    this.handle = handle;
    this.requests = new NetlinkTransport({ where, open: () => this.openSocket() }, socket);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** The requests sent in the namespace. Throws a NamespaceError if it is closed. */
  get transport(): NetlinkTransport {
    this.checkOpen();
    return this.requests;
  }

  retain(): number {
    this.checkOpen();
    this.users++;
    return this.fd;
  }

  release(): void {
    this.users--;
    if (this.closed) this.end();
  }

  /** Lets go of the namespace as soon as nothing under way refers to it. */
  close(): void {
    this.closed = true;
    this.end();
  }

  /** Runs a verb of several requests, to whose end the namespace stays open though it be closed meanwhile. */
  async hold<Result>(verb: (transport: NetlinkTransport) => Promise<Result>): Promise<Result> {
    this.retain();
    try {
      return await verb(this.requests);
    } finally {
      this.release();
    }
  }

  /** Runs an operation of the addon on the namespace, which stays open meanwhile. Rejects with a NamespaceError. */
  async use(start: (addon: NativeRuntime, id: number, namespace: Handle) => void): Promise<Outcome> {
    this.retain();
    try {
      const handle = await this.handle();
      return succeed(
        await operate((addon, id) => {
          start(addon, id, handle);
        }),
        this.where,
      );
    } finally {
      this.release();
    }
  }

  private async openSocket(): Promise<Handle> {
    const { values } = await this.use((addon, id, handle) => {
      addon.openNetlink(id, handle, NETLINK.ROUTE);
    });
    return values[0]!;
  }

  private checkOpen(): void {
    if (this.closed) throw new NamespaceError({ errno: EBADF, syscall: 'use', where: this.where });
  }

  private end(): void {
    if (this.users > 0 || this.gone) return;
    this.gone = true;
    this.requests.close();
    void this.handle().then((opened) => {
      native().close(opened);
    });
  }
}

/** Makes a namespace; with a name also the file that keeps it. Rejects with EEXIST if the name is taken. */
export async function createHandle(name: string | undefined): Promise<NamespaceHandle> {
  const where = name === undefined ? 'a new namespace' : `namespace '${name}'`;
  const directory = name === undefined ? undefined : NAMESPACE_DIRECTORY;
  const outcome = await operate((addon, id) => {
    addon.createNamespace(id, directory, name);
  });
  const [handle = 0, fd = -1, device = 0, inode = 0, socket = 0] = succeed(outcome, where).values as number[];
  return new NamespaceHandle({
    fd,
    device,
    inode,
    where: whereOf(name, inode),
    socket,
    handle: () => Promise.resolve(handle),
  });
}

/** Opens the file of a namespace. A path given by the user may be a symbolic link, the file of a name may not. */
export async function openHandle(file: string, name: string | undefined): Promise<NamespaceHandle> {
  const where = name === undefined ? `'${file}'` : `namespace '${name}'`;
  const outcome = await operate((addon, id) => {
    addon.openNamespace(id, file, name === undefined);
  });
  const [handle = 0, fd = -1, device = 0, inode = 0] = succeed(outcome, where).values as number[];
  return new NamespaceHandle({
    fd,
    device,
    inode,
    where: name === undefined ? where : whereOf(name, inode),
    handle: () => Promise.resolve(handle),
  });
}

/** Duplicates a file descriptor of a namespace. */
export async function adoptHandle(given: number): Promise<NamespaceHandle> {
  const where = `fd ${String(given)}`;
  const outcome = await operate((addon, id) => {
    addon.adoptNamespace(id, given);
  });
  const [handle = 0, fd = -1, device = 0, inode = 0] = succeed(outcome, where).values as number[];
  return new NamespaceHandle({
    fd,
    device,
    inode,
    where: whereOf(undefined, inode),
    handle: () => Promise.resolve(handle),
  });
}

/** The namespace that this process started in. Opened at once, so that it can be had without waiting; never closed. */
export function openHostHandle(): NamespaceHandle {
  const fd = fs.openSync('/proc/self/ns/net', 'r');
  const { dev: device, ino: inode } = fs.fstatSync(fd);
  let adopted: Promise<Handle> | undefined;
  const where = 'the host namespace';
  const handle = () =>
    (adopted ??= operate((addon, id) => {
      addon.adoptNamespace(id, fd);
    }).then((outcome) => succeed(outcome, where).values[0]!));
  return new NamespaceHandle({ fd, device, inode, where, handle });
}

/** Removes the file that keeps a named namespace. It ends when the last process and descriptor let go of it. */
export async function removeNamespace(name: string): Promise<void> {
  const outcome = await operate((addon, id) => {
    addon.removeNamespace(id, NAMESPACE_DIRECTORY, name);
  });
  succeed(outcome, `namespace '${name}'`);
}

/** What the file of a named namespace leads to now, or undefined if there is none. */
export async function identityOfName(name: string): Promise<NamespaceIdentity | undefined> {
  try {
    const { dev, ino } = await fs.promises.lstat(namespaceFile(name));
    return { device: dev, inode: ino };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function whereOf(name: string | undefined, inode: number): string {
  return name === undefined ? `namespace net:[${String(inode)}]` : `namespace '${name}'`;
}

/** The outcome of a success; throws a NamespaceError otherwise. */
function succeed(outcome: Outcome, where: string): Outcome {
  if (outcome.errno === 0) return outcome;
  throw new NamespaceError({ errno: outcome.errno, syscall: outcome.call ?? 'unknown', where });
}

/** The handle behind what a user passes as a namespace; undefined if it is not one of this library's. */
export function handleOf(namespace: unknown): NamespaceHandle | undefined {
  if (namespace instanceof NamespaceHandle) return namespace;
  if (typeof namespace !== 'object' || namespace === null) return undefined;
  return 'handle' in namespace && namespace.handle instanceof NamespaceHandle ? namespace.handle : undefined;
}

/**
 * Runs a verb in the namespace that an option names, or in `fallback` where it is absent. That of a process is open
 * meanwhile.
 */
export async function inNamespace<Result>(
  option: NamespaceReference | ProcessReference | undefined,
  fallback: NamespaceHandle,
  verb: (transport: NetlinkTransport) => Promise<Result>,
): Promise<Result> {
  const handle = option === undefined ? fallback : handleOf(option);
  if (handle !== undefined) return await handle.hold(verb);
  if (typeof option !== 'object' || option === null || !('pid' in option)) {
    throw wrongType(`must be a NetworkNamespace or { pid }, not ${show(option)}`, 'namespace');
  }
  const opened = await openHandle(`/proc/${String(option.pid)}/ns/net`, undefined);
  try {
    return await opened.hold(verb);
  } finally {
    opened.close();
  }
}
