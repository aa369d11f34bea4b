import { nearestOf, unknownName } from '../lib/unknown-name';

const ofRoutes = ['destination', 'device', 'gateway', 'metrics', 'nexthops', 'preferredSource', 'source', 'sourceVni'];

test.each([
  ['sauce', 'source'],
  ['Gateway', 'gateway'],
  ['gatewya', 'gateway'],
  ['devcie', 'device'],
  ['nexthop', 'nexthops'],
  ['preferred_source', 'preferredSource'],
  ['dest', 'destination'],
])('a name that is misspelt, or begun, is told the nearest: %s', (given, meant) => {
  expect(nearestOf(given, ofRoutes)).toBe(meant);
});

test.each([
  ['src', 'preferredSource'],
  ['dst', 'destination'],
  ['dev', 'device'],
  ['prefsrc', 'preferredSource'],
  ['via', 'gateway'],
  ['from', 'source'],
])('a word of iproute2 is told the name: %s', (given, meant) => {
  expect(unknownName(given, ofRoutes)).toMatchObject({
    message: `${given}: is not a property known here: did you mean '${meant}'?`,
  });
});

test.each(['mtu', 'de', 'xyz', 's.*e', 'urce', 'sourcesource', 'constructor', ''])(
  'a name that is like none is told none: %j',
  (given) => {
    expect(nearestOf(given, ofRoutes)).toBeUndefined();
    expect(unknownName(given, ofRoutes)).toMatchObject({ message: `${given}: is not a property known here` });
  },
);

test.each([
  ['vni', ['vlanFiltering']],
  ['miimon', ['multicastIgmpVersion']],
  ['peer', ['permanentAddress', 'packetsPerLink']],
  ['broadcastCutoff', ['broadcast']],
  ['parent', ['parentBus', 'parentDevice']],
  ['l4', ['l2', 'l3']],
  ['dead', ['delay']],
])('%s is far from %j', (given, known) => {
  expect(nearestOf(given, known)).toBeUndefined();
});

test('what is inside another property is told with that one', () => {
  const told = (name: string) => unknownName(name, ['mark'], undefined, { inner: ['metrics.mtu', 'metrics.hopLimit'] });

  expect(told('mtu').message).toMatch(/: did you mean 'metrics.mtu'\?$/);
  expect(told('hoplimit').message).toMatch(/: did you mean 'metrics.hopLimit'\?$/);
});

test('where nothing is meant the known names can be told', () => {
  const told = (name: string) => unknownName(name, ['kind', 'master'], 'is no filter', { listed: 'the filters are' });

  expect(told('group')).toMatchObject({ message: 'group: is no filter; the filters are kind, master' });
  expect(told('knid')).toMatchObject({ message: "knid: is no filter: did you mean 'kind'?" });
});
