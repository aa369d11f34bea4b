import { randomOf, type Random } from './random';

// How much is tried: as much as a suite has time for, the same each time, or with `npm run test:break` for as long as is asked for, from
// a seed that scripts/test-break prints.

const { RTNETLINK_BREAK_SECONDS: seconds, RTNETLINK_BREAK_SEED: given, RTNETLINK_BREAK_STEP: only } = process.env;

/** Whether this is the long form. */
export const isLong = seconds !== undefined;
export const seed = Number(given ?? 1);
/** What one file may take in the long form. */
const share = Number(seconds ?? 0) * 1000;
const start = performance.now();

jest.setTimeout(share + 300_000);

/** Whether the time of this file is over. In the short form it always is: each thing is tried as often as it says itself. */
function isOver(part: number): boolean {
  return performance.now() - start > share * part;
}

/**
 * Takes `short` steps, and in the long form as many as there is time for, until `part` of the time of this file is over. An error tells the
 * seed and the step, by which it can be repeated.
 */
export async function repeatedly(
  short: number,
  step: (random: Random, step: number) => void | Promise<void>,
  part = 1,
): Promise<void> {
  let count = Number(only ?? 0);
  const goesOn = () => (only === undefined ? count < short || !isOver(part) : count === Number(only));
  for (; goesOn(); count++) {
    try {
      await step(randomOf(seed, count), count);
    } catch (error) {
      throw new Error(`seed ${seed}, step ${count} (npm run test:break -- --seed ${seed} --step ${count})`, {
        cause: error,
      });
    }
  }
  if (isLong) process.stderr.write(`${expect.getState().currentTestName ?? ''}: ${count} steps\n`);
}
