import { isDeepStrictEqual } from 'node:util';

import { show, wrongValue } from '../errors';
import { attributesOf } from './attribute-spans';
import type { Fields, Names } from './attributes';
import type { AnyMessage } from './message';
import type { Field } from './type';
import { returnWriter, takeWriter } from './writer';

// Some families treat a request to delete as a pattern: the kernel deletes the first row that has all given properties.
// What it compares is marked in the declaration, since it ignores some properties, and takes some values as wildcards.

/** The values of a row, or of a request. */
export type Values = Readonly<Record<string, unknown>>;

/** Whether the kernel takes a row for the described one, judged by one of its properties. */
export type Fits = (row: Values, described: Values) => boolean;

/** How the kernel compares a property. Without a mark it is compared whenever the request has it. */
export interface Comparison {
  readonly fits?: Fits;
  /** The values that the kernel treats as absent. */
  readonly any?: 'zero' | ((value: unknown) => boolean);
  /** The kernel ignores it. */
  readonly isPassedOver?: boolean;
  /** It does not select a row by itself: most rows have the same value. */
  readonly isCommon?: boolean;
}

/** A field with its marks, if it has any. */
type Marked = Pick<Field<unknown, never>, 'comparison'>;

function mark<F extends Marked>(of: F, comparison: Comparison): F {
  return { ...of, comparison: { ...of.comparison, ...comparison } };
}

/** Marks a field that the kernel ignores when it deletes. */
export function notCompared<F extends Marked>(of: F): F {
  return mark(of, { fits: () => true, isPassedOver: true, isCommon: true });
}

/**
 * Marks a field for which the kernel takes 0 as a wildcard when it deletes; also an address, a network or a word whose
 * number is 0.
 */
export function anyIfZero<F extends Marked>(of: F): F {
  return mark(of, { any: 'zero' });
}

/** Marks a field for which the kernel takes certain values, or a part of them, as wildcards when it deletes. */
export function anyIf<F extends Marked>(isAny: (value: unknown) => boolean, of: F): F {
  return mark(of, { any: isAny });
}

/** Marks a field that does not select what is to be deleted by itself. */
export function common<F extends Marked>(of: F): F {
  return mark(of, { isCommon: true });
}

/**
 * Marks fields that the kernel compares in a special way, perhaps together with others, also where the request does not
 * have them.
 */
export function comparedBy(fits: Fits): <F extends Marked>(of: F) => F {
  return (of) => mark(of, { fits });
}

/** How the kernel selects a row of a family for deletion. */
export interface Comparer<Row extends object> {
  /** The properties that the kernel compares. */
  readonly lookedAt: Names;
  /**
   * Throws for a value that the kernel takes as a wildcard: such a request might delete another row than was meant.
   * Whole rows are accepted, since lists contain such values.
   */
  checkSays(options: object): void;
  /** Whether the given properties select a row. */
  isTelling(options: object): boolean;
  /** Whether a request that describes one row would delete another one, if that comes first. */
  isTakenFor(other: Row, described: Row): boolean;
}

/** The parts of a family's message that are needed here. */
type Compared<Row extends object> = AnyMessage<Row> & {
  readonly fields: Fields;
  readonly header: { readonly size: number };
};

/** Derives the comparison from a declaration. */
export function comparer<Row extends object>(message: Compared<Row>): Comparer<Row> {
  const all = Object.entries<Field<unknown, never>>(message.fields).filter(([, { readOnly }]) => !readOnly);
  const rowsHave = all.filter(([, one]) => 'isConstant' in one).map(([name]) => name);
  const open = all.filter(([, { comparison }]) => comparison?.any !== undefined);

  function isAny(name: string, { comparison }: Field<unknown, never>, value: unknown): boolean {
    const any = comparison?.any;
    if (any === undefined || value === undefined) return false;
    return any === 'zero' ? isZero(message, name, value) : any(value);
  }

  const checks = all.map(([name, one]): Fits => {
    const { fits } = one.comparison ?? {};
    if (fits !== undefined) return fits;
    return (row, described) => {
      const asked = described[name];
      return asked === undefined || isDeepStrictEqual(row[name], asked) || isAny(name, one, asked);
    };
  });

  return {
    lookedAt: new Set(all.filter(([, { comparison }]) => comparison?.isPassedOver !== true).map(([name]) => name)),
    checkSays(options) {
      const values = options as Values;
      if (rowsHave.every((name) => values[name] !== undefined)) return;
      for (const [name, one] of open) {
        const value = values[name];
        if (isAny(name, one, value))
          throw wrongValue(`must not be ${show(value)}, which stands for any: leave it out`, name);
      }
    },
    isTelling: (options) =>
      all.some(([name, { comparison }]) => comparison?.isCommon !== true && (options as Values)[name] !== undefined),
    isTakenFor: (other, described) => checks.every((fits) => fits(other as Values, described as Values)),
  };
}

/** Whether all bytes of a property are zero, in the header and in its attributes. */
function isZero(message: Compared<object>, name: string, value: unknown): boolean {
  if (value === 0) return true;
  if (typeof value === 'number') return false;
  const writer = takeWriter();
  try {
    message.encode(writer, { [name]: value } as never, { only: new Set([name]) });
    const { bytes, position } = writer;
    const { size } = message.header;
    const areZero = (start: number, end: number) => bytes.subarray(start, end).every((byte) => byte === 0);
    return areZero(0, size) && attributesOf(writer, size, position).every(({ start, end }) => areZero(start, end));
  } catch {
    // It is refused later, when the request is encoded.
    return false;
  } finally {
    returnWriter(writer);
  }
}
