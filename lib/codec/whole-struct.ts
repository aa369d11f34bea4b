import { checkIsObject, isObject, show, within, wrongType } from '../errors';
import { unknownName } from '../unknown-name';
import { struct, type Members, type Struct, type StructInput, type StructValues } from './struct';
import type { FixedType } from './type';

/** Throws unless a value is an object with no other properties than these. */
export function checkMembers(values: unknown, names: readonly string[]): asserts values is object {
  checkIsObject(values);
  for (const name in values) if (!names.includes(name)) throw unknownName(name, names);
}

/** A struct that callers give as an object; a misspelt member is refused. */
export function asObject<M extends Members>(of: Struct<M>): Struct<M> {
  return {
    ...of,
    encode(writer, values) {
      checkMembers(values, of.names);
      of.encode(writer, values);
    },
  };
}

/** A {@link struct} that a user writes as an object: all of its members have to be there, and no others. */
export function wholeStruct<const M extends Members>(members: M): FixedType<StructValues<M>, Required<StructInput<M>>> {
  const list = Object.entries(members) as [string, FixedType<unknown, unknown>][];
  const names = Object.keys(members);
  return {
    ...struct(members),
    encode(writer, values) {
      if (!isObject(values)) {
        throw wrongType(`must be { ${names.join(', ')} }, not ${show(values)}`);
      }
      checkMembers(values, names);
      for (const [name, type] of list) {
        try {
          type.encode(writer, (values as Record<string, unknown>)[name]);
        } catch (error) {
          throw within(name, error);
        }
      }
    },
  };
}
