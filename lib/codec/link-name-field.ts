import type { Fields } from './attributes';
import type { ReadOnlyField } from './type';

/** What a field tells the name of: a link whose index another field has. */
export interface NamedLink {
  /** The field with the index. */
  readonly index: string;
  /** A field that is there if the index is one of another namespace, where the link has a name that is not known here. */
  readonly elsewhere: string | undefined;
}

/** The name of a link whose index another field has. No message has it: lists add it when they are asked to. Requests ignore it. */
export function nameOfLink(index: string, elsewhere?: string): ReadOnlyField<string> {
  return {
    numbers: [],
    readOnly: true,
    namedLink: { index, elsewhere },
    encode: () => undefined,
    // It has no attribute, so this is never called.
    decode: () => '',
  };
}

/** Adds the names of links to a row, and to the rows inside it. */
export function nameLinks(row: object, fields: Fields, names: ReadonlyMap<number, string>): void {
  const values = row as Record<string, unknown>;
  for (const [property, { namedLink, rows }] of Object.entries(fields)) {
    if (namedLink !== undefined) {
      const name = names.get(values[namedLink.index] as number);
      const isHere = namedLink.elsewhere === undefined || values[namedLink.elsewhere] === undefined;
      if (name !== undefined && isHere) values[property] = name;
    }
    if (rows !== undefined)
      for (const one of (values[property] as object[] | undefined) ?? []) nameLinks(one, rows, names);
  }
}
