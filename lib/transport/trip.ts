import { leadingOut } from '../errors';
import { CallQueue, holdAll } from './call-queue';
import type { Batch } from './batch';
import type { OfTrip } from './request-socket';
import { deferred, native, takeId, type Deferred } from './runtime';

/** Who sends the requests of one namespace. */
export interface Sender {
  readonly queue: CallQueue;
  /** Keeps the namespace open for waiting work; returns a function that releases it. */
  hold(): () => void;
  dispatch(batch: Batch, ofTrip: OfTrip): number;
}

/** One operation of a trip. */
export interface TripPart {
  /** Who sends it, in the order of a namespace. */
  readonly sender: Pick<Sender, 'queue' | 'hold'>;
  /** Starts it, and returns its number. */
  readonly start: (ofTrip: OfTrip) => number;
  readonly fail: (error: unknown) => void;
  /** It undoes that one, if something between the two failed. */
  readonly undoes?: TripPart | undefined;
  /** Its number, when it was started. */
  operation?: number;
}

/** Requests to several namespaces at once, in order; none is done after a failure. */
export class Trip {
  readonly id = takeId();
  /** Of what is handed over in several parts. */
  private readonly queue = new CallQueue();
  private parts: TripPart[] = [];
  private last: { sender: Sender; batch: Batch } | undefined;

  /** The batch that takes a sender's next request of a netlink protocol; undefined if it has to begin another one. */
  batchOf(sender: Sender, protocol: number | undefined): Batch | undefined {
    if (this.last?.sender !== sender) return undefined;
    const { batch } = this.last;
    return batch.protocol === protocol && !batch.isFull ? batch : undefined;
  }

  /** Begins a batch, which takes what the sender is asked for next. */
  addBatch(sender: Sender, batch: Batch, undoes?: TripPart): TripPart {
    const part = this.add({
      sender,
      start: (ofTrip) => sender.dispatch(batch, ofTrip),
      fail: (error) => {
        batch.fail(error);
      },
      undoes,
    });
    if (undoes === undefined) this.last = { sender, batch };
    return part;
  }

  add(part: TripPart): TripPart {
    this.parts.push(part);
    this.last = undefined;
    return part;
  }

  /** How much was asked for so far. */
  get size(): number {
    return this.parts.length;
  }

  /** Removes all requests after the first so many. */
  takeBack(size: number, error: unknown): void {
    this.last = undefined;
    for (const part of this.parts.splice(size)) part.fail(error);
  }

  /** Hands over the requests so far, after earlier ones to the same namespaces. */
  send(then?: () => void): void {
    const { parts } = this;
    this.parts = [];
    this.last = undefined;
    const start = () => {
      for (const part of parts) part.operation = part.start({ trip: this.id, undoes: part.undoes?.operation });
      then?.();
    };
    const queues = [this.queue, ...parts.map(({ sender }) => sender.queue)];
    if (queues.every(({ isFree }) => isFree)) {
      start();
      return;
    }
    const releases = parts.map(({ sender }) => sender.hold());
    holdAll(queues, (pass) => {
      start();
      for (const release of releases) release();
      pass();
    });
  }

  /** Nothing more is to come. */
  end(): void {
    native().endTrip(this.id);
  }

  /** What was not handed over yet never is. */
  fail(error: unknown): void {
    this.takeBack(0, error);
  }
}

/** The trip of a namespace that is made with all that belongs in it, while that is being asked for. */
export class Furnishing {
  readonly trip = new Trip();
  /** All that was asked for, in that order, and belongs to the whole. */
  readonly parts: Promise<unknown>[] = [];
  private success: Deferred<void> | undefined;
  private broken = false;

  constructor(private readonly namespace: number) {}

  /** Resolves when everything was done, and rejects if not: what has to wait for that begins then. */
  get done(): Promise<void> {
    if (this.success === undefined) {
      this.success = deferred();
      this.success.promise.catch(() => undefined);
    }
    return this.success.promise;
  }

  /** Whether a request failed before it could be sent: later ones are then not sent either. */
  get isBroken(): boolean {
    return this.broken;
  }

  breakOff(): void {
    this.broken = true;
  }

  /** Whether this is the namespace that is being made. */
  readonly isBehind = (namespace: number): boolean => namespace === this.namespace;

  succeed(): void {
    this.success?.resolve();
  }

  fail(error: unknown): void {
    for (const part of this.parts) part.catch(() => undefined);
    this.trip.fail(error);
    this.success?.reject(error);
  }
}

let current: Furnishing | undefined;

/** What is being asked for in this very call is part of that; undefined for nothing. */
export function currentFurnishing(): Furnishing | undefined {
  return current;
}

/** Collects in a furnishing what is asked for, hands it over behind what `before` starts, and answers with what `ask` returned. */
export function furnishWith<Result>(furnishing: Furnishing, ask: () => Result, before: () => void): Result {
  const outer = current;
  const { trip } = furnishing;
  try {
    // Requests inside come after earlier requests outside.
    outer?.trip.send();
    current = furnishing;
    const result = ask();
    current = outer;
    before();
    trip.send(() => {
      trip.end();
    });
    return result;
  } catch (error) {
    furnishing.fail(error);
    trip.end();
    throw error;
  } finally {
    current = outer;
  }
}

/**
 * Runs a verb, and turns exceptions into rejections. In a furnishing the promise belongs to that, which reports its
 * failure, and counts as handled.
 */
export function asked<Result>(verb: () => Promise<Result>): Promise<Result> {
  const result = attempt(verb, asked);
  current?.parts.push(result);
  return result;
}

function attempt<Result>(verb: () => Promise<Result>, below: AnyFunction): Promise<Result> {
  return rejecting(verb, () => current?.breakOff(), below);
}

type AnyFunction = (...given: never[]) => unknown;

/** What a verb throws rejects, as an async function would, but without one more promise. */
export function rejecting<Result>(
  verb: () => Promise<Result>,
  refused?: () => void,
  below: AnyFunction = rejecting,
): Promise<Result> {
  try {
    return verb();
  } catch (error) {
    refused?.();
    return Promise.reject(error instanceof Error ? (leadingOut(error, below) as Error) : new Error(String(error)));
  }
}

/** Runs a verb that begins, where it is asked for in a furnishing, when that has succeeded. */
export function askedLater<Result>(verb: () => Promise<Result>): Promise<Result> {
  const furnishing = current;
  if (furnishing === undefined) return attempt(verb, askedLater);
  const result = furnishing.done.then(verb);
  result.catch(() => undefined);
  return result;
}
