import { isDeepStrictEqual } from 'node:util';

import { show, wrongValue } from '../errors';
import { attributesOf } from './attribute-spans';
import type { Fields, Names } from './attributes';
import type { AnyMessage } from './message';
import type { Field } from './type';
import { returnWriter, takeWriter } from './writer';

// Some families take what a request to delete says as a pattern: the kernel deletes the first row that has all of it. What it compares
// is marked in the declaration, since it passes over some properties, and takes some values for any.

/** The values of a row, or of what a request describes. */
export type Values = Readonly<Record<string, unknown>>;

/** Whether the kernel takes a row for one that is described, as far as one of its properties tells. */
export type Fits = (row: Values, described: Values) => boolean;

/** How the kernel compares a property. Without a mark it is compared where the request says it, whatever it says. */
export interface Comparison {
  readonly fits?: Fits;
  /** Which values the kernel takes for not said. */
  readonly any?: 'zero' | ((value: unknown) => boolean);
  /** The kernel does not look at it. */
  readonly isPassedOver?: boolean;
  /** Alone it does not say which row is meant: most have the same. */
  readonly isCommon?: boolean;
}

/** A field that may be marked, with the marks that it has. */
type Marked = Pick<Field<unknown, never>, 'comparison'>;

function mark<F extends Marked>(of: F, comparison: Comparison): F {
  return { ...of, comparison: { ...of.comparison, ...comparison } };
}

/** Marks a field that the kernel does not look at when it deletes. */
export function notCompared<F extends Marked>(of: F): F {
  return mark(of, { fits: () => true, isPassedOver: true, isCommon: true });
}

/** Marks a field of which the kernel takes 0 for any when it deletes: an address, a network or a word that is 0 there as well. */
export function anyIfZero<F extends Marked>(of: F): F {
  return mark(of, { any: 'zero' });
}

/** Marks a field of which the kernel takes certain values for any when it deletes, or a part of them. */
export function anyIf<F extends Marked>(isAny: (value: unknown) => boolean, of: F): F {
  return mark(of, { any: isAny });
}

/** Marks a field that alone does not say what is to be deleted. */
export function common<F extends Marked>(of: F): F {
  return mark(of, { isCommon: true });
}

/** Marks fields that the kernel compares in a way of its own, together with others perhaps; also where the request does not say them. */
export function comparedBy(fits: Fits): <F extends Marked>(of: F) => F {
  return (of) => mark(of, { fits });
}

/** How the kernel tells the rows of a family apart when it deletes one. */
export interface Comparer<Row extends object> {
  /** The properties that the kernel looks at. */
  readonly lookedAt: Names;
  /**
   * Throws for a value that the kernel takes for any: a request that says it would delete what is not meant. What is a whole row is
   * taken, since a list gives such values.
   */
  checkSays(options: object): void;
  /** Whether what is said tells which row is meant. */
  isTelling(options: object): boolean;
  /** Whether a request that describes a row would delete another one, if that is the first. */
  isTakenFor(other: Row, described: Row): boolean;
}

/** What is asked of a family's message. */
type Compared<Row extends object> = AnyMessage<Row> & {
  readonly fields: Fields;
  readonly header: { readonly size: number };
};

/** Derives it from a declaration. */
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

/** Whether a property says nothing but zeros, in the header and in its attributes. */
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
    // It is refused when the request is written.
    return false;
  } finally {
    returnWriter(writer);
  }
}
