import { linkFields } from '../../lib/protocol/link-attributes';
import { address } from '../../lib/protocol/address';
import { fdb } from '../../lib/protocol/fdb-message';
import { linkKinds, portKinds } from '../../lib/protocol/link-kinds';
import { neighbor } from '../../lib/protocol/neighbor';
import { nexthop } from '../../lib/protocol/nexthop-message';
import { lookups } from '../../lib/protocol/route-lookup';
import { routeMetrics } from '../../lib/protocol/route-metrics';
import { routes } from '../../lib/protocol/route-message';
import { rules } from '../../lib/protocol/rule';
import { newAddress } from '../../lib/protocol/address';
import { newFdbEntry } from '../../lib/protocol/fdb';
import { changeLink, newLink } from '../../lib/protocol/link';
import { newNeighbor } from '../../lib/protocol/neighbor';
import type { Request } from '../../lib/protocol/netlink';
import { newNexthop } from '../../lib/protocol/nexthop';
import { newQdisc } from '../../lib/protocol/qdisc';
import { getRoute } from '../../lib/protocol/route-lookup';
import { newRoute } from '../../lib/protocol/route-request';
import { newRule } from '../../lib/protocol/rule';
import { iproute2Words } from '../../lib/iproute2-words';
import { thrownBy } from '../support/bytes';
import { bytesOf } from '../support/golden';

const requests: Record<string, (given: never) => Request> = {
  addresses: (given) => newAddress(given, 'add'),
  routes: (given) => newRoute(given, 'add'),
  'routes.get': (given) => getRoute('10.0.0.1', given),
  rules: newRule,
  nexthops: (given) => newNexthop(given, 'add'),
  links: newLink,
  'links.set': (given) => changeLink('v0', given),
  neighbors: (given) => newNeighbor(given, 'add'),
  fdb: (given) => newFdbEntry(given, 'add'),
  qdiscs: (given) => newQdisc(given, 'add'),
};

const route = { destination: 'default' };
const address4 = { device: 'v0', address: '10.0.0.1/24' };
const neighborTo = { device: 'v0', destination: '10.0.0.1' };
const mac = '02:00:00:00:00:01';

test.each<[what: string, given: object, word: string, meant: string]>([
  ['routes', route, 'via', 'gateway'],
  ['routes', route, 'dev', 'device'],
  ['routes', route, 'src', 'preferredSource'],
  ['routes', route, 'from', 'source'],
  ['routes', route, 'priority', 'metric'],
  ['routes', route, 'pref', 'preference'],
  ['routes', route, 'nhid', 'nexthopId'],
  ['routes', route, 'mtu', 'metrics.mtu'],
  ['routes', route, 'advmss', 'metrics.advertisedMss'],
  ['routes', route, 'hoplimit', 'metrics.hopLimit'],
  ['routes', route, 'initcwnd', 'metrics.initialCongestionWindow'],
  ['routes', { ...route, nexthops: [{ via: '10.0.0.1' }] }, 'nexthops[0].via', 'gateway'],
  ['routes.get', {}, 'iif', 'inputDevice'],
  ['routes.get', {}, 'oif', 'device'],
  ['routes.get', {}, 'from', 'source'],
  ['rules', {}, 'from', 'source'],
  ['rules', {}, 'to', 'destination'],
  ['rules', {}, 'lookup', 'table'],
  ['rules', {}, 'iif', 'inputDevice'],
  ['rules', {}, 'oif', 'outputDevice'],
  ['rules', {}, 'pref', 'priority'],
  ['rules', {}, 'fwmark', 'mark'],
  ['rules', {}, 'not', 'invert'],
  ['nexthops', {}, 'via', 'gateway'],
  ['nexthops', {}, 'dev', 'device'],
  ['addresses', address4, 'dev', 'device'],
  ['addresses', address4, 'local', 'address'],
  ['addresses', address4, 'brd', 'broadcast'],
  ['addresses', address4, 'valid_lft', 'validLifetime'],
  ['links', { kind: 'dummy' }, 'mac', 'address'],
  ['links', { kind: 'dummy' }, 'lladdr', 'address'],
  ['links', { kind: 'dummy' }, 'netns', 'namespace'],
  ['links', { kind: 'dummy' }, 'state', 'up'],
  ['links', { kind: 'dummy' }, 'enabled', 'up'],
  ['links', { kind: 'macvlan', link: 'v0' }, 'parent', 'link'],
  ['links', { kind: 'macvlan', link: 'v0' }, 'dev', 'link'],
  ['links', { kind: 'vxlan', vni: 7 }, 'dstport', 'port'],
  ['links', { kind: 'vxlan', vni: 7 }, 'dev', 'underlay'],
  ['links', { kind: 'bridge' }, 'stp_state', 'stp'],
  ['links', { kind: 'bridge' }, 'ageing_time', 'ageingTime'],
  ['links', { kind: 'bridge' }, 'vlan_filtering', 'vlanFiltering'],
  ['links', { kind: 'bond' }, 'xmit_hash_policy', 'transmitHashPolicy'],
  ['links.set', {}, 'txqueuelen', 'transmitQueueLength'],
  ['links.set', {}, 'netns', 'namespace'],
  ['links.set', {}, 'state', 'up'],
  ['links.set', {}, 'isolated', 'bridgePort.isolated'],
  ['links.set', {}, 'mcast_flood', 'bridgePort.multicastFlood'],
  ['links', { kind: 'veth' }, 'cost', 'bridgePort.cost'],
  ['neighbors', neighborTo, 'lladdr', 'linkLayerAddress'],
  ['neighbors', neighborTo, 'address', 'destination'],
  ['neighbors', neighborTo, 'nud', 'state'],
  ['fdb', { device: 'v0', address: mac }, 'mac', 'address'],
  ['fdb', { device: 'v0', address: mac }, 'dst', 'destination'],
  ['qdiscs', { device: 'v0', kind: 'tbf' }, 'dev', 'device'],
])('%s of %j are told what %s is called here: %s', (what, given, word, meant) => {
  const options = word.includes('.') ? given : { ...given, [word]: 1 };

  expect(thrownBy(() => bytesOf(requests[what]!(options as never)))).toMatchObject({
    name: 'RangeError',
    message: `${word}: is not a property known here: did you mean '${meant}'?`,
  });
});

test('each word stands for a property that there is', () => {
  const declared = [
    linkFields,
    ...[...Object.values(linkKinds), portKinds.bridge].map(({ data }) => data.fields),
    ...[address.inet, routes.inet, lookups.inet, rules.inet, neighbor.inet, nexthop, fdb].map(({ fields }) => fields),
    routeMetrics.fields,
    // Among the `switches` of a bridge, and what a qdisc has besides.
    { multipleSpanningTree: 0, kind: 0 },
    // Of sockets.
    { host: 0 },
  ];
  const names = new Set(declared.flatMap((fields) => Object.keys(fields)));

  expect([...iproute2Words.values()].flat().filter((name) => !names.has(name.split(':')[0]!))).toEqual([]);
});

test('each word is written as it is looked up', () => {
  expect([...iproute2Words.keys()].filter((word) => !/^[a-z0-9]+$/.test(word))).toEqual([]);
});
