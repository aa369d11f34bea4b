/** What each of some functions gives, under its name. */
export type Loaded<Loaders extends Record<string, () => unknown>> = {
  readonly [Name in keyof Loaders]: ReturnType<Loaders[Name]>;
};

/**
 * An object whose properties are made by functions, each when it is first read; to look at the names makes none. One that throws is tried
 * again.
 *
 * So files are loaded when they are first needed, since each takes its time: `whenNeeded({ routes: () => require('./routes') as typeof Routes })`,
 * with `import type * as Routes`. A `require` is followed by test runners, and scripts/bundle.js makes a file of its own of what is behind it.
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
