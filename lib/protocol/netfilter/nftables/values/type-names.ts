import { eachElementOf } from '../../../../codec';
import { isArray, show, wrongValue } from '../../../../errors';
import { types, type ValueTypeName } from './types';
import type { ValueType } from './value-type';

// Types as options and rows have them: a name of nft's, or several where values stand together.

function typeNamed(name: unknown): ValueType {
  if (typeof name !== 'string' || !Object.hasOwn(types, name)) {
    throw wrongValue(`must be one of nft's types, such as 'ipv4_addr' or 'inet_service', not ${show(name)}`);
  }
  return types[name as ValueTypeName];
}

/** The types that have these names. Throws for one that none has. */
export function typesNamed(names: unknown): ValueType[] {
  if (!isArray(names)) return [typeNamed(names)];
  const found: ValueType[] = [];
  eachElementOf(names, (one: unknown) => {
    found.push(typeNamed(one));
  });
  if (found.length < 2) throw wrongValue('must have two types at least, or be one that is no array');
  return found;
}

/** The names of types, as options have them. */
export function namesOf(of: readonly ValueType[]): ValueTypeName | ValueTypeName[] {
  const names = of.map(({ name }) => name as ValueTypeName);
  return names.length === 1 ? names[0]! : names;
}
