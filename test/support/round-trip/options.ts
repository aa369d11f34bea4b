import fc from 'fast-check';

/** Values that properties may have, by name. */
export type Model = Readonly<Record<string, readonly unknown[]>>;

/** RTNETLINK_ROUND_TRIP_SEED chooses other options than always the same. */
export const seed = Number(process.env.RTNETLINK_ROUND_TRIP_SEED ?? 5);

/** So many objects that have some of the properties, in some order, which is that in which they are given up. */
export function chosen(model: Model, count: number): Record<string, unknown>[] {
  const names = Object.keys(model).filter((name) => model[name]!.length > 0);
  const some = fc.oneof(
    fc.subarray(names, { minLength: Math.min(1, names.length), maxLength: Math.min(4, names.length) }),
    fc.shuffledSubarray(names),
  );
  const values = some.chain((given) =>
    fc.tuple(...given.map((name) => fc.constantFrom(...model[name]!).map((value) => [name, value] as const))),
  );
  return fc.sample(values, { seed, numRuns: count }).map((entries) => Object.fromEntries(entries));
}

/** What is not to be had: by the property that is refused, or undefined where nobody says which. */
export type Attempt<Made> = { made: Made } | { refused: string | undefined };

/**
 * Makes a thing with as many of some options as are to be had together: what is refused is given up, or where nobody says
 * which that is, the last; what is missing is taken from the model. Undefined if there is nothing to be had at all.
 */
export async function withWhatIsTaken<Made>(
  options: Readonly<Record<string, unknown>>,
  make: (options: Record<string, unknown>) => Promise<Made>,
  model: Model = {},
): Promise<Made | undefined> {
  let left = Object.entries(options);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const attempt = await attemptTo(() => make(Object.fromEntries(left)));
    if ('made' in attempt) return attempt.made;
    const { refused = '' } = attempt;
    const rest = left.filter(([name]) => name !== refused);
    const missing = model[refused] ?? [];
    if (rest.length < left.length) left = rest;
    else if (missing.length > 0) left = [[refused, missing[tries % missing.length]], ...left];
    else if (left.length === 0) return undefined;
    else left = left.slice(0, Math.floor(left.length * 0.75));
  }
  return undefined;
}

const MOST_TRIES = 100;

async function attemptTo<Made>(make: () => Promise<Made>): Promise<Attempt<Made>> {
  try {
    return { made: await make() };
  } catch (error) {
    const { property, code, name, message } = error as {
      property?: string;
      code?: string;
      name?: string;
      message: string;
    };
    if (property === undefined && code === undefined && name !== 'TypeError' && name !== 'RangeError') {
      throw new Error(`no refusal: ${message}`, { cause: error });
    }
    return { refused: property?.split('.').at(-1) };
  }
}
