import { setImmediate as nextTurn } from 'node:timers/promises';

import { show, wrongType } from '../errors';
import { together } from '../transport/trip';
import { removeNamespace, type Creation } from './creation';

/**
 * Makes a namespace with all that `furnish` asks for, in one trip: whole, or not at all. Rejects with the first failure, in
 * the order in which things were asked for.
 */
export async function makeFurnished(
  { handle, create, keep, abandon, made }: Creation,
  name: string | undefined,
  furnish: () => unknown,
): Promise<void> {
  let asked: unknown[];
  try {
    asked = together(create, () => askedBy(furnish), keep);
  } catch (error) {
    await abandon(error);
    throw error;
  }
  const failures = failuresOf(asked);
  try {
    await made;
  } catch (error) {
    handle.close();
    throw error;
  }
  try {
    await Promise.all(asked);
  } catch (error) {
    handle.close();
    if (name !== undefined) await removeNamespace(name, handle).catch(() => undefined);
    // Answers of one trip arrive in the same turn. What the first request should have made is what the others did not find.
    await nextTurn();
    const [first = { error }] = failures.filter((failure) => failure !== undefined);
    throw first.error;
  }
}

/** What a new namespace gets, asked for. Throws a TypeError unless the function returns it at once. */
function askedBy(furnish: () => unknown): unknown[] {
  const asked = furnish();
  if (Array.isArray(asked)) return asked;
  if (typeof asked === 'object' && asked !== null && Symbol.iterator in asked) return [...(asked as Iterable<unknown>)];
  // What an async function waits for never comes, and nobody else hears of it.
  if (asked instanceof Promise) asked.catch(() => undefined);
  throw wrongType(`must return an array of promises at once, not ${show(asked)}`, 'furnish');
}

/** A list that is filled, at its place, with the error of each promise that rejects. */
function failuresOf(promises: unknown[]): ({ error: unknown } | undefined)[] {
  const failures = new Array<{ error: unknown } | undefined>(promises.length).fill(undefined);
  promises.forEach((promise, index) => {
    if (!(promise instanceof Promise)) return;
    promise.catch((error: unknown) => {
      failures[index] = { error };
    });
  });
  return failures;
}
