import { nearestOf, unknownName } from '../lib/unknown-name';

const ofRoutes = ['destination', 'device', 'gateway', 'metrics', 'nexthops', 'preferredSource', 'source', 'sourceVni'];

test.each([
  ['sauce', 'source'],
  ['Gateway', 'gateway'],
  ['gatewya', 'gateway'],
  ['devcie', 'device'],
  ['nexthop', 'nexthops'],
])('a name that is misspelt is told the nearest: %s', (given, meant) => {
  expect(nearestOf(given, ofRoutes)).toBe(meant);
});

test.each([
  ['src', 'source'],
  ['dst', 'destination'],
  ['dev', 'device'],
  ['prefsrc', 'preferredSource'],
])('a short form, such as iproute2 has, is told the name: %s', (given, meant) => {
  expect(nearestOf(given, ofRoutes)).toBe(meant);
});

test.each(['via', 'de', 'xyz', 's.*e', 'urce', 'sourcesource', ''])(
  'a name that is like none is told none: %j',
  (given) => {
    expect(nearestOf(given, ofRoutes)).toBeUndefined();
    expect(unknownName(given, ofRoutes)).toMatchObject({ message: `${given}: is not a property known here` });
  },
);
