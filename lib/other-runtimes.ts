/** Runtimes that load the addon as Node does, with their names as they write them. */
const NAMES = { bun: 'Bun', deno: 'Deno' };

/**
 * Throws under runtimes that cannot do something: Bun and Deno make a socket of their own where they are given a descriptor to connect, and
 * what is asked for would happen outside of the namespace, or never.
 */
export function refuseUnder(runtimes: readonly (keyof typeof NAMES)[], what: string): void {
  const runtime = runtimes.find((name) => process.versions[name] !== undefined);
  if (runtime === undefined) return;
  const error = new Error(`${NAMES[runtime]} cannot have ${what} inside a namespace: run the program with Node.js`);
  throw Object.assign(error, { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
