import type { Handle } from '../native';
import { NETLINK } from '../protocol/netlink';
import { GenericFamilies } from './generic-families';
import { RequestSocket, type SocketSource } from './request-socket';

/** The request sockets of a namespace: one for each netlink protocol, opened when it is first needed. */
export class RequestSockets {
  readonly families = new GenericFamilies();
  private readonly route: RequestSocket;
  private readonly others = new Map<number, RequestSocket>();

  constructor(
    readonly source: SocketSource,
    /** One for NETLINK_ROUTE that is opened together with the namespace. */
    socket?: Handle,
  ) {
    this.route = new RequestSocket(source, NETLINK.ROUTE, socket);
  }

  of(protocol: number = NETLINK.ROUTE): RequestSocket {
    if (protocol === NETLINK.ROUTE) return this.route;
    let socket = this.others.get(protocol);
    if (socket === undefined) {
      socket = new RequestSocket(this.source, protocol);
      this.others.set(protocol, socket);
    }
    return socket;
  }

  /** Allows them to be closed when they are unused for a while; the next request opens another. */
  rest(): void {
    this.each((socket) => {
      socket.rest();
    });
  }

  /** Closes them; requests under way end first. */
  close(): void {
    this.each((socket) => {
      socket.close();
    });
  }

  private each(call: (socket: RequestSocket) => void): void {
    call(this.route);
    for (const socket of this.others.values()) call(socket);
  }
}
