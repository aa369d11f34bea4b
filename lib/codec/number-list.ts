import { blank } from './fast/blank';
import { longerThan } from './holds-more';
import type { FixedType, Type } from './type';

/** Consecutive numbers, as an object with a name for each place. */
export type NumbersByName<Name extends string> = Partial<Record<Name, number>>;

/**
 * Consecutive numbers in which each place has a name: the settings of a link, counters. Older kernels send fewer, whose
 * names are then absent. Of a newer kernel, which sends more, the attribute is also kept whole among the unknown ones.
 * A place with an empty name is left out.
 */
export function numbersByName<const Name extends string>(
  names: readonly (Name | '')[],
  carrier: FixedType<number>,
): Type<NumbersByName<Name>, never> {
  const { size, decode } = carrier;
  // Made when they are needed: most programs never read these.
  let places: readonly { name: Name; offset: number }[] | undefined;
  let empty: (() => object) | undefined;
  return {
    holdsMore: longerThan(names.length * size),
    encode: () => undefined,
    decode(source, start, end) {
      places ??= names.flatMap((name, index) => (name === '' ? [] : [{ name, offset: index * size }]));
      const there = places.filter(({ offset }) => start + offset + size <= end);
      empty ??= blank(places.length);
      const values = (there.length === places.length ? empty() : {}) as NumbersByName<Name>;
      for (const { name, offset } of there) values[name] = decode(source, start + offset, end);
      return values;
    },
  };
}
