import type { Fields } from './attributes';
import type { Field } from './type';

/** How an attribute becomes a property. */
export interface Reader {
  readonly name: string;
  readonly accumulates: boolean;
  readonly decode: Field<unknown>['decode'];
  /** Whether the attribute holds more than its readers decode. */
  readonly holdsMore: Field<unknown>['holdsMore'];
  /** The reader of another property in the same attribute. */
  readonly next: Reader | undefined;
}

export const IGNORED = 'ignored';

/** The readers of a set of attributes, by their numbers. */
export type Readers = readonly (Reader | typeof IGNORED | undefined)[];

export function readersOf(fields: Fields, ignored: readonly number[]): Readers {
  const known = Object.entries(fields);
  const numbers = [...ignored, ...known.flatMap(([, one]) => one.numbers)];
  const readers = new Array<Reader | typeof IGNORED | undefined>(Math.max(-1, ...numbers) + 1).fill(undefined);
  for (const number of ignored) readers[number] = IGNORED;
  for (const [name, one] of known.reverse()) {
    for (const number of one.numbers) {
      const other = readers[number];
      const next = other === IGNORED ? undefined : other;
      readers[number] = {
        name,
        accumulates: one.accumulates === true,
        decode: one.decode,
        holdsMore: one.holdsMore ?? next?.holdsMore,
        next,
      };
    }
  }
  return readers;
}
