import { at, show, wrongValue } from '../../../../errors';
import { objectTypes } from '../objects/kinds';
import { types, type ValueTypeName } from '../values/types';
import { namesOf, typesNamed } from '../values/type-names';
import type { ValueType } from '../values/value-type';
import { lengthOf, VERDICT, type SetValues } from './messages';
import type { NftSetOptions } from './set-options';
import { typesOfData, type MapData } from './set-content';

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
    data: data === undefined || data === 'verdict' ? data : at('data', () => typesNamed(data)),
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
  flags = [],
}: Partial<SetValues>): SetTypes | undefined {
  const keys = typesNumbered(keyType);
  if (keys === undefined || keyLength !== lengthOf(keys)) return undefined;
  const data = dataType === undefined || dataType === VERDICT ? undefined : typesNumbered(dataType);
  const isMap = flags.includes('map');
  if (isMap && dataType !== VERDICT && (data === undefined || dataLength !== lengthOf(data))) return undefined;
  return {
    keys,
    data: isMap ? (data ?? 'verdict') : undefined,
    objectType: flags.includes('object') ? objectType : undefined,
    isInterval: flags.includes('interval'),
  };
}

function typesNumbered(number: number): ValueType[] | undefined {
  const found: ValueType[] = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 2 ** BITS_OF_TYPE)) {
    const type = typeNumbered(rest % 2 ** BITS_OF_TYPE);
    if (type === undefined) return undefined;
    found.unshift(type);
  }
  return found.length === 0 ? undefined : found;
}

function typeNumbered(id: number): ValueType | undefined {
  return Object.values<ValueType>(types).find((type) => type.id === id);
}

/** What a map gives, as options have it. */
export function namesOfData(data: MapData): ValueTypeName | ValueTypeName[] | 'verdict' {
  return data === 'verdict' ? data : namesOf(typesOfData(data));
}
