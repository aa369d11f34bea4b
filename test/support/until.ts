import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** So long may the kernel, and threads, take for what they do in the background, on a busy machine. */
const PATIENCE_MS = 40_000;

/** What `probe` finds, once that is as it should be, or when patience has ended. */
export async function lastFound<Found>(
  probe: () => Found | Promise<Found>,
  isGood: (found: Found) => boolean,
): Promise<Found> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (isGood(found) || performance.now() > deadline) return found;
    await sleep(20);
  }
}

/** What both find, once that is the same: the kernel tells of a link's state on its own time. */
export function bothFound<Found>(one: () => Promise<Found>, other: () => Promise<Found>): Promise<[Found, Found]> {
  return lastFound(
    async () => [await one(), await other()],
    ([first, second]) => isDeepStrictEqual(first, second),
  );
}

/** What `probe` finds, once that is something: for what the kernel does in its own time. */
export async function until<Found>(probe: () => Promise<Found | undefined>): Promise<Found> {
  const found = await lastFound(probe, (one) => one !== undefined);
  if (found === undefined) throw new Error('waited in vain');
  return found;
}
