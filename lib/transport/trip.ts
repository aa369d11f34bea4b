import type { Batch } from './batch';
import { native } from './runtime';

/** Requests of one namespace in a trip, and how they are sent. */
interface Leg {
  owner: object;
  batch: Batch;
  send: (batch: Batch) => void;
}

/** What is asked of several namespaces at once, in order. */
export class Trip {
  private readonly legs: Leg[] = [];

  /** The batch that takes an owner's next request; undefined if it has to begin another one. */
  batchOf(owner: object): Batch | undefined {
    const last = this.legs.at(-1);
    return last?.owner === owner && !last.batch.isFull ? last.batch : undefined;
  }

  add(leg: Leg): void {
    this.legs.push(leg);
  }

  send(): void {
    for (const { batch, send } of this.legs) send(batch);
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
 * Sends what `ask` asks for, of whatever namespaces, in one trip behind what `first` does: in order, and nothing behind a
 * failure. If `ask` throws, nothing is sent. Only requests belong to a trip; listings and sockets go their own ways.
 */
export function together<Result>(first: () => void, ask: () => Result): Result {
  const trip = new Trip();
  const outer = current;
  current = trip;
  let result: Result;
  try {
    result = ask();
  } catch (error) {
    trip.fail(error);
    throw error;
  } finally {
    current = outer;
  }
  const addon = native();
  addon.beginTrip();
  try {
    first();
    trip.send();
  } finally {
    addon.endTrip();
  }
  return result;
}
