import type { NamespaceReference } from '../codec';
import { ERRNO } from '../errno';
import { ledOut, NamespaceError } from '../errors';
import type { Handle, NativeRuntime } from '../native';
import type { NamespaceIdentity } from '../protocol/namespace-reference';
import { NetlinkTransport } from '../transport/netlink-transport';
import type { OpenedSocket } from '../transport/request-socket';
import { RequestSockets } from '../transport/request-sockets';
import { native, operate, takeId, type Outcome } from '../transport/runtime';
import type { Where } from '../where';
import { succeed, type Opened } from './outcome';

/** A placeholder, which the addon replaces by the descriptor when there is one. */
const NO_FD_YET = 0;

/** Called with the data that an operation of the addon delivers before it ends. */
type ChunkReader = (data: ArrayBuffer, id: number) => void;

/** Starts an operation of the addon, under a number, on a namespace. */
export type NamespaceOperation = (addon: NativeRuntime, id: number, namespace: Handle) => void;

interface Parts {
  where: Where;
  /** The addon's handle, which may be opened only when it is needed. */
  number: () => Handle;
  /** Absent while the namespace is being made. */
  opened?: Opened;
  /** Resolves when it is made. Called only while it is being made. */
  made?: () => Promise<void>;
  /** A netlink socket that is opened together with the namespace. */
  socket?: Handle;
}

/**
 * A network namespace held open by a file descriptor, and the requests sent in it. The descriptor stays open until
 * `close` was called and no operation refers to it any more.
 */
export class NamespaceHandle implements NamespaceReference, NamespaceIdentity {
  readonly [Symbol.toStringTag] = 'NetworkNamespace';
  private readonly parts: Parts;
  private readonly requests: NetlinkTransport;
  private readonly closeListeners = new Set<(error: NamespaceError) => void>();
  private users = 0;
  private closed = false;
  private gone = false;

  constructor(parts: Parts) {
    this.parts = parts;
    this.requests = new NetlinkTransport(new RequestSockets(this, parts.socket));
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

  /** The same for calls made before the namespace was closed, which keep it open. */
  get keptTransport(): NetlinkTransport {
    return this.requests;
  }

  /** Called when the namespace is made. */
  become(opened: Opened, where: Where): void {
    this.parts.opened = opened;
    this.parts.where = where;
    this.requests.rest();
    if (this.closed) this.end();
  }

  /**
   * Calls back once, when the handle is closed, with the error that later uses of it throw; unless the function that is
   * returned is called before.
   */
  onClose(listener: (error: NamespaceError) => void): () => void {
    this.closeListeners.add(listener);
    return () => {
      this.closeListeners.delete(listener);
    };
  }

  retain(): number {
    this.checkOpen();
    this.users++;
    return this.parts.opened?.fd ?? NO_FD_YET;
  }

  /** As {@link retain}, for calls made before the namespace was closed. */
  keep(): void {
    this.users++;
  }

  release(): void {
    this.users--;
    if (this.closed) this.end();
  }

  /** Closes the namespace as soon as no operation refers to it. */
  close(): void {
    this.closed = true;
    const listeners = [...this.closeListeners];
    this.closeListeners.clear();
    for (const listener of listeners) listener(this.closedError());
    this.end();
  }

  /** Runs a verb of several requests, until whose end the namespace stays open, also if it is closed meanwhile. */
  hold<Result>(verb: (transport: NetlinkTransport) => Promise<Result>): Promise<Result> {
    this.retain();
    try {
      return this.ended(verb(this.requests));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  private async ended<Result>(running: Promise<Result>): Promise<Result> {
    try {
      return await ledOut(running);
    } finally {
      this.release();
    }
  }

  /** Runs a verb that needs answers on its way: see {@link NetlinkTransport.exclusive}. */
  exclusive<Result>(name: string, verb: (inside: NetlinkTransport) => Promise<Result>): Promise<Result> {
    return this.hold((transport) => transport.exclusive(name, verb));
  }

  /**
   * Runs an operation of the addon in the order of the calls on the namespace, which stays open meanwhile. Resolves
   * also if it failed: the caller reads the outcome.
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

  /** As {@link use}, but resolves also if the operation failed: the caller reads the outcome. */
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
        this,
      );
    } finally {
      this.release();
    }
  }

  /** The addon's handle. */
  get number(): Handle {
    return this.parts.number();
  }

  /**
   * Opens a netlink socket in the namespace, after everything that was asked for there; one that is not `inOrder` is
   * used independently.
   */
  open(protocol: number, inOrder: boolean): OpenedSocket {
    const id = takeId();
    return { socket: id, opened: this.openNetlink(id, protocol, inOrder) };
  }

  /** Also works while the namespace is being closed: earlier calls may need a socket. */
  private async openNetlink(id: number, protocol: number, inOrder: boolean): Promise<void> {
    if (this.gone) throw this.closedError();
    this.users++;
    try {
      const namespace = this.parts.number();
      const outcome = await operate(
        (addon) => {
          addon.openNetlink(id, namespace, protocol, inOrder);
        },
        undefined,
        id,
        this,
      );
      succeed(outcome, this.where);
    } finally {
      this.release();
    }
  }

  private get opened(): Opened {
    return this.parts.opened ?? raise(new NamespaceError({ errno: ERRNO.EAGAIN, syscall: 'use', where: this.where }));
  }

  /** Throws a NamespaceError if it is closed. */
  checkOpen(): void {
    if (this.closed) throw this.closedError();
  }

  private closedError(): NamespaceError {
    return new NamespaceError({ errno: ERRNO.EBADF, syscall: 'use', where: this.where });
  }

  private end(): void {
    // A namespace that is being made is closed when it exists.
    if (this.gone || this.parts.opened === undefined) return;
    // Calls that still wait keep the namespace open.
    this.requests.flush();
    if (this.users > 0) return;
    this.requests.close();
    this.gone = true;
    native().close(this.parts.number());
  }
}

function raise(error: Error): never {
  throw error;
}

/** The handle of what a user passes as a namespace; undefined if it is not a namespace of this library. */
export function handleOf(namespace: unknown): NamespaceHandle | undefined {
  if (namespace instanceof NamespaceHandle) return namespace;
  if (typeof namespace !== 'object' || namespace === null) return undefined;
  return 'handle' in namespace && namespace.handle instanceof NamespaceHandle ? namespace.handle : undefined;
}
