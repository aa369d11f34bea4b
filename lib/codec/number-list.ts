import { blank } from './blank';
import { longerThan } from './holds-more';
import type { FixedType, Type } from './type';

/** Numbers one behind the other, as an object by the names of their places. */
export type NumbersByName<Name extends string> = Partial<Record<Name, number>>;

/**
 * Numbers one behind the other, of which each place has a name: the settings of a link, counters. Older kernels send fewer, whose
 * names are absent; of a newer one, which sends more, the attribute is kept whole among the unknown ones as well. An empty name
 * is left out.
 */
export function numbersByName<const Name extends string>(
  names: readonly (Name | '')[],
  carrier: FixedType<number>,
): Type<NumbersByName<Name>, never> {
  const { size, decode } = carrier;
  // Made when they are needed: most programs never ask for these.
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
