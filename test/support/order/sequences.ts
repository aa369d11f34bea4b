import fc from 'fast-check';

import { addressCalls, furtherAddressCalls } from './address-calls';
import { Call, InPlace, withOwnAddresses, type Place } from './calls';
import { changesOfLinks, furtherCallsOfLinks } from './link-calls';
import { longNameOf } from './names';
import { furtherProtocolCalls, protocolCalls } from './protocol-calls';
import { furtherSettingCalls, settingCalls } from './setting-calls';

/** Calls in two namespaces: those that are awaited before, and those whose order is looked at. */
export interface Sequence {
  before: Call[];
  calls: Call[];
}

const aside = new InPlace('aside');

/** What is mostly there already, so that a good part of the calls finds what it needs. */
const furnitureOf = (on: Place) => [
  new Call(on, 'links.add', [{ kind: 'bridge', name: 'br0' }]),
  new Call(on, 'links.add', [{ kind: 'veth', name: 'l0', group: 7, up: true, peer: { namespace: aside } }]),
  new Call(on, 'links.add', [{ kind: 'veth', name: 'p0', master: 'br0', up: true, peer: { name: 'p1', up: true } }]),
  new Call(on, 'links.addAlternativeName', ['br0', longNameOf('bridge')]),
  new Call(on, 'links.addAlternativeName', ['p0', longNameOf('near')]),
  new Call(on, 'addresses.add', ['l0', '10.0.0.1/24']),
  new Call(on, 'addresses.add', ['p1', '10.0.1.1/24']),
  new Call(on, 'routes.add', [{ destination: '10.8.0.0/24', device: 'l0' }]),
  new Call(on, 'neighbors.add', [{ device: 'l0', destination: '10.0.0.7', linkLayerAddress: '02:ff:00:00:00:07' }]),
  new Call(on, 'fdb.add', [{ device: 'p0', address: '02:ff:00:00:00:01' }]),
];
const pair = new Call('a', 'links.add', [
  { kind: 'veth', name: 'x0', up: true, peer: { name: 'x0', namespace: new InPlace('b') } },
]);

/** Most of some calls, in their order. */
function mostOf(calls: Call[]): fc.Arbitrary<Call[]> {
  return fc.subarray(calls, { minLength: calls.length - 3 });
}

function sequenceOf(parts: fc.Arbitrary<readonly [before: Call[], calls: Call[]]>): fc.Arbitrary<Sequence> {
  return parts.map(([before, calls]) => {
    const made = withOwnAddresses([...before, ...calls]);
    return { before: made.slice(0, before.length), calls: made.slice(before.length) };
  });
}

/** Calls of all verbs. */
export const anySequence: fc.Arbitrary<Sequence> = sequenceOf(
  fc.tuple(
    mostOf([...furnitureOf('a'), ...furnitureOf('b'), pair]),
    fc.array(
      fc.oneof(
        ...[...changesOfLinks, ...furtherCallsOfLinks, ...addressCalls, ...furtherAddressCalls],
        ...[...settingCalls, ...furtherSettingCalls, ...protocolCalls, ...furtherProtocolCalls],
      ),
      { minLength: 4, maxLength: 12 },
    ),
  ),
);

/** Calls that `furnish` takes as part of the whole. The namespace b is the one that is made. */
export const furnishingSequence: fc.Arbitrary<Sequence> = sequenceOf(
  fc.tuple(
    mostOf(furnitureOf('a')),
    fc
      .tuple(
        mostOf([...furnitureOf('b'), pair]),
        fc.array(fc.oneof(...changesOfLinks, ...addressCalls, ...settingCalls, ...protocolCalls), {
          minLength: 3,
          maxLength: 8,
        }),
      )
      .map(([first, then]) => [...first, ...then]),
  ),
);
