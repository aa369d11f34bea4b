// Splitting options: each of several messages gets the properties that belong to it.

/** The properties with these names that have a value; undefined if there are none. */
export function pick<Options extends object>(
  options: Options,
  names: readonly (keyof Options)[],
): Partial<Options> | undefined {
  let picked: Partial<Options> | undefined;
  for (const name of names) {
    if (options[name] === undefined) continue;
    picked ??= {};
    picked[name] = options[name];
  }
  return picked;
}

/** All properties except those with these names. */
export function without<Options extends object>(options: Options, names: readonly (keyof Options)[]): Options {
  const rest = { ...options };
  for (const name of names) if (name in rest) (rest as Record<keyof Options, unknown>)[name] = undefined;
  return rest;
}

/** The names of the properties that have a value. */
export function namesOf(options: object): string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
