import type { NetlinkError } from '../errors';
import type { Handle } from '../native';
import type { Query, Request } from '../protocol/netlink';
import { Batch, type Answer, type Failure } from './batch';
import { Bulk, check, type Alike, type BulkFailure, type Chunk } from './bulk';
import { Dump } from './dump';
import { batchesOf, DumpReader } from './dump-reader';
import { failureOf, failureOfMany } from './failures';
import { inUse, unused } from './idle-sockets';
import { Line } from './line';
import type { Verdict } from './messages';
import { rowsOf } from './rows';
import { begin, native, operate, type Operation, type Outcome } from './runtime';
import { eachElement } from './slices';
import { currentTrip, type Trip } from './trip';

/** Where a transport gets its sockets, and how errors call the place. */
export interface SocketSource {
  /** Opens a socket inside the namespace, and throws or rejects with a NamespaceError. */
  open(): OpenedSocket;
  /** "namespace 'blue'". */
  readonly where: string;
  /** Resolves when the place is made, while it is being made: until then it takes requests only. */
  readonly making?: Promise<void> | undefined;
}

/** A socket, which takes requests at once, and the end of its opening. */
export interface OpenedSocket {
  socket: Handle;
  opened: Promise<unknown>;
}

/** A dump that the kernel marks as interrupted is repeated so often. */
const DUMP_ATTEMPTS = 10;
/** Chunks of a dump that may wait to be read. */
const LIST_WINDOW = 8;
const STREAM_WINDOW = 2;
const LAST_SEQUENCE = 0x7fff0000;
/** Requests of one batch never need more numbers. */
const MOST_OF_LEG = 1024;
const EINTR = 4;

/**
 * The requests of one namespace over one socket. What is asked in the same turn of the event loop is sent together, in
 * order; each request is settled alone.
 */
export class NetlinkTransport {
  private batch: Batch | undefined;
  private sequence = 1;
  private socket: Handle | undefined;
  private opening: Promise<unknown> | undefined;
  private readonly line = new Line();
  private underWay = 0;
  /** What was begun is no longer under way. */
  private readonly ended = (): void => {
    this.underWay--;
    this.rest();
  };

  constructor(
    private readonly source: SocketSource,
    socket?: Handle,
  ) {
    this.socket = socket;
  }

  /** How errors call the place: "namespace 'blue'". */
  get where(): string {
    return this.source.where;
  }

  /** Sends a request and resolves when the kernel did it. */
  async send(request: Request): Promise<void> {
    const answer = await this.enqueue(request);
    // Thrown behind an await, an error's stack leads to the caller.
    if (answer.errno !== 0) throw this.failure(request, answer);
    if (answer.text !== undefined) process.emitWarning(`${request.name}: ${answer.text}`, 'NetlinkWarning');
  }

  /**
   * Sends the requests of `count` elements and resolves when the kernel did all of them. An argument error rejects before any
   * is sent. Each is sent whatever becomes of the others; it rejects with the error of the first that failed. Elements that are
   * `alike` have the requests that copies of each other would make.
   */
  async sendAll(count: number, request: (index: number) => Request, alike?: Alike): Promise<void> {
    if (count === 0) return;
    const failure = await (currentTrip() === undefined
      ? this.sendInChunks(count, request, alike)
      : this.sendInTrip(count, request));
    if (failure !== undefined) throw failureOfMany(failure, this.source.where);
  }

  /** Sends a query and resolves with its answers. */
  async query<Reply>(query: Query<Reply>): Promise<Reply[]> {
    const answer = await this.enqueue(query);
    if (answer.errno !== 0) throw this.failure(query, answer);
    return answer.replies;
  }

  /** Dumps a table; whole, or not at all. */
  async list<Reply>(query: Query<Reply>): Promise<Reply[]> {
    if (this.source.making !== undefined) await this.source.making;
    for (let attempt = 1; ; attempt++) {
      this.flush();
      const turn = this.line.turn();
      if (turn !== undefined) await turn;
      const dump = new Dump(query, this.takeSequences(1));
      const reader = new DumpReader(dump);
      const outcome = await this.submit((socket) =>
        operate(
          (addon, id) => {
            dump.start(addon, id, socket, LIST_WINDOW);
          },
          (data, id) => {
            reader.take(data, id);
          },
        ),
      );
      await reader.end();
      const failure = dump.failure(outcome);
      if (failure !== undefined) throw this.failure(query, failure);
      if (!dump.wasInterrupted) return reader.rows;
      if (attempt === DUMP_ATTEMPTS) throw this.failure(query, interrupted);
    }
  }

  /**
   * Dumps a table piece by piece, over a socket of its own; memory stays bounded by what the reader leaves unread. If the
   * kernel says that the table changed meanwhile, it rejects with EINTR at the end, after the last row.
   */
  stream<Reply>(query: Query<Reply>): AsyncGenerator<Reply, void, undefined> {
    return rowsOf(this.batches(query));
  }

  /** As {@link stream}, in batches of rows. */
  async *batches<Reply>(query: Query<Reply>): AsyncGenerator<Reply[], void, undefined> {
    const dump = new Dump(query, 1);
    const { socket, opened } = this.source.open();
    await opened;
    const chunks: ArrayBuffer[] = [];
    let outcome: Outcome | undefined;
    let wake: () => void = () => undefined;
    let operation = 0;
    const running = operate(
      (addon, id) => {
        operation = id;
        dump.start(addon, id, socket, STREAM_WINDOW);
      },
      (data) => {
        chunks.push(data);
        wake();
      },
    ).then((ended) => {
      outcome = ended;
      wake();
    });
    try {
      for (;;) {
        const data = chunks.shift();
        if (data !== undefined) {
          yield* batchesOf(dump, data);
          native().resume(operation);
          continue;
        }
        if (outcome !== undefined) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      if (outcome === undefined) native().cancel(operation);
      await running;
      native().close(socket);
    }
    const failure = dump.failure(outcome) ?? (dump.wasInterrupted ? interrupted : undefined);
    if (failure !== undefined) throw this.failure(query, failure);
  }

  /** Lets the socket be closed if nobody uses it for a while; the next request opens another. */
  rest(): void {
    if (this.underWay === 0 && this.socket !== undefined) unused(this);
  }

  closeSocket(): void {
    if (this.socket !== undefined) native().closeNetlink(this.socket);
    this.socket = undefined;
  }

  /** Lets go of the socket; requests under way end first. */
  close(): void {
    this.flush();
    inUse(this);
    this.closeSocket();
  }

  private enqueue<Reply>(request: Request | Query<Reply>): Promise<Answer<Reply>> {
    const trip = currentTrip();
    if (trip !== undefined) return (trip.batchOf(this) ?? this.beginLeg(trip)).add(request);
    if (this.batch === undefined) {
      this.batch = new Batch(this.nextSequence());
      queueMicrotask(() => {
        this.flush();
      });
    }
    const { batch } = this;
    const answer = batch.add(request);
    if (batch.isFull) this.flush();
    return answer;
  }

  private sendInChunks(
    count: number,
    request: (index: number) => Request,
    alike?: Alike,
  ): Promise<BulkFailure | undefined> {
    this.flush();
    const bulk = new Bulk(count, request, (taken) => this.takeSequences(taken), alike);
    return new Promise((resolve) => {
      this.line.hold((pass) => {
        const submit = ({ bytes, fixups }: Chunk) =>
          this.submit((socket) =>
            operate((addon, id) => {
              addon.send(id, socket, bytes, fixups);
            }),
          );
        resolve(bulk.run(submit, pass));
      });
    });
  }

  /** A trip takes its requests at once. */
  private async sendInTrip(count: number, request: (index: number) => Request): Promise<BulkFailure | undefined> {
    const requests: Request[] = [];
    void eachElement(count, (index) => {
      check([(requests[index] = request(index))]);
    });
    const answers = await Promise.all(requests.map((one) => this.enqueue(one)));
    const elements = answers.flatMap(({ errno }, element) => (errno === 0 ? [] : [{ element, errno }]));
    const element = elements[0]?.element;
    if (element === undefined) return undefined;
    return { elements, element, failure: answers[element]!, request: requests[element]! };
  }

  private flush(): void {
    const { batch } = this;
    this.batch = undefined;
    if (batch === undefined || batch.size === 0) return;
    this.sequence += batch.size;
    this.line.enter(() => {
      this.dispatch(batch);
    });
  }

  /** Begins a batch that goes out with a trip; what was asked before goes first, but for an array that is still being encoded. */
  private beginLeg(trip: Trip): Batch {
    this.flush();
    const batch = new Batch(this.takeSequences(MOST_OF_LEG), true);
    trip.add({ sender: this, batch });
    return batch;
  }

  /** Sends a batch, in a trip or alone. */
  dispatch(batch: Batch, trip?: number): void {
    this.begun();
    batch.ended = this.ended;
    try {
      const socket = (this.socket ??= this.open());
      begin(behind(this.opening, batch), (addon, id) => {
        addon.send(id, socket, batch.bytes, batch.encodedFixups, trip, ...batch.encodedNamespaces);
      });
    } catch (error) {
      batch.fail(error);
    }
  }

  /** Runs an operation on the socket, which is opened for the first one; after a failure the next one tries again. */
  private async submit(start: (socket: Handle) => Promise<Outcome>): Promise<Outcome> {
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

  /** Something is under way on the socket. */
  private begun(): void {
    inUse(this);
    this.underWay++;
  }

  private open(): Handle {
    const { socket, opened } = this.source.open();
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

  /** Numbers start again at 1 before they could wrap inside a batch: 0 is for what the kernel sends unasked. */
  private nextSequence(): number {
    if (this.sequence > LAST_SEQUENCE) this.sequence = 1;
    return this.sequence;
  }

  private takeSequences(count: number): number {
    const first = this.nextSequence();
    this.sequence += count;
    return first;
  }

  private failure(request: Request, answer: Failure): NetlinkError {
    return failureOf(request, answer, this.source.where);
  }
}

/** Who is told how a batch fared whose socket may still be being opened: without one it fails, whatever became of it. */
function behind(opening: Promise<unknown> | undefined, batch: Batch): Operation {
  if (opening === undefined) return batch;
  opening.catch((error: unknown) => {
    batch.fail(error);
  });
  return {
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

const interrupted: Verdict = { errno: EINTR, text: 'the table kept changing while it was read' };
