/* eslint-disable @typescript-eslint/no-require-imports -- events are loaded when they are first listened to */
import fs from 'node:fs';

import type { NamespaceReference } from '../codec';
import { NamespaceError } from '../errors';
import type { Handle, NativeRuntime } from '../native';
import type { NamespaceIdentity } from '../protocol/namespace-reference';
import { NETLINK } from '../protocol/netlink';
import { NetlinkTransport } from '../transport/netlink-transport';
import type { OpenedSocket } from '../transport/request-socket';
import { native, operate, takeId, type Outcome } from '../transport/runtime';
import { atPlace, inNamespace, inNamespaceCalled, type Where } from '../where';
import { whenNeeded } from '../when-needed';
import type * as Events from './events';

const loaded = whenNeeded({ events: () => require('./events') as typeof Events });

const EBADF = 9;
const EAGAIN = 11;
/** Stands where the addon writes the descriptor when there is one. */
const NO_FD_YET = 0;

/** What the addon tells of a namespace that is open. */
interface Opened extends NamespaceIdentity {
  fd: number;
}

/** Takes what an operation of the addon produces on its way. */
type ChunkReader = (data: ArrayBuffer, id: number) => void;

/** Starts an operation of the addon, under a number, on a namespace. */
export type NamespaceOperation = (addon: NativeRuntime, id: number, namespace: Handle) => void;

interface Parts {
  where: Where;
  /** The addon's handle, which may be had only when it is needed. */
  number: () => Handle;
  /** Absent while the namespace is being made. */
  opened?: Opened;
  /** When it will be made: asked for while it is not. */
  made?: () => Promise<void>;
  /** A netlink socket that is opened together with the namespace. */
  socket?: Handle;
}

/**
 * A network namespace held open by a file descriptor, and the requests sent in it. The descriptor stays open until
 * `close` was called and nothing under way refers to it.
 */
export class NamespaceHandle implements NamespaceReference, NamespaceIdentity {
  readonly [Symbol.toStringTag] = 'NetworkNamespace';
  private readonly parts: Parts;
  private readonly requests: NetlinkTransport;
  private shared: Events.SharedEvents | undefined;
  private users = 0;
  private closed = false;
  private gone = false;

  constructor(parts: Parts) {
    this.parts = parts;
    this.requests = NetlinkTransport.of(this, parts.socket);
    if (parts.opened !== undefined) this.requests.rest();
  }

  /** "namespace 'blue'". */
  get where(): Where {
    return this.parts.where;
  }

  get fd(): number {
    return this.opened.fd;
  }

  get device(): number {
    return this.opened.device;
  }

  get inode(): number {
    return this.opened.inode;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Whether another handle is of the same namespace; both are open, or being made. */
  isSame(other: NamespaceHandle): boolean {
    const [ours, theirs] = [this.parts.opened, other.parts.opened];
    if (ours === undefined || theirs === undefined) return this === other;
    return ours.inode === theirs.inode && ours.device === theirs.device;
  }

  /** The addon's handle while the namespace is being made. */
  get beingMade(): Handle | undefined {
    return this.parts.opened === undefined ? this.parts.number() : undefined;
  }

  /** Resolves when it is made, while it is being made. */
  get making(): Promise<void> | undefined {
    return this.parts.opened === undefined ? this.parts.made?.() : undefined;
  }

  /** The requests sent in the namespace. Throws a NamespaceError if it is closed. */
  get transport(): NetlinkTransport {
    this.checkOpen();
    return this.requests;
  }

  /** The same for what was asked before it was closed, and keeps it open. */
  get keptTransport(): NetlinkTransport {
    return this.requests;
  }

  /** The namespace is made. */
  become(opened: Opened, where: Where): void {
    this.parts.opened = opened;
    this.parts.where = where;
    this.requests.rest();
    if (this.closed) this.end();
  }

  /** What happens in the namespace. Throws a NamespaceError if it is closed. */
  get events(): Events.SharedEvents {
    this.checkOpen();
    return (this.shared ??= new loaded.events.SharedEvents((start, chunk) => this.use(start, chunk)));
  }

  retain(): number {
    this.checkOpen();
    this.users++;
    return this.parts.opened?.fd ?? NO_FD_YET;
  }

  /** As {@link retain}, for what was asked before it was closed. */
  keep(): void {
    this.users++;
  }

  release(): void {
    this.users--;
    if (this.closed) this.end();
  }

  /** Lets go of the namespace as soon as nothing under way refers to it. What waits for events there rejects. */
  close(): void {
    this.closed = true;
    this.shared?.close(this.closedError());
    this.shared = undefined;
    this.end();
  }

  /** Runs a verb of several requests, to whose end the namespace stays open though it be closed meanwhile. */
  hold<Result>(verb: (transport: NetlinkTransport) => Promise<Result>): Promise<Result> {
    this.retain();
    const release = () => {
      this.release();
    };
    try {
      return verb(this.requests).finally(release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Runs a verb that has to read answers on its way: see {@link NetlinkTransport.exclusive}. */
  exclusive<Result>(name: string, verb: (inside: NetlinkTransport) => Promise<Result>): Promise<Result> {
    return this.hold((transport) => transport.exclusive(name, verb));
  }

  /**
   * Runs an operation of the addon in the order of what is asked of the namespace, which stays open meanwhile. How it ended is
   * for the caller to judge.
   */
  inOrder(
    start: (addon: NativeRuntime, id: number, namespace: Handle, trip: number | undefined) => void,
  ): Promise<Outcome> {
    return this.hold((transport) =>
      transport.operate((addon, id, trip) => {
        start(addon, id, this.parts.number(), trip);
      }),
    );
  }

  /** Runs an operation of the addon on the namespace, which stays open meanwhile. Rejects with a NamespaceError. */
  async use(start: NamespaceOperation, chunk?: ChunkReader, id?: number): Promise<Outcome> {
    return succeed(await this.attempt(start, chunk, id), this.where);
  }

  /** {@link use}, but an operation that fails is for the caller to judge. */
  async attempt(start: NamespaceOperation, chunk?: ChunkReader, id = takeId()): Promise<Outcome> {
    this.retain();
    try {
      if (this.making !== undefined) await this.making;
      const namespace = this.parts.number();
      return await operate(
        (addon) => {
          start(addon, id, namespace);
        },
        chunk,
        id,
      );
    } finally {
      this.release();
    }
  }

  /** The addon's handle. */
  get number(): Handle {
    return this.parts.number();
  }

  /** Opens a netlink socket in the namespace, behind all that was asked there; one that is not `inOrder` is used beside it. */
  open(inOrder: boolean): OpenedSocket {
    const id = takeId();
    return { socket: id, opened: this.openNetlink(id, inOrder) };
  }

  /** Also while it is being closed: what was asked for before may need a socket. */
  private async openNetlink(id: number, inOrder: boolean): Promise<void> {
    if (this.gone) throw this.closedError();
    this.users++;
    try {
      const namespace = this.parts.number();
      const outcome = await operate(
        (addon) => {
          addon.openNetlink(id, namespace, NETLINK.ROUTE, inOrder);
        },
        undefined,
        id,
      );
      succeed(outcome, this.where);
    } finally {
      this.release();
    }
  }

  private get opened(): Opened {
    return this.parts.opened ?? raise(new NamespaceError({ errno: EAGAIN, syscall: 'use', where: this.where }));
  }

  /** Throws a NamespaceError if it is closed. */
  checkOpen(): void {
    if (this.closed) throw this.closedError();
  }

  private closedError(): NamespaceError {
    return new NamespaceError({ errno: EBADF, syscall: 'use', where: this.where });
  }

  private end(): void {
    // One that is being made is let go of when it is there.
    if (this.gone || this.parts.opened === undefined) return;
    // What waits in the order keeps the namespace open.
    this.requests.flush();
    if (this.users > 0) return;
    this.requests.close();
    this.gone = true;
    native().close(this.parts.number());
  }
}

/** Opens the file of a namespace, or that to which a symbolic link leads; ESTALE if it is another one than expected. */
export async function openHandle(
  file: string,
  name: string | undefined,
  expected?: NamespaceIdentity,
): Promise<NamespaceHandle> {
  const where = name === undefined ? atPlace(`'${file}'`) : inNamespace(name);
  const outcome = await operate((addon, id) => {
    addon.openNamespace(id, file, expected?.device, expected?.inode);
  });
  const opened = openedBy(succeed(outcome, where));
  const there = name === undefined ? inNamespaceCalled(where.text, opened.inode) : inNamespace(name, opened.inode);
  return handleOfOpened(opened, there, outcome.values[0]!);
}

/** Duplicates a file descriptor of a namespace, which is called `where` from then on. */
export async function adoptHandle(given: number, where?: Where): Promise<NamespaceHandle> {
  const outcome = await operate((addon, id) => {
    addon.adoptNamespace(id, given);
  });
  const opened = openedBy(succeed(outcome, where ?? atPlace(`fd ${String(given)}`)));
  return handleOfOpened(opened, where ?? inNamespace(undefined, opened.inode), outcome.values[0]!);
}

function handleOfOpened(opened: Opened, where: Where, number: Handle): NamespaceHandle {
  return new NamespaceHandle({ opened, where, number: () => number });
}

let host: NamespaceHandle | undefined;

/** The namespace that this process started in. Opened at once, so that it can be had without waiting; never closed. */
export function hostHandle(): NamespaceHandle {
  return (host ??= openHost());
}

function openHost(): NamespaceHandle {
  const fd = fs.openSync('/proc/self/ns/net', 'r');
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
    // Without a descriptor left for the addon; what is asked until then fails for that reason.
    void adopting.then(({ errno }) => {
      if (errno !== 0 && adopted === id) adopted = undefined;
    });
    return id;
  };
  const opened = { fd, device, inode };
  const where = inNamespaceCalled('the host namespace', inode);
  return new NamespaceHandle({ opened, where, number: () => (adopted ??= adopt()) });
}

/** The namespace that an operation of the addon made or opened. */
export function openedBy({ values }: Outcome): Opened {
  return { fd: values[1]!, device: values[2]!, inode: values[3]! };
}

function raise(error: Error): never {
  throw error;
}

/** The outcome of a success; throws a NamespaceError otherwise. */
export function succeed(outcome: Outcome, where: Where): Outcome {
  if (outcome.errno === 0) return outcome;
  throw new NamespaceError({ errno: outcome.errno, syscall: outcome.call ?? 'unknown', where });
}

/** The handle behind what a user passes as a namespace; undefined if it is not one of this library's. */
export function handleOf(namespace: unknown): NamespaceHandle | undefined {
  if (namespace instanceof NamespaceHandle) return namespace;
  if (typeof namespace !== 'object' || namespace === null) return undefined;
  return 'handle' in namespace && namespace.handle instanceof NamespaceHandle ? namespace.handle : undefined;
}
