import { at, show, wrongValue } from '../../../../errors';
import { objectTypes } from '../objects/kinds';
import { INTEGER, integerOf, STRING, stringOf, typesNamed } from '../values/type-names';
import { types } from '../values/types';
import type { ValueType } from '../values/value-type';
import { lengthOf, VERDICT, type SetValues } from './messages';
import type { NftSetOptions } from './set-options';
import { dataNamed, intervalOf } from './data-types';
import type { MapData } from './set-content';
import { integersIn } from './typeof';
import { isDataInterval, keptIn, type KeptTypes } from './user-data';

const BITS_OF_TYPE = 6;

/** What a set takes. */
export interface SetTypes {
  readonly keys: readonly ValueType[];
  readonly data: MapData | undefined;
  /** The kind of the objects that a map gives, as the kernel numbers them. */
  readonly objectType: number | undefined;
  readonly isInterval: boolean;
}

/** What a set takes, by its options. */
export function typesOf({
  key,
  data,
  object,
  flags = [],
}: Pick<NftSetOptions, 'key' | 'data' | 'object' | 'flags'>): SetTypes {
  const keys = at('key', () => typesNamed(key));
  if (object !== undefined && data !== undefined)
    throw wrongValue('cannot be combined with data: a map gives objects, or something else', 'object');
  return {
    keys,
    data: data === undefined || data === 'verdict' ? data : at('data', () => dataNamed(data)),
    objectType: object === undefined ? undefined : at('object', () => objectTypeNamed(object)),
    isInterval: flags.includes('interval'),
  };
}

function objectTypeNamed(kind: unknown): number {
  if (typeof kind === 'number') return kind;
  if (typeof kind === 'string' && Object.hasOwn(objectTypes, kind)) return objectTypes[kind as 'counter'];
  throw wrongValue(`must be one of ${Object.keys(objectTypes).join(', ')}, not ${show(kind)}`);
}

/** The types of a set, by what the kernel keeps for nft; undefined where they have no names here. */
export function typesIn({
  keyType = 0,
  keyLength,
  dataType,
  dataLength,
  objectType,
  userData,
  flags = [],
}: Partial<SetValues>): SetTypes | undefined {
  const keys = typesOfLength(keyType, keyLength, keptIn(userData, 'key'));
  if (keys === undefined) return undefined;
  const isMap = flags.includes('map');
  const data = isMap && dataType !== VERDICT ? dataIn(dataType, dataLength, userData) : undefined;
  if (isMap && dataType !== VERDICT && data === undefined) return undefined;
  return {
    keys,
    data: isMap ? (data ?? 'verdict') : undefined,
    objectType: flags.includes('object') ? objectType : undefined,
    isInterval: flags.includes('interval'),
  };
}

function dataIn(type = 0, length = 0, userData: Uint8Array | undefined): Exclude<MapData, 'verdict'> | undefined {
  const isOfRanges = isDataInterval(userData);
  const types = typesOfLength(type, isOfRanges ? length / 2 : length, keptIn(userData, 'data'));
  return isOfRanges && types !== undefined ? intervalOf(types) : types;
}

/** The types of values of so many bytes, by nft's number for them. */
function typesOfLength(number: number, length: number | undefined, kept: KeptTypes): ValueType[] | undefined {
  const numbers: number[] = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 2 ** BITS_OF_TYPE))
    numbers.unshift(rest % 2 ** BITS_OF_TYPE);
  const integers = numbers.length > 1 ? integersIn(kept.expression, numbers.length) : [];
  const found = numbers.map((id, index) => {
    if (numbers.length > 1 && id === INTEGER) return integers[index];
    if (id === INTEGER) return length === undefined ? undefined : integerOf(length, kept.isHost);
    if (id === STRING) return numbers.length > 1 || length === undefined ? undefined : stringOf(length);
    return typeNumbered(id);
  });
  const types = found.filter((type) => type !== undefined);
  return found.length > 0 && types.length === found.length && lengthOf(types) === length ? types : undefined;
}

function typeNumbered(id: number): ValueType | undefined {
  return Object.values<ValueType>(types).find((type) => type.id === id);
}
