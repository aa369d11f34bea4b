import { at, isArray, isObject, wrongType, wrongValue } from '../../../../errors';
import { rangeOf, rangesOf } from '../values/composed-types';
import { namesOf, typesNamed, type NftSetType } from '../values/type-names';
import type { ValueType } from '../values/value-type';
import { typesOfData, type MapData } from './set-content';

/** What a map gives that gives ranges, for NAT: `type ipv4_addr : interval ipv4_addr`. */
export interface NftDataInterval {
  /** What lies in a range, or several that stand together. NFTA_SET_USERDATA. */
  interval: NftSetType | readonly NftSetType[];
}

/** What a map gives besides verdicts: a type, several that stand together, or ranges of those. */
export type NftDataType = NftSetType | readonly NftSetType[] | NftDataInterval;

/** Ranges of types: each of one, or of several that stand together. */
export function intervalOf(types: readonly ValueType[]): ValueType {
  return types.length === 1 ? rangeOf(types[0]!) : rangesOf(types);
}

/** What a map gives, as options have it. */
export function dataNamed(given: unknown): Exclude<MapData, 'verdict'> {
  if (!isObject(given) || isArray(given) || !('interval' in given)) return typesNamed(given);
  const more = Object.keys(given).find((name) => name !== 'interval');
  if (more !== undefined) throw wrongValue("is no property beside 'interval'", more);
  const { interval } = given;
  if (interval === undefined) throw wrongType('must be a type', 'interval');
  return intervalOf(at('interval', () => typesNamed(interval)));
}

/** The same in words. */
export function namesOfData(data: MapData): NftDataType | 'verdict' {
  if (data === 'verdict') return data;
  const types = typesOfData(data);
  const of = types[0]?.rangeOf;
  return of === undefined ? namesOf(types) : { interval: namesOf(of) };
}
