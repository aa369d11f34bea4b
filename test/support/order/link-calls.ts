import fc from 'fast-check';

import { calls, some } from './arbitrary';
import { InPlace, type Call, type Place } from './calls';
import { alternativeNameOf, endedHere, nameOf, referenceTo, sorts, type Sort } from './names';

const elsewhere = (on: Place) => new InPlace(on === 'a' ? 'b' : 'a');
/** Mostly the other namespace. */
const target = (on: Place) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(elsewhere(on)) },
    { weight: 1, arbitrary: fc.constant(new InPlace(on)) },
  );

const options = {
  mtu: fc.constantFrom(1300, 1400, 1500),
  alias: fc.constantFrom('one', 'two'),
  // The kernel refuses the last one, since there is no secret to make an address of.
  addressGenerationMode: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('none', 'eui64') },
    { weight: 1, arbitrary: fc.constant('stable-privacy') },
  ),
};
/** Of all but bridges, which stay down: pairs make rings of them, in which packets would go round for ever. */
const switches = { ...options, up: fc.boolean() };
const master = referenceTo('bridge');
/** Refused where the link has no master. */
const bridgePort = fc.record(
  {
    isolated: fc.boolean(),
    hairpin: fc.boolean(),
    cost: fc.constantFrom(7, 8),
    // The kernel refuses 1000.
    priority: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(5, 6) }, { weight: 1, arbitrary: fc.constant(1000) }),
  },
  { requiredKeys: [] },
);
/** Of links whose end is nothing to the other namespace. */
const group = fc.constantFrom(7, 8);
const index = fc.constantFrom(50, 51);

const named = <Options extends object>(kind: string, name: fc.Arbitrary<string>, given: fc.Arbitrary<Options>) =>
  fc.tuple(name, given).map(([chosen, rest]) => ({ kind, name: chosen, ...rest }));

/** A pair whose ends have the names of one of some pairs of names. */
const twoNamed = <Options extends object, End extends object>(
  pairs: readonly (readonly [string, string])[],
  given: fc.Arbitrary<Options>,
  peer: fc.Arbitrary<End>,
) =>
  fc
    .tuple(fc.constantFrom(...pairs), given, peer)
    .map(([[name, other], own, its]) => ({ kind: 'veth', name, ...own, peer: { name: other, ...its } }));
const usually = <One>(...few: One[]) => [...few, ...few, ...few];

const bridge = named('bridge', nameOf('bridge'), some({ ...options, group, ageingTime: fc.constantFrom(20, 30) }));
const lone = (on: Place) =>
  named(
    'veth',
    nameOf('lone'),
    fc.record(
      {
        ...{ ...switches, group, index, master, bridgePort, namespace: target(on) },
        peer: fc.record({ namespace: fc.constant(new InPlace('aside')), up: fc.boolean() }),
      },
      { requiredKeys: ['peer'] },
    ),
  );
const end = { ...switches, master };
const near = twoNamed(
  [...usually(['p2', 'p3'] as const), ['p3', 'p2'], ['p0', 'p1'], ['p2', 'p1']],
  some({ ...switches, group, index, master, bridgePort }),
  some(end),
);
const far = (on: Place) =>
  twoNamed(
    [...usually(['x1', 'x1'] as const, ['x1', 'x2'] as const), ['x2', 'x0'], ['x0', 'x0']],
    some({ ...switches, master, bridgePort, namespace: target(on) }),
    fc.record({ ...end, namespace: target(on) }, { requiredKeys: ['namespace'] }),
  );
const wrong = fc.constantFrom(
  { kind: 'no-such-kind', name: 'l0' },
  { kind: 'bridge', name: 'br0', mtu: -1 },
  { kind: 'bridge', name: 'a-name-that-is-too-long' },
);
const newLink = (on: Place) =>
  fc.oneof(
    { weight: 2, arbitrary: bridge },
    { weight: 4, arbitrary: lone(on) },
    { weight: 5, arbitrary: near },
    { weight: 5, arbitrary: far(on) },
    { weight: 1, arbitrary: wrong },
  );

const changes = (on: Place, sort: Sort) => {
  const mayMove = sort === 'lone' || sort === 'far';
  return some({
    ...{
      ...(sort === 'bridge' ? options : switches),
      name: nameOf(sort),
      alias: fc.constantFrom('three', null),
      bridgePort,
    },
    master: fc.oneof({ weight: 4, arbitrary: master }, { weight: 1, arbitrary: fc.constant(null) }),
    ...(sort === 'far' ? {} : { group }),
    ...(mayMove ? { namespace: target(on) } : {}),
  });
};
const change = (on: Place) =>
  fc
    .constantFrom(...sorts)
    .chain((sort) => fc.tuple(referenceTo(sort), changes(on, sort)) as fc.Arbitrary<readonly unknown[]>);

const alternativeName = () =>
  fc.constantFrom(...sorts).chain((sort) => fc.tuple(referenceTo(sort), alternativeNameOf(sort)));

/** Calls that make and change links, one at a time: good in `furnish` as well. */
export const changesOfLinks: fc.WeightedArbitrary<Call>[] = [
  { weight: 8, arbitrary: calls('links.add', (on) => fc.tuple(newLink(on))) },
  { weight: 10, arbitrary: calls('links.set', change) },
  { weight: 2, arbitrary: calls('links.delete', () => fc.tuple(referenceTo(...endedHere))) },
  { weight: 3, arbitrary: calls('links.addAlternativeName', alternativeName) },
  { weight: 1, arbitrary: calls('links.deleteAlternativeName', alternativeName) },
  { weight: 1, arbitrary: calls('links.delete', () => fc.tuple(referenceTo('far')), true) },
];

/** Calls that take a look first, work on many links, or read. */
export const furtherCallsOfLinks: fc.WeightedArbitrary<Call>[] = [
  { weight: 1, arbitrary: calls('links.set', () => fc.constant(['l0', { index: 77 }])) },
  {
    weight: 2,
    arbitrary: calls('links.add', (on) => fc.tuple(fc.array(newLink(on), { minLength: 1, maxLength: 3 }))),
  },
  {
    weight: 2,
    arbitrary: calls('links.delete', () =>
      fc.tuple(fc.array(referenceTo(...endedHere), { minLength: 1, maxLength: 2 })),
    ),
  },
  { weight: 1, arbitrary: calls('links.delete', () => fc.tuple(group.map((number) => ({ group: number })))) },
  { weight: 2, arbitrary: calls('links.get', () => fc.tuple(referenceTo(...sorts))) },
  {
    weight: 2,
    arbitrary: calls('links.list', () =>
      fc.tuple(
        fc.oneof(
          fc.constantFrom({}, { kind: 'veth' }, { kind: 'bridge' }),
          master.map((one) => ({ master: one })),
        ),
      ),
    ),
  },
];
