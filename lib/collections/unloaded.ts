/**
 * Stands for a collection that cannot be loaded: each of its verbs rejects with the error, and a stream has no rows.
 */
export function unloaded(error: unknown): object {
  return new Proxy(
    {},
    {
      get(_collection, verb) {
        // `await` and console.log look for these properties in every object; there are none.
        if (typeof verb === 'symbol' || verb === 'then') return undefined;
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is what loading threw
        const rejected = () => Promise.reject(error);
        return verb === 'stream' ? () => nothing(rejected) : rejected;
      },
    },
  );
}

async function* nothing(rejected: () => Promise<never>): AsyncGenerator<never, void, undefined> {
  await rejected();
}
