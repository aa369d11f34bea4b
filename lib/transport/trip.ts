import type { Batch } from './batch';
import { native, takeId } from './runtime';

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
 * Sends what `ask` asks for, of whatever namespaces, in one trip between what `ahead` and `behind` do: in order, and nothing
 * behind a failure. What is ahead is under way while the rest is put together. If `ask` throws, nothing more is sent. Only
 * requests belong to a trip; listings and sockets go their own ways.
 */
export function together<Result>(ahead: () => void, ask: () => Result, behind: () => void): Result {
  const id = takeId();
  inTrip(id, ahead);
  try {
    const trip = new Trip();
    const result = asking(trip, ask);
    inTrip(id, () => {
      behind();
      trip.send();
    });
    return result;
  } finally {
    native().endTrip(id);
  }
}

/** Operations of the addon that are started in there belong to the trip of this number. */
function inTrip(id: number, start: () => void): void {
  const addon = native();
  addon.enterTrip(id);
  try {
    start();
  } finally {
    addon.leaveTrip();
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
