import { ERRNO } from '../errno';
import { ledOut, NamespaceError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { Handle } from '../native';
import { NETLINK } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { LOST, OwnTransport } from '../transport/own-socket';
import type { SocketSource } from '../transport/request-socket';
import type { Where } from '../where';
import type { NftHandle } from './nftables-collection';

/** Why an owner is closed: with its namespace; by itself; or because its socket is gone. */
type Closed = 'namespace' | 'owner' | 'socket';

/** The socket of an owner of tables, from when it is opened until it ends, or the handle of its namespace does. */
export class OwnerHandle implements NftHandle {
  /** Known when the kernel has answered once. */
  port?: number;
  private readonly requests: OwnTransport;
  private readonly stopListening: () => void;
  private closed: Closed | undefined;
  private ended: Promise<void> | undefined;

  private constructor(
    private readonly namespace: NamespaceHandle,
    socket: Handle,
  ) {
    const source = sourceIn(namespace, () => {
      throw this.closedError();
    });
    this.requests = OwnTransport.over(source, NETLINK.NETFILTER, socket, () => {
      void this.end('socket');
    });
    this.stopListening = namespace.onClose(() => {
      void this.end('namespace');
    });
  }

  /** Opens a socket that nothing else uses, behind what was asked of the namespace before. Rejects with a NamespaceError. */
  static async open(namespace: NamespaceHandle): Promise<OwnerHandle> {
    const { transport } = namespace;
    const { socket, opened } = await transport.inOrder(() => transport.sockets.of(NETLINK.NETFILTER).openBeside());
    const own = new OwnerHandle(namespace, socket);
    if (namespace.isClosed) void own.end('namespace');
    try {
      await opened;
      return own;
    } catch (error) {
      await own.end();
      throw error;
    }
  }

  get where(): Where {
    return this.namespace.where;
  }

  get isClosed(): boolean {
    return this.closed !== undefined;
  }

  /** The requests sent over the socket. Throws a NamespaceError if it is closed. */
  get transport(): NetlinkTransport {
    this.checkOpen();
    return this.requests;
  }

  /** Runs a verb that needs answers on its way: see {@link NetlinkTransport.exclusive}. */
  exclusive<Result>(name: string, verb: (inside: NetlinkTransport) => Promise<Result>): Promise<Result> {
    return ledOut(this.transport.exclusive(name, verb));
  }

  /** Closes the socket behind what was asked before, and resolves when it is closed. Later uses throw. */
  end(closed: Closed = 'owner'): Promise<void> {
    if (this.ended === undefined) {
      this.closed = closed;
      this.stopListening();
      this.ended = this.requests.end();
    }
    return this.ended;
  }

  private checkOpen(): void {
    if (this.closed === 'namespace') this.namespace.checkOpen();
    if (this.closed !== undefined) throw this.closedError();
  }

  private closedError(): NamespaceError {
    const reason = this.closed === 'socket' ? LOST : undefined;
    const { where } = this;
    return new NamespaceError({ errno: ERRNO.EBADF, syscall: 'use', subject: 'owner of tables', reason, where });
  }
}

/** What requests need of a namespace, over a socket that is open: there is no other. */
function sourceIn(namespace: NamespaceHandle, open: SocketSource['open']): SocketSource {
  return {
    where: namespace.where,
    number: namespace.number,
    open,
    keep() {
      namespace.keep();
    },
    release() {
      namespace.release();
    },
    onClose: (listener) => namespace.onClose(listener),
  };
}
