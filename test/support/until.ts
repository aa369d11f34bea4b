import { setTimeout as sleep } from 'node:timers/promises';

/** So long may the kernel, and threads, take for what they do in the background, on a busy machine. */
export const PATIENCE_MS = 15_000;

/** What `probe` finds, once that is something: for what the kernel does in its own time. */
export async function until<Found>(probe: () => Promise<Found | undefined>): Promise<Found> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error('waited in vain');
    await sleep(20);
  }
}
