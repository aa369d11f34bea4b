import type { Members, Struct, StructInput, StructValues } from './struct';
import { field, type Field } from './type';

type MembersAsFields<M extends Members, Name extends keyof StructValues<M> & keyof StructInput<M>> = {
  readonly [K in Name]: Field<StructValues<M>[K], Exclude<StructInput<M>[K], undefined>>;
};

/**
 * Members of the struct in an attribute, each as a property of its own. The first of them in a request writes the whole
 * struct, from what `complete` makes of all of them; absent members are zero.
 */
export function structFields<
  M extends Members,
  const Name extends keyof StructValues<M> & keyof StructInput<M> & string,
>(
  number: number,
  type: Struct<M>,
  names: readonly Name[],
  complete: (values: Pick<StructInput<M>, Name>) => StructInput<M> = (values) =>
    pick(values, names) as unknown as StructInput<M>,
): MembersAsFields<M, Name> {
  const whole = field(number, type);
  const fields = names.map((name) => [
    name,
    {
      ...whole,
      isPart: true,
      isTransparent: true,
      encode(writer, _value, values) {
        const said = values as Pick<StructInput<M>, Name>;
        if (names.find((one) => said[one] !== undefined) === name) whole.encode(writer, complete(said));
      },
      decode: type.read[name],
    } satisfies Field<unknown>,
  ]);
  return Object.fromEntries(fields) as MembersAsFields<M, Name>;
}

function pick(values: object, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, (values as Record<string, unknown>)[name]]));
}
