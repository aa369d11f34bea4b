/** The results of functions, under their names. */
export type Loaded<Loaders extends Record<string, () => unknown>> = {
  readonly [Name in keyof Loaders]: ReturnType<Loaders[Name]>;
};

/**
 * An object whose properties are computed by functions, each when it is first read; listing the names computes none.
 * One that throws is tried again.
 *
 * With it files are loaded when they are first needed, to save time: `whenNeeded({ routes: () => require('./routes') as
 * typeof Routes })`, with `import type * as Routes`. Test runners follow such a `require`, and scripts/bundle.js puts
 * what it loads into a file of its own.
 */
export function whenNeeded<Loaders extends Record<string, () => unknown>>(loaders: Loaders): Loaded<Loaders> {
  const loaded = {};
  for (const name of Object.keys(loaders)) {
    const get = (): unknown => {
      const value = loaders[name]!();
      Object.defineProperty(loaded, name, { value, enumerable: true });
      return value;
    };
    Object.defineProperty(loaded, name, { get, configurable: true, enumerable: true });
  }
  return loaded as Loaded<Loaders>;
}
