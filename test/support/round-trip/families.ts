import type { Fields, Members, Struct } from '../../../lib/codec';
import type { AnyField } from './values';
import { headerValues, isReference, legalValues, type HeaderType } from './values';
import { chosen, withWhatIsTaken, type Model } from './options';

/** What a family's message declares. */
interface Declared {
  readonly header: Struct<Members>;
  readonly fields: Fields;
}

/** Values of the properties of a family, but for those that are said apart. */
export function modelOfMessage({ header, fields }: Declared, apart: readonly string[]): Model {
  return modelOfFields(fields, header, apart);
}

/** Values of properties that stand in attributes and in a header, but for links, which there is no telling. */
export function modelOfFields(fields: Fields, header: HeaderType | undefined, apart: readonly string[] = []): Model {
  const entries = Object.entries(fields as Record<string, AnyField>).flatMap(([name, field]) => {
    if (field.readOnly || 'writeOnly' in field || apart.includes(name) || isReference(field)) return [];
    const isOfHeader = field.numbers.length === 0 && header !== undefined;
    return [[name, isOfHeader ? headerValues(name, field, header) : legalValues(name, field)] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * Adds things with all sorts of options, as many of each as the kernel takes together, each beside what `base` says of it. Answers which
 * it took.
 */
export async function makeSome(
  model: Model,
  count: number,
  base: (place: number) => object,
  add: (options: object) => Promise<unknown>,
): Promise<Set<string>> {
  const taken = new Set<string>();
  for (const [place, options] of chosen(model, count).entries()) {
    const made = await withWhatIsTaken(
      options,
      async (given) => {
        await add({ ...given, ...base(place) });
        return given;
      },
      model,
    );
    for (const name of Object.keys(made ?? {})) taken.add(name);
  }
  return taken;
}
