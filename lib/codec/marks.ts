import type { Fields } from './attributes';
import type { LinkReference } from './link-index';
import type { NamesOf } from './chosen-fields';
import type { InputOf, OptionsOf } from './message';
import type { Field } from './type';

// Marks in declarations for the properties that identify a row, and for those by which lists can be filtered. Types and
// requests follow from them.

/** A field that is part of a row's key. */
export interface KeyField {
  readonly isKey: true;
}

/** Marks a field that is part of a row's key: requests about an existing row have only these. */
export function inKey<F extends Field<unknown, never>>(of: F): F & KeyField {
  return { ...of, isKey: true };
}

/**
 * How rows are selected: by value, or by a link, whose name only the kernel looks up. A function returns the value that
 * rows have.
 */
export type FilterBy = 'value' | 'link' | ((asked: never) => unknown);

/** A field by which rows are selected. */
export interface FilterField {
  readonly filterBy: FilterBy;
}

/** Marks a field by whose value a list can be filtered: rows must have the same value, or what `inRows` makes of it. */
export function filterable<F extends Field<unknown, never>>(
  of: F,
  inRows?: (asked: InputOf<F>) => unknown,
): F & FilterField {
  return { ...of, filterBy: inRows ?? 'value' };
}

/** Marks a link by which the kernel filters a list; rows are not checked here. */
export function filterableLink<F extends Field<unknown, never>>(
  of: F & Pick<Field<unknown, LinkReference>, 'encode'>,
): F & FilterField {
  return { ...of, filterBy: 'link' };
}

type Marked<F extends Fields, Mark> = Pick<F, NamesOf<F, Mark>>;

/** The key of a row with these fields. */
export type KeyOf<F extends Fields> = OptionsOf<Marked<F, KeyField>>;

/** The filter for lists of rows with these fields. `null`, which clears a value, cannot be a filter. */
export type FilterOf<F extends Fields> = Filtering<F, NamesOf<F, FilterField>>;

type Filtering<F extends Fields, Names extends keyof F> = {
  -readonly [K in Names]?: Exclude<InputOf<F[K]>, null> | undefined;
};
