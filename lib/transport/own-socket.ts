import { ERRNO } from '../errno';
import { retold, type NetlinkError } from '../errors';
import type { Handle } from '../native';
import type { Request } from '../protocol/netlink';
import { NetlinkTransport } from './netlink-transport';
import type { Failure } from './request-messages';
import { RequestSocket, type SocketSource } from './request-socket';
import { RequestSockets } from './request-sockets';
import { native, operate, type Outcome } from './runtime';

/** A message of no bytes: it is done when all that was asked before is. */
const nothing = new Uint8Array(0);

/**
 * The requests that are sent over a socket of one's own, in their order: nothing else is sent there, it is open until {@link end}, and no other takes
 * its place, since the kernel ties something to it. Where it is lost anyway, `lost` is called.
 */
export class OwnTransport extends NetlinkTransport {
  constructor(
    private readonly own: OwnSockets,
    private readonly lost: () => void,
  ) {
    super(own);
  }

  /** Over a socket that is open, or being opened. */
  static over(source: SocketSource, protocol: number, socket: Handle, lost: () => void): OwnTransport {
    return new OwnTransport(new OwnSockets(source, protocol, socket), lost);
  }

  override beside(): NetlinkTransport {
    return new OwnTransport(this.own, this.lost);
  }

  /** Closes the socket behind all that was asked before, and resolves when it is closed. */
  async end(): Promise<void> {
    await this.inOrder(() => this.own.socket.end());
  }

  override failure(
    request: Pick<Request, 'name' | 'subject'>,
    answer: Failure,
    done?: readonly string[],
  ): NetlinkError {
    const error = super.failure(request, answer, done);
    if (isLost(answer)) {
      this.lost();
      return retold(error, { reason: LOST });
    }
    // After a dump that does not end the addon gives a socket up.
    if (answer.call === 'recvmsg') void this.checkSocket();
    return error;
  }

  private async checkSocket(): Promise<void> {
    const outcome = await this.own.socket.pass().catch(() => undefined);
    if (outcome !== undefined && isLost(outcome)) this.lost();
  }
}

/** Why nothing is asked any more of a handle whose socket is gone. */
export const LOST = 'its socket is lost, and with it what the kernel had tied to it';

function isLost({ errno, call }: Pick<Failure, 'errno' | 'call'>): boolean {
  return call !== undefined && errno === ERRNO.EBADF;
}

class OwnSockets extends RequestSockets {
  readonly socket: OwnSocket;

  constructor(source: SocketSource, protocol: number, socket: Handle) {
    super(source);
    this.socket = new OwnSocket(source, protocol, socket);
  }

  override of(): RequestSocket {
    return this.socket;
  }

  override rest(): void {
    // It does not rest.
  }

  override close(): void {
    this.socket.close();
  }
}

class OwnSocket extends RequestSocket {
  override rest(): void {
    // It stays open.
  }

  /** Resolves when what was asked before is done. */
  pass(): Promise<Outcome> {
    return this.submit((socket) => this.begin(socket));
  }

  /**
   * Closes it, behind what was asked before. The operation is the last that holds the socket, so that one of the addon's threads closes it: what the
   * kernel does then takes milliseconds, for which the event loop does not wait.
   */
  end(): Promise<Outcome> {
    return this.submit((socket) => {
      try {
        return this.begin(socket);
      } finally {
        native().closeNetlink(socket);
      }
    });
  }

  private begin(socket: Handle): Promise<Outcome> {
    const { where } = this.source;
    return operate(
      (addon, id) => {
        addon.send(id, socket, nothing, undefined, undefined);
      },
      undefined,
      undefined,
      { where, asksFor: () => [] },
    );
  }
}
