import type { ShownRow } from '../golden';

/** Links by the names that iproute2 shows for their indexes. */
export type Links = ReadonlyMap<string, number>;

/** What a key of iproute2's JSON says in this library's words. */
export type Meaning = (value: never, row: ShownRow, links: Links) => object;

/** What each key says. A key that is not there stands for a flag, where iproute2 shows one as a key. */
export type Translation = Readonly<Record<string, Meaning>>;

/** The same under another name, or made from it: `Value` is what iproute2 shows. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function as<Value>(name: string, from: (value: Value) => unknown = (value) => value): Meaning {
  return (value: Value) => ({ [name]: from(value) });
}

/** Said by another key as well, or worked out by iproute2. */
export const passedOver: Meaning = () => ({});

/** A link, which iproute2 shows by its name. */
export function link(name: string): Meaning {
  return (value: string, _row, links) => ({ [name]: links.get(value) });
}

/** Whole seconds, of which the library tells the hundredths as well. */
export function wholeSeconds(name: string): Meaning {
  return (value: number) => ({
    [name]: matching(`${value} s and less than ${value + 1}`, (ours) => Math.floor(Number(ours)) === value),
  });
}

/** A row in this library's words. Throws for a key that the translation lacks and that is no flag. */
export function translated(translation: Translation, row: ShownRow, links: Links): object {
  const flags: string[] = [];
  const parts = Object.entries(row).map(([key, value]) => {
    const meaning = Object.hasOwn(translation, key) ? translation[key] : undefined;
    if (meaning !== undefined) return meaning(value as never, row, links);
    if (value !== null && value !== true) throw new Error(`what is ${key}, ${JSON.stringify(value)}, in our words?`);
    flags.push(key);
    return {};
  });
  if (flags.length > 0) parts.push({ flags: expect.arrayContaining(flags) as unknown });
  return Object.assign({}, ...parts) as object;
}

/** What `expect` compares by a function. */
function matching(description: string, asymmetricMatch: (ours: unknown) => boolean): object {
  return { $$typeof: Symbol.for('jest.asymmetricMatcher'), asymmetricMatch, toAsymmetricMatcher: () => description };
}
