import type { Batch } from './batch';
import { native } from './runtime';

/** Who sends the requests of one namespace. */
interface Sender {
  dispatch(batch: Batch, trip: number): void;
}

/** Requests of one namespace in a trip. */
interface Leg {
  sender: Sender;
  batch: Batch;
}

/** What is asked of several namespaces at once, in order. */
export class Trip {
  private readonly legs: Leg[] = [];
  private isStopped = false;

  /** The batch that takes a sender's next request; undefined if it has to begin another one. */
  batchOf(sender: Sender): Batch | undefined {
    const last = this.legs.at(-1);
    return last?.sender === sender && !last.batch.isFull && !this.isStopped ? last.batch : undefined;
  }

  add(leg: Leg): void {
    this.legs.push(leg);
    this.isStopped = false;
  }

  /** What comes next is sent when all before it is done, also if it is for the same namespace. */
  stop(): void {
    this.isStopped = true;
  }

  send(id: number): void {
    for (const { sender, batch } of this.legs) sender.dispatch(batch, id);
  }

  fail(error: unknown): void {
    for (const { batch } of this.legs) batch.fail(error);
  }
}

let current: Trip | undefined;

/** The trip that is being put together, in this very call. */
export function currentTrip(): Trip | undefined {
  return current;
}

/**
 * Sends what `ask` asks for, of whatever namespaces, in one trip between what was started under its number already and what
 * `behind` starts: in order, and nothing behind a failure. What is ahead is under way while the rest is put together. If `ask`
 * throws, nothing more is sent. Only requests belong to a trip; listings and sockets go their own ways.
 */
export function together<Result>(id: number, ask: () => Result, behind: (trip: number) => void): Result {
  try {
    const trip = new Trip();
    const result = asking(trip, ask);
    behind(id);
    trip.send(id);
    return result;
  } finally {
    native().endTrip(id);
  }
}

/** Collects in a trip what is asked for; what throws fails that too. */
function asking<Result>(trip: Trip, ask: () => Result): Result {
  const outer = current;
  current = trip;
  try {
    return ask();
  } catch (error) {
    trip.fail(error);
    throw error;
  } finally {
    current = outer;
  }
}
