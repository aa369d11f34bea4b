import { show, within, wrongType } from '../errors';
import { unknownName } from '../unknown-name';
import { struct, type Members, type StructInput, type StructValues } from './struct';
import type { FixedType } from './type';

/** A {@link struct} that a user writes as an object: all of its members have to be there, and no others. */
export function wholeStruct<const M extends Members>(members: M): FixedType<StructValues<M>, Required<StructInput<M>>> {
  const list = Object.entries(members) as [string, FixedType<unknown, unknown>][];
  const names = Object.keys(members);
  return {
    ...struct(members),
    encode(writer, values) {
      if (typeof values !== 'object' || values === null) {
        throw wrongType(`must be { ${names.join(', ')} }, not ${show(values)}`);
      }
      for (const name in values) if (!Object.hasOwn(members, name)) throw unknownName(name, names);
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
