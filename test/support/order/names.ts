import fc from 'fast-check';

/**
 * Names of links, few of each sort, so that calls often meet the same link, or none. A name passes only to links of its
 * sort, so that it tells what a call may do to the other namespace:
 *
 * - bridge: stays where it is
 * - lone: an end of a pair whose other end is in a third namespace; may move
 * - near: an end of a pair whose ends are in one namespace, and stay there
 * - far: an end of a pair whose other end may be elsewhere, and goes when this one is deleted
 */
export const names = {
  bridge: ['br0', 'br1'],
  lone: ['l0', 'l1'],
  near: ['p0', 'p1', 'p2', 'p3'],
  far: ['x0', 'x1', 'x2'],
} as const;

export type Sort = keyof typeof names;

export const sorts = Object.keys(names) as Sort[];
/** Those that can be deleted without a change in the other namespace. */
export const endedHere = ['bridge', 'lone', 'near'] as const;

/** A name that a link of a sort may get: mostly one that is free in the beginning. */
export function nameOf(sort: Sort): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...usual(sort)) },
    { weight: 2, arbitrary: fc.constantFrom(...names[sort].slice(usual(sort).length)) },
  );
}

/** The names that there are from the beginning, if nothing is left out. */
function usual(sort: Sort): readonly string[] {
  return names[sort].slice(0, sort === 'near' ? 2 : 1);
}

/** An alternative name that a link of a sort may get: one that could be a name, or one that is too long for that. */
export function alternativeNameOf(sort: Sort): fc.Arbitrary<string> {
  return fc.constantFrom(`alt-${sort}`, longNameOf(sort));
}

export function longNameOf(sort: Sort): string {
  return `alternative-name-of-a-link-of-the-sort-${sort}`;
}

/** How a call may name a link of a sort: mostly by a name that there is from the beginning. */
export function referenceTo(...given: readonly Sort[]): fc.Arbitrary<string> {
  return fc
    .constantFrom(...given)
    .chain((sort) =>
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...usual(sort)) },
        { weight: 1, arbitrary: nameOf(sort) },
        { weight: 1, arbitrary: alternativeNameOf(sort) },
      ),
    );
}
