/* eslint-disable @typescript-eslint/no-require-imports -- loaded when it is first needed */
import { wrongType, type NetlinkError } from '../errors';
import type { Handle, NativeRuntime } from '../native';
import type { Query, Request } from '../protocol/netlink';
import { whenNeeded } from '../when-needed';
import { type Where } from '../where';
import { Batch, notSent, type Answer, type BatchLimits, type Member } from './batch';
import type * as Bulks from './bulk';
import type { BulkFailure, Chunk } from './bulk';
import { check } from './check';
import { failureAmong, failureOf, failureOfMany, warn } from './failures';
import { CallQueue } from './call-queue';
import type { Failure } from './request-messages';
import type { OfTrip } from './request-socket';
import type { RequestSockets } from './request-sockets';
import { rowsOf } from './rows';
import { begin, deferred, operate, takeId, type Outcome } from './runtime';
import { eachElement, inSlices } from './slices';
import { batchesOfTable, wholeTable, type StreamEnd, type TableSource } from './table';
import { currentFurnishing, rejecting, type Furnishing, type TripPart, type Sender, type Trip } from './trip';

/** What arrays need. */
const loaded = whenNeeded({ bulk: () => require('./bulk') as typeof Bulks });

/** Requests of one batch never need more numbers. */
const MOST_OF_PART = 1024;
/** So many messages of one of the kernel's own batches are encoded at once; more in slices. */
const MOST_AT_ONCE = 64;

/** The answer to a request, or those to a group of requests. */
export type Answers = Answer<unknown> | Answer<unknown>[];

/**
 * What is asked of one namespace, in the order in which it is asked, of whatever netlink protocol. What is asked in the same turn of
 * the event loop is sent together as long as it is of one protocol; each request is settled alone.
 */
export class NetlinkTransport implements Sender, TableSource {
  private batch: Batch | undefined;
  readonly queue = new CallQueue();

  constructor(readonly sockets: RequestSockets) {}

  /** How errors call the place: "namespace 'blue'". */
  get where(): Where {
    return this.sockets.source.where;
  }

  /** Sends a request and resolves when the kernel did it. Throws if it cannot be encoded. */
  send(request: Request): Promise<void> {
    return this.sent(request, this.enqueue(request));
  }

  /** Sends a query and resolves with its answers. Throws if it cannot be encoded. */
  query<Reply>(query: Query<Reply>): Promise<Reply[]> {
    return this.replies(query, this.enqueue(query));
  }

  /**
   * Sends the requests of `count` elements and resolves when the kernel did all of them. An argument error rejects before any
   * is sent. Each is sent whatever becomes of the others; it rejects with the error of the first that failed. All are of one netlink
   * protocol, NETLINK_ROUTE by default.
   */
  sendAll(count: number, request: (index: number) => Request, protocol?: number): Promise<void> {
    if (count === 0) return Promise.resolve();
    const sent =
      currentFurnishing() === undefined ? this.sendInChunks(count, request, protocol) : this.sendInTrip(count, request);
    return this.sentAll(sent);
  }

  private async sent(request: Request, answered: Promise<Answer<never>>): Promise<void> {
    const answer = await answered;
    // Thrown after an await, so that the error's stack leads to the caller.
    if (answer.errno !== 0) throw this.failure(request, answer);
    warn(request, answer);
  }

  private async replies<Reply>(query: Query<Reply>, answered: Promise<Answer<Reply>>): Promise<Reply[]> {
    const answer = await answered;
    if (answer.errno !== 0) throw this.failure(query, answer);
    return answer.replies;
  }

  private async sentAll(sent: Promise<BulkFailure | undefined>): Promise<void> {
    const failure = await sent;
    if (failure !== undefined) throw failureOfMany(failure, this.where);
  }

  /** Adds a request to what is sent together, and resolves with its answer. */
  enqueue<Reply>(request: Request | Query<Reply>): Promise<Answer<Reply>> {
    const batch = this.openBatch(request.protocol);
    if (batch === undefined) return Promise.resolve(notSent);
    const answer = batch.add(request);
    if (batch.isFull) this.flush();
    return answer;
  }

  /** Sends requests, none of them after one that fails, and resolves with their answers. */
  sendGroup(members: readonly Member[]): Promise<Answer<unknown>[]> {
    const batch = this.openBatch(members[0]!.request.protocol);
    if (batch === undefined) return Promise.resolve(members.map(() => notSent));
    const answers = batch.addGroup(members);
    if (batch.isFull) this.flush();
    return answers;
  }

  /**
   * Sends the requests of one of the kernel's own batches, which it does all or none of. Rejects with the error of the first that was
   * refused. Throws if one cannot be encoded.
   */
  sendWhole(requests: readonly Request[], limits: BatchLimits): Promise<void> {
    const messages = [limits.begin, ...requests, limits.end];
    if (messages.length > MOST_AT_ONCE && currentFurnishing() === undefined)
      return this.sentWhole(messages, this.sendWholeInSlices(messages, limits.begin.protocol));
    const batch = this.openWhole(messages.length, limits.begin.protocol);
    if (batch === undefined) return this.sentWhole(messages, Promise.resolve([notSent]));
    const answered = batch.addWhole(messages);
    if (batch.isFull) this.flush();
    return this.sentWhole(messages, answered);
  }

  /** Encodes in slices of the event loop's time; what is asked later waits meanwhile. */
  private sendWholeInSlices(messages: readonly Request[], protocol: number | undefined): Promise<Answer<unknown>[]> {
    this.flush();
    const socket = this.sockets.of(protocol);
    const batch = new Batch(socket.takeSequences(messages.length), this.sockets.families, protocol);
    const { add, answered } = batch.whole(messages);
    const sent = async (pass: () => void) => {
      try {
        const rest = inSlices(messages.length, add);
        if (rest !== undefined) {
          await rest;
          // That the addon copies megabytes is a turn of its own.
          await new Promise(setImmediate);
        }
      } catch (error) {
        batch.abandon();
        pass();
        throw error;
      }
      socket.dispatch(batch);
      pass();
      return answered;
    };
    return new Promise((resolve) => {
      this.queue.hold((pass) => {
        resolve(sent(pass));
      });
    });
  }

  private async sentWhole(messages: readonly Request[], answered: Promise<Answer<unknown>[]>): Promise<void> {
    const answers = await answered;
    const refused = answers.findIndex(({ errno }) => errno !== 0);
    if (refused >= 0) throw this.failure(messages[refused]!, answers[refused]!);
    for (const [index, answer] of answers.entries()) warn(messages[index]!, answer);
  }

  /** As {@link sendGroup}, as an operation of a trip. */
  sendIn(trip: Trip, members: readonly Member[], undoes?: TripPart): { part: TripPart; answers: Promise<Answers> } {
    this.flush();
    const [alone, another] = members;
    const batch = this.batchOfTrip(currentFurnishing(), alone!.request.protocol);
    const addOne = (one: Request) => (undoes === undefined ? batch.add(one) : batch.addUndoing(one));
    const answers = another === undefined ? addOne(alone!.request) : batch.addGroup(members);
    return { part: trip.addBatch(this, batch, undoes), answers };
  }

  /** Dumps a table; whole, or not at all. */
  list<Row>(query: Query<Row>): Promise<Row[]> {
    return wholeTable(query, this);
  }

  /** Dumps a table piece by piece: see {@link batchesOfTable}. */
  stream<Row>(query: Query<Row>): AsyncGenerator<Row, void, undefined> {
    return rowsOf(this.batches(query));
  }

  /** As {@link stream}, in batches of rows. */
  batches<Row>(query: Query<Row>, stream?: StreamEnd): AsyncGenerator<Row[], void, undefined> {
    return batchesOfTable(query, this, stream);
  }

  /** Runs another operation of the addon on the namespace, in its turn; what is being made with all that belongs in it has it as a part. */
  operate(start: (addon: NativeRuntime, id: number, trip?: number) => void): Promise<Outcome> {
    const { promise, resolve: settle, reject } = deferred<Outcome>();
    const run = (trip?: number): number => {
      const id = takeId();
      begin(
        { settle, told: this.sockets.source },
        (addon) => {
          start(addon, id, trip);
        },
        id,
      );
      return id;
    };
    const tried = (trip?: number): number => {
      try {
        return run(trip);
      } catch (error) {
        reject(error);
        return 0;
      }
    };
    const furnishing = currentFurnishing();
    if (furnishing?.isBroken === true) {
      const { errno, call } = notSent;
      settle({ errno, call, data: undefined, values: [] });
      return promise;
    }
    this.flush();
    if (furnishing !== undefined) {
      furnishing.trip.add({ sender: this, start: ({ trip }) => tried(trip), fail: reject });
      return promise;
    }
    this.enter(() => {
      tried();
    });
    return promise;
  }

  /** Runs an operation of the addon on the socket of a netlink protocol, in its turn. */
  operateOn(protocol: number, start: (addon: NativeRuntime, id: number, socket: Handle) => void): Promise<Outcome> {
    return this.inOrder(() =>
      this.sockets.of(protocol).submit((socket) =>
        operate(
          (addon, id) => {
            start(addon, id, socket);
          },
          undefined,
          undefined,
          this.sockets.source,
        ),
      ),
    );
  }

  /**
   * Runs a verb that has to read answers on its way, with a transport that reaches the same namespace. What is asked later waits
   * until it ends. As a part of a furnishing it is refused, by its name.
   */
  exclusive<Result>(name: string, verb: (inside: NetlinkTransport) => Promise<Result>): Promise<Result> {
    if (currentFurnishing() !== undefined) {
      throw wrongType('cannot be asked for in furnish, since it needs answers on its way', name);
    }
    this.flush();
    return new Promise((resolve) => {
      this.queue.hold((pass) => {
        resolve(rejecting(() => verb(this.beside())).finally(pass));
      });
    });
  }

  /** A transport of the same namespace, for a verb that holds the queue of this one. */
  beside(): NetlinkTransport {
    return new NetlinkTransport(this.sockets);
  }

  /** Whether the namespace is the one that is being made. */
  isMadeBy(furnishing: Furnishing): boolean {
    return furnishing.isBehind(this.sockets.source.number);
  }

  /**
   * Takes a place in the namespace's order for a trip, in which nothing is done there. With a socket it fails where none can be
   * opened for what follows.
   */
  joinTrip(trip: Trip, withSocket = false): void {
    this.flush();
    if (withSocket) {
      trip.addBatch(this, this.batchOfTrip(undefined, undefined));
      return;
    }
    const settle = () => undefined;
    trip.add({
      sender: this,
      start: (ofTrip) => {
        const operation = takeId();
        const { number } = this.sockets.source;
        begin(
          { settle, told: this.sockets.source },
          (addon) => {
            addon.takePlace(operation, number, ofTrip.trip);
          },
          operation,
        );
        return operation;
      },
      fail: settle,
    });
  }

  /** Keeps the namespace open for waiting work; returns a function that releases it. */
  hold(): () => void {
    const { source } = this.sockets;
    source.keep();
    return () => {
      source.release();
    };
  }

  /** Does some work when its turn comes, until when the namespace stays open. */
  private enter(work: () => void): void {
    if (this.queue.isFree) {
      work();
      return;
    }
    const release = this.hold();
    this.queue.enter(() => {
      work();
      release();
    });
  }

  /** Allows the socket to be closed when it is unused for a while; the next request opens another. */
  rest(): void {
    this.sockets.rest();
  }

  /** Closes the socket; requests under way end first. */
  close(): void {
    this.flush();
    this.sockets.close();
  }

  /** Hands over what was asked in this turn of the event loop so far. */
  flush(): void {
    const { batch } = this;
    this.batch = undefined;
    if (batch === undefined || batch.size === 0) return;
    const socket = this.sockets.of(batch.protocol);
    socket.takeSequences(batch.size);
    this.enter(() => {
      socket.dispatch(batch);
    });
  }

  /** Sends a batch of a trip. */
  dispatch(batch: Batch, ofTrip: OfTrip): number {
    return this.sockets.of(batch.protocol).dispatch(batch, ofTrip);
  }

  /** The error of a request that failed, and what its call had `done` before. */
  failure(request: Pick<Request, 'name' | 'subject'>, answer: Failure, done: readonly string[] = []): NetlinkError {
    return failureOf(request, answer, this.where, done.length === 0 ? {} : { done });
  }

  /** Starts something behind all that was asked before: in the very turn in which its turn comes, ahead of what was asked later. */
  inOrder<Result>(start: () => Result | Promise<Result>): Promise<Result> {
    this.flush();
    const { promise, resolve, reject } = deferred<Result | Promise<Result>>();
    this.enter(() => {
      try {
        resolve(start());
      } catch (error) {
        reject(error);
      }
    });
    return promise as Promise<Result>;
  }

  /** The batch of this turn of the event loop, or of a furnishing; undefined where that sends nothing more. */
  private openBatch(protocol: number | undefined): Batch | undefined {
    const furnishing = currentFurnishing();
    if (furnishing !== undefined) return this.batchIn(furnishing, protocol);
    // Requests of another protocol go over another socket: those before them are handed over first, which keeps the order.
    if (this.batch !== undefined && this.batch.protocol !== protocol) this.flush();
    if (this.batch === undefined) {
      this.batch = new Batch(this.sockets.of(protocol).nextSequence(), this.sockets.families, protocol);
      queueMicrotask(() => {
        this.flush();
      });
    }
    return this.batch;
  }

  /** A batch that takes so many requests more. */
  private openWhole(count: number, protocol: number | undefined): Batch | undefined {
    const furnishing = currentFurnishing();
    if (furnishing === undefined) return this.openBatch(protocol);
    if (furnishing.isBroken) return undefined;
    this.flush();
    const batch = this.batchOfTrip(furnishing, protocol, count + MOST_OF_PART);
    furnishing.trip.addBatch(this, batch);
    return batch;
  }

  private batchIn(furnishing: Furnishing, protocol: number | undefined): Batch | undefined {
    if (furnishing.isBroken) return undefined;
    const { trip } = furnishing;
    // In other namespaces nothing is sent after a failure; the namespace that is being made ends with it.
    const open = this.isMadeBy(furnishing) ? trip.batchOf(this, protocol) : undefined;
    if (open !== undefined) return open;
    // What was asked before goes first.
    this.flush();
    const batch = this.batchOfTrip(furnishing, protocol);
    trip.addBatch(this, batch);
    return batch;
  }

  private batchOfTrip(furnishing: Furnishing | undefined, protocol: number | undefined, most = MOST_OF_PART): Batch {
    const first = this.sockets.of(protocol).takeSequences(most);
    return new Batch(first, this.sockets.families, protocol, furnishing?.isBehind);
  }

  private sendInChunks(
    count: number,
    request: (index: number) => Request,
    protocol: number | undefined,
  ): Promise<BulkFailure | undefined> {
    this.flush();
    const socket = this.sockets.of(protocol);
    const take = (taken: number) => socket.takeSequences(taken);
    const bulk = new loaded.bulk.Bulk(count, request, take, this.sockets.families, protocol);
    const submit = ({ bytes, fixups, notes }: Chunk) => socket.send(bytes, fixups, notes);
    return new Promise((resolve) => {
      this.queue.hold((pass) => {
        resolve(bulk.run(submit, pass));
      });
    });
  }

  /** A trip takes its requests at once. */
  private sendInTrip(count: number, request: (index: number) => Request): Promise<BulkFailure | undefined> {
    const requests: Request[] = [];
    void eachElement(count, (index) => {
      check([(requests[index] = request(index))]);
    });
    return failureAmong(
      requests,
      requests.map((one) => this.enqueue(one)),
    );
  }
}
