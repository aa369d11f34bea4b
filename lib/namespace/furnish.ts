import { show, wrongType } from '../errors';
import { together } from '../transport/trip';
import type { Creation } from './creation';
import { removeNamespace } from './removal';

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
  const furnished = settled(asked);
  try {
    await made;
  } catch (error) {
    handle.close();
    throw error;
  }
  const failures = await furnished;
  if (failures.size === 0) return;
  handle.close();
  if (name !== undefined) await removeNamespace(name, handle).catch(() => undefined);
  // Answers of one trip arrive in the same turn. What the first request should have made is what the others did not find.
  await new Promise(setImmediate);
  throw failures.get(Math.min(...failures.keys()));
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

/** Resolves when all have resolved, or one has rejected, with the errors of those that reject, by their places: more may follow. */
function settled(promises: unknown[]): Promise<Map<number, unknown>> {
  const failures = new Map<number, unknown>();
  return new Promise((resolve) => {
    let left = promises.length;
    if (left === 0) resolve(failures);
    const one = () => {
      left--;
      if (left === 0) resolve(failures);
    };
    promises.forEach((promise, place) => {
      Promise.resolve(promise).then(one, (error: unknown) => {
        failures.set(place, error);
        resolve(failures);
      });
    });
  });
}
