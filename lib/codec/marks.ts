import type { Fields } from './attributes';
import type { LinkReference } from './link-index';
import type { InputOf, OptionsOf } from './message';
import type { Field } from './type';

// What names a row of a family, and what its lists can be asked for: marks in its declaration, from which types and requests follow.

/** A field that is part of what names a row. */
export interface KeyField {
  readonly isKey: true;
}

/** Marks a field that is part of what names a row: requests about one that exists say such alone. */
export function inKey<F extends Field<unknown, never>>(of: F): F & KeyField {
  return { ...of, isKey: true };
}

/** How rows are selected: by their value, or by a link, whose name the kernel alone looks up. A function tells the value that rows have. */
export type FilterBy = 'value' | 'link' | ((asked: never) => unknown);

/** A field by which rows are selected. */
export interface FilterField {
  readonly filterBy: FilterBy;
}

/** Marks a field by whose value a list can be filtered: rows have to have the same, or what `inRows` makes of it. */
export function filterable<F extends Field<unknown, never>>(
  of: F,
  inRows?: (asked: InputOf<F>) => unknown,
): F & FilterField {
  return { ...of, filterBy: inRows ?? 'value' };
}

/** Marks a link by which the kernel filters a list; rows are not looked at. */
export function filterableLink<F extends Field<unknown, never>>(
  of: F & Pick<Field<unknown, LinkReference>, 'encode'>,
): F & FilterField {
  return { ...of, filterBy: 'link' };
}

type Marked<F extends Fields, Mark> = { readonly [K in keyof F as F[K] extends Mark ? K : never]: F[K] };

/** What names a row of these fields. */
export type KeyOf<F extends Fields> = OptionsOf<Marked<F, KeyField>>;

/** What lists of rows of these fields can be asked for. `null`, which takes a value away, selects nothing. */
export type FilterOf<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends FilterField ? K : never]?: Exclude<InputOf<F[K]>, null> | undefined;
};
