import { checkInteger, eachElementOf } from '../../../../codec';
import { at, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import { octetsOf } from './special-types';
import { integer, types, type ValueTypeName } from './types';
import { textOf, type ValueType } from './value-type';

// Types as options and rows have them: a name of nft's, or several where values stand together.

/** Whole numbers of a field that has no type of its own: a length, an id, bytes without a name. nft calls them 'integer', with a `typeof` that tells the field. */
export interface NftIntegerType {
  /** Bytes of each, 1 to 64. Of more than 6 bytes in the order of the network a value is a text of hexadecimal digits. NFTA_SET_KEY_LEN, NFTA_SET_DATA_LEN. */
  integer: number;
  /** 'host' where they are in the order of this machine, as what the kernel tells is; that of the network by default, as in packets. NFTA_SET_USERDATA. */
  order?: 'host' | undefined;
}

/** Texts of a field that has no type of its own: the name of an operating system. nft calls them 'string'. */
export interface NftTextType {
  /** Bytes of each at most, with the NUL behind it, 2 to 64. NFTA_SET_KEY_LEN, NFTA_SET_DATA_LEN. */
  string: number;
}

/** What the keys and data of sets are: one of nft's types by its name, or numbers or texts of a length. */
export type NftSetType = ValueTypeName | NftIntegerType | NftTextType;

/** The kernel's limit of keys and data. */
const LONGEST = 64;
/** So many bytes are a number without loss. */
const MOST_OF_NUMBER = 6;

/** Numbers of so many bytes. */
export function integerOf(size: number, isHost: boolean): ValueType {
  return isHost || size <= MOST_OF_NUMBER ? integer(size, isHost) : octetsOf(size);
}

/** Texts of so many bytes. */
export function stringOf(size: number): ValueType {
  return textOf('string', STRING, size);
}

/** nft's numbers of types whose length only a set tells. */
export const INTEGER = 4;
export const STRING = 5;

function typeNamed(name: unknown): ValueType {
  if (isObject(name)) return sizedType(name);
  if (typeof name !== 'string' || !Object.hasOwn(types, name)) {
    const examples = "such as 'ipv4_addr' or 'inet_service', or { integer: 2 }";
    throw wrongValue(`must be one of nft's types, ${examples}, not ${show(name)}`);
  }
  return types[name as ValueTypeName];
}

function sizedType(given: object): ValueType {
  const wrong = Object.keys(given).find((name) => !['integer', 'order', 'string'].includes(name));
  if (wrong !== undefined)
    throw wrongValue("is no property of a type: there are 'integer' with 'order', and 'string'", wrong);
  const { integer: size, order, string } = given as { integer?: unknown; order?: unknown; string?: unknown };
  if ((size === undefined) === (string === undefined))
    throw wrongType("must be given, or 'string': the bytes of a value", 'integer');
  if (string !== undefined) {
    if (order !== undefined) throw wrongValue('has no meaning for texts', 'order');
    at('string', () => {
      checkInteger(string, 2, LONGEST);
    });
    return stringOf(string as number);
  }
  at('integer', () => {
    checkInteger(size, 1, LONGEST);
  });
  if (order !== undefined && order !== 'host')
    throw wrongValue(`must be 'host' or left out, not ${show(order)}`, 'order');
  return integerOf(size as number, order === 'host');
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
export function namesOf(of: readonly ValueType[]): NftSetType | NftSetType[] {
  const names = of.map(nameOf);
  return names.length === 1 ? names[0]! : names;
}

function nameOf({ name, id, size, isHost }: ValueType): NftSetType {
  if (id === INTEGER) return { integer: size, ...(isHost && { order: 'host' as const }) };
  return id === STRING ? { string: size } : (name as ValueTypeName);
}
