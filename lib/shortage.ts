/** Errors of a process that has no descriptor left, or a machine that has none: not those of wrong arguments. */
const shortages: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);

/**
 * Calls a function that throws for wrong arguments, and returns a promise otherwise. A shortage of descriptors rejects
 * rather than throws.
 */
export function rejectingShortage<Result extends object>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if (!shortages.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is what the call threw
    return Object.assign(Promise.reject(error), { child: undefined }) as unknown as Result;
  }
}
