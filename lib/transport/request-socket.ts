import type { Handle } from '../native';
import { type Where } from '../where';
import type { Batch } from './batch';
import { inUse, unused } from './idle-sockets';
import { begin, native, operate, takeId, type Operation, type Outcome } from './runtime';

/** Where a transport gets its sockets, and how errors call the place. */
export interface SocketSource {
  /**
   * Opens a socket inside the namespace, after everything that was asked for there; one that is not `inOrder` is used
   * independently.
   */
  open(protocol: number, inOrder: boolean): OpenedSocket;
  /** "namespace 'blue'". */
  readonly where: Where;
  /** The addon's handle of the namespace. */
  readonly number: Handle;
  /** Keeps it open until `release`, for what waits; also while it is being closed. */
  keep(): void;
  release(): void;
  /** Calls back when it is closed, with the error of later uses; returns a function that stops that. */
  onClose(listener: (error: Error) => void): () => void;
  /** Resolves when the place is made, while it is being made: until then it takes requests only. */
  readonly making?: Promise<void> | undefined;
}

/** A socket, which takes requests at once, and the end of its opening. */
export interface OpenedSocket {
  socket: Handle;
  opened: Promise<unknown>;
}

/** What goes out with a trip. */
export interface OfTrip {
  trip: number;
  /** The number of the operation that it undoes. */
  undoes?: number | undefined;
}

const LAST_SEQUENCE = 0x7fff0000;

/** The socket on which the requests of one netlink protocol are sent in a namespace: opened for the first, closed when it has rested. */
export class RequestSocket {
  private sequence = 1;
  private opening: Promise<unknown> | undefined;
  private underWay = 0;
  /** What was begun is no longer under way. */
  private readonly ended = (): void => {
    this.underWay--;
    this.rest();
  };

  constructor(
    readonly source: SocketSource,
    private readonly protocol: number,
    private socket?: Handle,
  ) {}

  /** Opens a socket of the same protocol that is used beside this one. */
  openBeside(): OpenedSocket {
    return this.source.open(this.protocol, false);
  }

  /** Allows the socket to be closed when it is unused for a while; the next request opens another. */
  rest(): void {
    if (this.underWay === 0 && this.socket !== undefined) unused(this);
  }

  closeSocket(): void {
    if (this.socket !== undefined) native().closeNetlink(this.socket);
    this.socket = undefined;
  }

  /** Closes the socket; requests under way end first. */
  close(): void {
    inUse(this);
    this.closeSocket();
  }

  /** Numbers start again at 1 before they could wrap inside a batch: 0 is for what the kernel sends unasked. */
  nextSequence(): number {
    if (this.sequence > LAST_SEQUENCE) this.sequence = 1;
    return this.sequence;
  }

  /** Reserves consecutive numbers, and returns the first. */
  takeSequences(count: number): number {
    const first = this.nextSequence();
    this.sequence += count;
    return first;
  }

  /** Sends a batch, in a trip or alone. Returns the number of the operation. */
  dispatch(batch: Batch, ofTrip?: OfTrip): number {
    this.begun();
    batch.ended = this.ended;
    batch.where = this.source.where;
    const id = takeId();
    try {
      const socket = (this.socket ??= this.open());
      const { bytes, fixups, notes } = batch.encoded();
      const namespaces = batch.encodedNamespaces();
      begin(
        behind(this.opening, batch),
        (addon) => {
          addon.send(id, socket, bytes, fixups, notes, ofTrip?.trip, ofTrip?.undoes, ...namespaces);
        },
        id,
      );
    } catch (error) {
      batch.fail(error);
    }
    return id;
  }

  /** Runs an operation on the socket, which is opened for the first one; after a failure the next one tries again. */
  async submit(start: (socket: Handle) => Promise<Outcome>): Promise<Outcome> {
    this.begun();
    try {
      this.socket ??= this.open();
      const { opening } = this;
      const running = start(this.socket);
      if (opening === undefined) return await running;
      const [outcome] = await Promise.all([running, opening]);
      return outcome;
    } finally {
      this.ended();
    }
  }

  /** Sends requests that are encoded already. */
  send(bytes: Uint8Array, fixups: Uint8Array | undefined, notes: Uint8Array | undefined): Promise<Outcome> {
    return this.submit((socket) =>
      operate(
        (addon, id) => {
          addon.send(id, socket, bytes, fixups, notes);
        },
        undefined,
        undefined,
        this.source,
      ),
    );
  }

  /** Something is under way on the socket. */
  private begun(): void {
    inUse(this);
    this.underWay++;
  }

  private open(): Handle {
    const { socket, opened } = this.source.open(this.protocol, true);
    const opening = opened.then(
      () => {
        if (this.opening === opening) this.opening = undefined;
      },
      (error: unknown) => {
        if (this.socket === socket) this.socket = undefined;
        if (this.opening === opening) this.opening = undefined;
        throw error;
      },
    );
    opening.catch(() => undefined);
    this.opening = opening;
    return socket;
  }
}

/**
 * The listener of a batch whose socket may still be being opened. If the socket cannot be opened the batch fails,
 * whatever its outcome.
 */
function behind(opening: Promise<unknown> | undefined, batch: Batch): Operation {
  if (opening === undefined) return batch;
  opening.catch((error: unknown) => {
    batch.fail(error);
  });
  return {
    told: batch.told,
    settle(outcome) {
      opening.then(
        () => {
          batch.settle(outcome);
        },
        () => undefined,
      );
    },
  };
}
