'use strict';

// A program for test/kernel/unhandled.test.ts, to be run with --unhandled-rejections=strict: calls every verb so that it fails at
// each of its steps, with one `.catch` on the promise that it returns. Prints, as JSON in its last line, which verbs there are, what was
// caught of each, and what was thrown or did not fail. It gets to that line only if nothing else was rejected.

const net = require('node:net');

const library = require(process.env.RTNETLINK);
const { createNamespace } = library;

const LONG = 'a-name-that-no-link-has-anywhere';
const MAC = '02:00:00:00:00:07';
const ENDS = { source: '10.1.0.2', destination: '192.0.2.2', sourcePort: 4711, destinationPort: 80 };
const UNTRACKED = { protocol: 'tcp', original: ENDS, timeout: 5 };
const UNEXPECTED = { protocol: 'tcp', tuple: ENDS, master: { protocol: 'tcp', ...ENDS } };
const OWNED = { family: 'bridge', table: 'owned' };
const EMPTY = { tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] };
const askedOfOwner = { batch: (nft) => void nft.tables.add({ family: 'bridge', name: 'x' }), replaceRuleset: EMPTY };
askedOfOwner['tables.add'] = { family: 'bridge', name: 'x' };
const askOwner = (owner, verb, given) => {
  const [name, method = name] = verb.split('.');
  return (name === method ? owner : owner[name])[method](given);
};
const throwing = (name, options = {}) =>
  Object.defineProperty({ ...options }, name, {
    enumerable: true,
    get() {
      throw new Error('a getter that throws');
    },
  });
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** Calls that fail, of each verb: where, and what is called. `n` has what {@link prepared} puts into it; `closed` is closed. */
const cases = {
  'links.add': {
    'an argument': (n) => n.links.add({ kind: 'bridge', name: 5 }),
    'no argument': (n) => n.links.add(),
    'a getter': (n) => n.links.add(throwing('mtu', { kind: 'bridge', name: 'x' })),
    'a revoked proxy': (n) => n.links.add(revoked()),
    'an argument of the peer': (n) => n.links.add({ kind: 'veth', peer: { name: 5, up: true } }),
    'an argument of the port': (n) => n.links.add({ kind: 'veth', master: 'br0', bridgePort: { priority: 'x' } }),
    'the kind': (n) => n.links.add({ kind: 'no-such-kind', name: 'x' }),
    'the name': (n) => n.links.add({ kind: 'bridge', name: 'br0' }),
    'the name, behind which stand changes': (n) => n.links.add({ kind: 'bridge', name: 'br0', up: true, alias: 'x' }),
    'the master': (n) => n.links.add({ kind: 'veth', name: 'x', master: 'nothing' }),
    'the master, by a long name': (n) => n.links.add({ kind: 'veth', name: 'x', master: LONG }),
    'the port': (n) => n.links.add({ kind: 'veth', name: 'x', master: 'br0', bridgePort: { priority: 1000 } }),
    'no port': (n) => n.links.add({ kind: 'veth', name: 'x', up: true, bridgePort: { cost: 5 } }),
    'the address mode': (n) => n.links.add({ kind: 'veth', name: 'x', addressGenerationMode: 'stable-privacy' }),
    'the peer': (n) => n.links.add({ kind: 'veth', name: 'x', peer: { name: 'y', up: true, master: 'nothing' } }),
    'the peer, elsewhere': (n, { other }) =>
      n.links.add({ kind: 'veth', name: 'x', peer: { name: 'y', namespace: other, up: true, master: 'nothing' } }),
    'both ends': (n, { other }) =>
      n.links.add({
        ...{ kind: 'veth', name: 'x', bridgePort: { cost: 5 }, addressGenerationMode: 'stable-privacy' },
        peer: { name: 'y', namespace: other, addressGenerationMode: 'stable-privacy', master: 'nothing' },
      }),
    'where it is made': (n, { closed }) => n.links.add({ kind: 'bridge', name: 'x', namespace: closed }),
    'where it is made, then changed': (n, { closed }) =>
      n.links.add({ kind: 'bridge', name: 'x', namespace: closed, addressGenerationMode: 'none', up: true }),
    'where the peer is made': (n, { closed }) =>
      n.links.add({ kind: 'veth', name: 'x', peer: { name: 'y', namespace: closed, up: true } }),
    'no process': (n) => n.links.add({ kind: 'veth', peer: { namespace: { pid: 0x7fffffff }, up: true } }),
    'an argument of an element': (n) =>
      n.links.add([
        { kind: 'bridge', name: 'x' },
        { kind: 'bridge', name: 5 },
      ]),
    'an element': (n) =>
      n.links.add([
        { kind: 'bridge', name: 'br0' },
        { kind: 'bridge', name: 'br0' },
      ]),
    'steps of elements': (n) =>
      n.links.add([
        { kind: 'veth', name: 'x', peer: { name: 'y', up: true, master: 'nothing' } },
        { kind: 'veth', name: 'z', master: 'br0', bridgePort: { priority: 1000 } },
        { kind: 'veth', name: 'z', master: LONG },
      ]),
  },
  'links.set': {
    'an argument': (n) => n.links.set('v0', { mtu: 'x' }),
    'an argument of the port': (n) => n.links.set('v0', { mtu: 1400, bridgePort: { priority: 'x' } }),
    'a getter': (n) => n.links.set('v0', throwing('mtu', { bridgePort: { cost: 5 } })),
    'the index': (n) => n.links.set('v0', { index: 77 }),
    'the link': (n) => n.links.set('nothing', { up: true }),
    'the link, with several steps': (n) =>
      n.links.set('nothing', { up: true, addressGenerationMode: 'none', bridgePort: { cost: 5 } }),
    'the link, by a long name': (n) => n.links.set(LONG, { up: true, bridgePort: { cost: 5 } }),
    'the master': (n) => n.links.set('v0', { master: 'nothing', bridgePort: { cost: 5 }, up: true }),
    'the master, by a long name': (n) => n.links.set('v0', { master: LONG }),
    'the port': (n) => n.links.set('v0', { master: 'br0', bridgePort: { priority: 1000 }, up: true }),
    'no port': (n) => n.links.set('v1', { bridgePort: { cost: 5 } }),
    'the port that takes over': (n) => n.links.set('p0', { bridgePort: { backupPort: LONG } }),
    'the address mode': (n) => n.links.set('v0', { addressGenerationMode: 'stable-privacy', up: true }),
    'where it moves': (n, { closed }) => n.links.set('v0', { namespace: closed, bridgePort: { cost: 5 } }),
    'the name where it moves': (n, { other }) => n.links.set('v0', { namespace: other, name: 'lo', up: true }),
    'the master where it moves': (n, { other }) => n.links.set('v0', { namespace: other, master: 'br0', up: true }),
    'the port where it moves': (n, { other }) => n.links.set('w0', { namespace: other, bridgePort: { cost: 5 } }),
  },
  'links.delete': {
    'an argument': (n) => n.links.delete({}),
    'the link': (n) => n.links.delete('nothing'),
    'the link, by a long name': (n) => n.links.delete(LONG),
    'an argument of an element': (n) => n.links.delete(['br0', 5.5]),
    elements: (n) => n.links.delete(['nothing', 'v0', LONG]),
    'what cannot be deleted': (n) => n.links.delete(['v0', 'lo']),
    'the group': (n) => n.links.delete({ group: 0 }),
  },
  'links.get': { 'an argument': (n) => n.links.get(null), 'the link': (n) => n.links.get('nothing') },
  'links.list': {
    'an argument': (n) => n.links.list({ colour: 'red' }),
    'the master': (n) => n.links.list({ master: 'nothing' }),
    'the master, by a long name': (n) => n.links.list({ master: LONG }),
  },
  'links.stream': {
    'an argument': (n) => n.links.stream({ colour: 'red' }).next(),
    'the master': (n) => n.links.stream({ master: 'nothing' }).next(),
    'the master, by a long name': (n) => n.links.stream({ master: LONG }).next(),
  },
  'links.addAlternativeName': {
    'an argument': (n) => n.links.addAlternativeName('br0', 5),
    'the link': (n) => n.links.addAlternativeName('nothing', 'x'),
    'the link, by a long name': (n) => n.links.addAlternativeName(LONG, 'x'),
    'the name': (n) => n.links.addAlternativeName('br0', 'v0'),
  },
  'links.deleteAlternativeName': {
    'an argument': (n) => n.links.deleteAlternativeName('br0', ''),
    'the link': (n) => n.links.deleteAlternativeName('nothing', 'x'),
    'the name': (n) => n.links.deleteAlternativeName('br0', 'x'),
  },
  'links.waitFor': {
    'an argument': (n) => n.links.waitFor('br0', 'blue', { timeout: 20 }),
    'the link': (n) => n.links.waitFor('nothing', 'up', { timeout: 20 }),
    'the time': (n) => n.links.waitFor('nothing', 'present', { timeout: 20 }),
    'the signal': (n) => n.links.waitFor('br0', 'gone', { signal: AbortSignal.abort() }),
  },
  'links.peer': { 'the link': (n) => n.links.peer('nothing'), 'its kind': (n) => n.links.peer('br0') },

  ...forEachOf(['add', 'replace'], 'addresses', (verb) => ({
    'an argument': (n) => n.addresses[verb]('br0', '10.0.0.1/33'),
    'no argument': (n) => n.addresses[verb](),
    'the link': (n) => n.addresses[verb]('nothing', '10.0.0.1/24'),
    'the link, by a long name': (n) => n.addresses[verb](LONG, '10.0.0.1/24'),
    'an argument of an element': (n) => n.addresses[verb]('br0', ['10.0.0.9/24', null]),
    'a getter of an element': (n) => n.addresses[verb]([throwing('address', { device: 'br0' })]),
    elements: (n) => n.addresses[verb]([{ device: 'nothing', address: '10.0.0.1/24' }]),
  })),
  'addresses.delete': {
    'an argument': (n) => n.addresses.delete('br0', 'x'),
    'the link': (n) => n.addresses.delete('nothing', '10.0.0.1/24'),
    'the address': (n) => n.addresses.delete('br0', '10.0.0.77/24'),
    elements: (n) => n.addresses.delete('br0', ['10.0.0.77/24', '10.0.0.78/24']),
  },
  'addresses.flush': {
    'no argument': (n) => n.addresses.flush(),
    'an argument': (n) => n.addresses.flush({ colour: 'red' }),
    'the link': (n) => n.addresses.flush({ device: 'nothing' }),
    'the link, by a long name': (n) => n.addresses.flush({ device: LONG }),
  },
  'addresses.list': {
    'an argument': (n) => n.addresses.list({ family: 'x' }),
    'the link': (n) => n.addresses.list({ device: 'nothing' }),
  },
  'addresses.stream': { 'the link': (n) => n.addresses.stream({ device: 'nothing' }).next() },
  'addresses.waitFor': {
    'an argument': (n) => n.addresses.waitFor({ device: 'br0', colour: 'red' }),
    'the link': (n) => n.addresses.waitFor({ device: 'nothing' }, { timeout: 20 }),
    'the time': (n) => n.addresses.waitFor({ device: 'br0', address: '10.7.7.7' }, { timeout: 20 }),
  },

  ...forEachOf(['add', 'replace', 'append'], 'routes', (verb) => ({
    'an argument': (n) => n.routes[verb]({ destination: '10.0.0.1/8', device: 'br0' }),
    'a getter': (n) => n.routes[verb](throwing('metric', { destination: '10.8.0.0/24', device: 'br0' })),
    'the link': (n) => n.routes[verb]({ destination: '10.8.0.0/24', device: 'nothing' }),
    'the link, by a long name': (n) => n.routes[verb]({ destination: '10.8.0.0/24', device: LONG }),
    'the gateway': (n) => n.routes[verb]({ destination: '10.8.0.0/24', gateway: '172.16.0.1' }),
    'next hops': (n) => n.routes[verb]({ destination: '10.8.0.0/24', nexthops: [{ device: 'br0' }, { device: LONG }] }),
  })),
  'routes.add, of an array': {
    'an argument': (n) => n.routes.add([{ destination: '10.8.0.0/24', device: 'br0' }, null]),
    'a getter': (n) => n.routes.add([throwing('destination')]),
    elements: (n) =>
      n.routes.add(['10.8.0.0/24', '10.9.0.0/24'].map((destination) => ({ destination, device: 'nothing' }))),
    'links, by long names': (n) => n.routes.add([{ destination: '10.8.0.0/24', device: LONG }]),
  },
  'routes.delete': {
    'an argument': (n) => n.routes.delete({ destination: 'x' }),
    'the route': (n) => n.routes.delete({ destination: '10.77.0.0/24' }),
    elements: (n) => n.routes.delete([{ destination: '10.77.0.0/24' }, { destination: '10.78.0.0/24' }]),
  },
  'routes.flush': {
    'no argument': (n) => n.routes.flush(),
    'the link': (n) => n.routes.flush({ device: 'nothing' }),
    'the link, by a long name': (n) => n.routes.flush({ device: LONG }),
  },
  'routes.get': {
    'an argument': (n) => n.routes.get('x'),
    'the link': (n) => n.routes.get('10.0.0.1', { device: 'nothing' }),
    'the input link': (n) => n.routes.get('10.0.0.1', { inputDevice: LONG }),
    'the route': (n) => n.routes.get('172.16.0.1'),
  },
  'routes.list': { 'the link': (n) => n.routes.list({ device: 'nothing' }) },
  'routes.stream': { 'the link': (n) => n.routes.stream({ device: LONG }).next() },

  ...forEachOf(['add', 'replace'], 'qdiscs', (verb) => ({
    'an argument': (n) => n.qdiscs[verb]({ device: 'lo', kind: 'tbf', rate: 1 }),
    'no argument': (n) => n.qdiscs[verb](),
    'a getter': (n) => n.qdiscs[verb](throwing('rate', { device: 'lo', kind: 'tbf' })),
    'the link': (n) => n.qdiscs[verb]({ device: 'nothing', kind: 'pfifo' }),
    'the link, by a long name': (n) => n.qdiscs[verb]({ device: LONG, kind: 'pfifo' }),
    'an argument of an element': (n) => n.qdiscs[verb]([{ device: 'lo', kind: 'pfifo' }, null]),
    elements: (n) => n.qdiscs[verb]([{ device: 'nothing', kind: 'pfifo' }]),
  })),
  'qdiscs.delete': {
    'an argument': (n) => n.qdiscs.delete({ device: 'lo' }),
    'the link': (n) => n.qdiscs.delete({ device: 'nothing', parent: 'root' }),
    elements: (n) => n.qdiscs.delete([{ device: 'nothing', parent: 'root' }]),
  },
  'qdiscs.get': { 'the link': (n) => n.qdiscs.get('nothing') },
  'qdiscs.list': {
    'an argument': (n) => n.qdiscs.list({ color: 'red' }),
    'the link': (n) => n.qdiscs.list({ device: 'nothing' }),
  },
  ...forEachOf(['add', 'delete'], 'rules', (verb) => ({
    'an argument': (n) => n.rules[verb]({ source: '10.0.0.1/8' }),
    'no argument': (n) => n.rules[verb](),
    'a getter': (n) => n.rules[verb](throwing('priority', { table: 100 })),
    'an argument of an element': (n) => n.rules[verb]([{ priority: 1, table: 100 }, null]),
    elements: (n) => n.rules[verb]([{ priority: 0, table: 'local', family: 5 }, { priority: 1 }]),
  })),
  'rules.flush': { 'no argument': (n) => n.rules.flush() },
  'rules.list': { 'an argument': (n) => n.rules.list({ color: 'red' }) },
  'rules.stream': { 'an argument': (n) => n.rules.stream({ color: 'red' }).next() },
  ...forEachOf(['add', 'replace'], 'nexthops', (verb) => ({
    'an argument': (n) => n.nexthops[verb]({ id: 1, blackhole: true, gateway: '10.0.0.1' }),
    'no argument': (n) => n.nexthops[verb](),
    'a getter': (n) => n.nexthops[verb](throwing('id', { blackhole: true })),
    'the link': (n) => n.nexthops[verb]({ id: 1, device: 'nothing' }),
    'the link, by a long name': (n) => n.nexthops[verb]({ id: 1, device: LONG }),
    'the group': (n) => n.nexthops[verb]({ id: 1, group: [{ id: 77 }] }),
    'an argument of an element': (n) => n.nexthops[verb]([{ id: 1, blackhole: true }, null]),
    elements: (n) => n.nexthops[verb]([{ id: 1, device: 'nothing' }]),
  })),
  'nexthops.delete': {
    'an argument': (n) => n.nexthops.delete({}),
    'the nexthop': (n) => n.nexthops.delete(77),
    elements: (n) => n.nexthops.delete([77, { id: 78 }]),
  },
  'nexthops.flush': {
    'no argument': (n) => n.nexthops.flush(),
    'the link': (n) => n.nexthops.flush({ device: 'nothing' }),
  },
  'nexthops.get': { 'an argument': (n) => n.nexthops.get('x'), 'the nexthop': (n) => n.nexthops.get(77) },
  'nexthops.list': { 'the link': (n) => n.nexthops.list({ device: 'nothing' }) },
  'nexthops.stream': { 'the link': (n) => n.nexthops.stream({ device: LONG }).next() },
  'nexthops.listBuckets': { 'the group': (n) => n.nexthops.listBuckets({ group: 77 }) },

  ...forEachOf(['add', 'replace'], 'neighbors', (verb) => ({
    'an argument': (n) => n.neighbors[verb]({ device: 'br0', destination: 'x' }),
    'the link': (n) => n.neighbors[verb]({ device: 'nothing', destination: '10.0.0.7', linkLayerAddress: MAC }),
    'the link, by a long name': (n) => n.neighbors[verb]({ device: LONG, destination: '10.0.0.7' }),
    elements: (n) => n.neighbors[verb]([{ device: 'nothing', destination: '10.0.0.7', linkLayerAddress: MAC }]),
  })),
  'neighbors.delete': {
    'the neighbor': (n) => n.neighbors.delete({ device: 'br0', destination: '10.0.0.77' }),
    elements: (n) => n.neighbors.delete([{ device: 'br0', destination: '10.0.0.77' }]),
  },
  'neighbors.flush': {
    'no argument': (n) => n.neighbors.flush(),
    'the link': (n) => n.neighbors.flush({ device: 'nothing' }),
  },
  'neighbors.get': {
    'no argument': (n) => n.neighbors.get('10.0.0.77'),
    'the neighbor': (n) => n.neighbors.get('10.0.0.77', { device: 'br0' }),
  },
  'neighbors.list': { 'the link': (n) => n.neighbors.list({ device: 'nothing' }) },
  'neighbors.stream': { 'the link': (n) => n.neighbors.stream({ device: LONG }).next() },

  ...forEachOf(['add', 'replace', 'append'], 'fdb', (verb) => ({
    'an argument': (n) => n.fdb[verb]({ device: 'p0', address: 'x' }),
    'the link': (n) => n.fdb[verb]({ device: 'nothing', address: MAC }),
    'the link, by a long name': (n) => n.fdb[verb]({ device: LONG, address: MAC }),
    'no port': (n) => n.fdb[verb]({ device: 'v0', address: MAC }),
  })),
  'fdb.delete': {
    'the entry': (n) => n.fdb.delete({ device: 'p0', address: MAC }),
    elements: (n) =>
      n.fdb.delete([
        { device: 'p0', address: MAC },
        { device: 'v0', address: MAC },
      ]),
  },
  'fdb.flush': {
    'no argument': (n) => n.fdb.flush(),
    'the bridge': (n) => n.fdb.flush({ master: 'nothing' }),
    'the link': (n) => n.fdb.flush({ device: 'nothing' }),
  },
  'fdb.get': { 'the entry': (n) => n.fdb.get(MAC, { master: 'br0' }), 'no argument': (n) => n.fdb.get(MAC) },
  'fdb.list': { 'the bridge': (n) => n.fdb.list({ master: 'nothing' }) },
  'fdb.stream': { 'the bridge': (n) => n.fdb.stream({ master: LONG }).next() },

  'ethtool.features.get': {
    'an argument': (n) => n.ethtool.features.get(null),
    'the link': (n) => n.ethtool.features.get('nothing'),
  },
  'ethtool.features.set': {
    'an argument': (n) => n.ethtool.features.set('lo', {}),
    'a getter': (n) => n.ethtool.features.set('lo', throwing('rx-gro', {})),
    'the feature': (n) => n.ethtool.features.set('lo', { 'no-such-feature': true }),
    'the link': (n) => n.ethtool.features.set('nothing', { 'rx-gro': true }),
  },
  'ethtool.statistics': {
    'an argument': (n) => n.ethtool.statistics(0),
    'the link': (n) => n.ethtool.statistics('nothing'),
  },
  'genetlink.get': {
    'an argument': (n) => n.genetlink.get(5),
    'the family': (n) => n.genetlink.get('nothing'),
  },
  'genetlink.list': { 'that it is closed': (n, { closed }) => closed.genetlink.list() },
  'conntrack.list': {
    'an argument': (n) => n.conntrack.list({ protocol: 'no' }),
    'that it is closed': (n, { closed }) => closed.conntrack.list(),
  },
  'conntrack.stream': { 'an argument': (n) => n.conntrack.stream({ protocol: 'no' }).next() },
  'conntrack.watch': {
    'an argument': (n) => n.conntrack.watch({ protocol: 'no' }),
    'an option': (n) => n.conntrack.watch({}, { signal: 5 }),
    'a signal': (n) => n.conntrack.watch({}, { signal: AbortSignal.abort() }),
    'that it is closed': (n, { closed }) => closed.conntrack.watch(),
  },
  'conntrack.statistics': { 'that it is closed': (n, { closed }) => closed.conntrack.statistics() },
  'conntrack.flush': {
    'an argument': (n) => n.conntrack.flush({}),
    'a part of it': (n) => n.conntrack.flush({ reply: { source: undefined } }),
    'that it is closed': (n, { closed }) => closed.conntrack.flush('all'),
  },
  ...forEachOf(['get', 'add', 'set', 'delete'], 'conntrack', (verb) => ({
    'an argument': (n) => n.conntrack[verb]({ protocol: 'tcp', original: 5 }),
    'no argument': (n) => n.conntrack[verb](),
    'a getter': (n) => n.conntrack[verb](throwing('original', { protocol: 'tcp' })),
    'the connection': (n, { closed }) =>
      verb === 'add' ? closed.conntrack.add(UNTRACKED) : n.conntrack[verb](UNTRACKED),
    ...(verb !== 'get' && {
      'an argument of an element': (n) => n.conntrack[verb]([UNTRACKED, 5]),
      elements: (n) => n.conntrack[verb]([{ ...UNTRACKED, helper: 'nothing' }]),
    }),
  })),
  'conntrack.expectations.list': {
    'an argument': (n) => n.conntrack.expectations.list({ protocol: 'no' }),
    'that it is closed': (n, { closed }) => closed.conntrack.expectations.list(),
  },
  'conntrack.expectations.watch': {
    'an argument': (n) => n.conntrack.expectations.watch({ protocol: 'no' }),
    'that it is closed': (n, { closed }) => closed.conntrack.expectations.watch(),
  },
  'conntrack.expectations.flush': {
    'an argument': (n) => n.conntrack.expectations.flush({ helper: undefined }),
    'that it is closed': (n, { closed }) => closed.conntrack.expectations.flush('all'),
  },
  ...forEachOf(['get', 'add', 'delete'], 'conntrack.expectations', (verb) => ({
    'an argument': (n) => n.conntrack.expectations[verb]({ protocol: 'tcp', tuple: 5 }),
    'no argument': (n) => n.conntrack.expectations[verb](),
    'what is not there': (n) => n.conntrack.expectations[verb](UNEXPECTED),
  })),
  'nftables.batch': {
    'an argument': (n) => n.nftables.batch((nft) => nft.tables.add({ family: 'no', name: 'x' })),
    'no argument': (n) => n.nftables.batch(),
    'what the function throws': (n) =>
      n.nftables.batch(() => {
        throw new Error('thrown');
      }),
    'what the function rejects with': (n) => n.nftables.batch(() => Promise.reject(new Error('rejected'))),
    'the table': (n) => n.nftables.batch((nft) => void nft.tables.delete({ family: 'bridge', name: 'nothing' })),
    'the set': (n) =>
      n.nftables.batch((nft) =>
        nft.elements.add({ family: 'inet', table: 'nothing', set: 'x', elements: [{ key: 5 }] }),
      ),
  },
  'nftables.ruleset': {
    'an argument': (n) => n.nftables.ruleset({ tabel: 'x' }),
    'that it is closed': (n, { closed }) => closed.nftables.ruleset(),
  },
  'nftables.watch': {
    'an argument': (n) => n.nftables.watch({ signal: 5 }).next(),
    'that it is closed': (n, { closed }) => closed.nftables.watch().next(),
  },
  'nftables.owner': { 'that it is closed': (n, { closed }) => closed.nftables.owner() },
  ...forEachOf(['batch', 'ruleset', 'replaceRuleset', 'tables.add', 'rules.list'], 'nftables.owner', (verb) => ({
    'an argument': (n, { owner }) => askOwner(owner, verb, 5),
    'that it is closed': (n, { ended }) => askOwner(ended, verb, askedOfOwner[verb]),
  })),
  'nftables.owner, of what is owned': {
    'the table': (n, { owner }) => owner.chains.add({ family: 'bridge', table: 'nothing', name: 'x' }),
    'whose it is': (n, { another }) => another.chains.add({ ...OWNED, name: 'x' }),
    'whose it is, of several': (n, { another }) =>
      another.batch((nft) => void nft.tables.delete({ family: 'bridge', name: 'owned' })),
    'the flags': (n, { owner }) => owner.tables.add({ family: 'bridge', name: 'owned', flags: ['dormant'] }),
  },
  'nftables.replaceRuleset': {
    'an argument': (n) => n.nftables.replaceRuleset({ tables: [] }),
    'no argument': (n) => n.nftables.replaceRuleset(),
    'the table': (n) =>
      n.nftables.replaceRuleset({
        ...{ tables: [{ family: 'inet', name: 'x' }], chains: [], objects: [], flowtables: [], sets: [] },
        rules: [{ family: 'inet', table: 'x', chain: 'nothing', statements: ['counter'] }],
      }),
  },
  'nftables.tables.list': {
    'an argument': (n) => n.nftables.tables.list(5),
    'that it is closed': (n, { closed }) => closed.nftables.tables.list(),
  },
  ...forEachOf(['add', 'delete', 'flush'], 'nftables.tables', (verb) => ({
    'an argument': (n) => n.nftables.tables[verb]({ family: 'inet', name: 5 }),
    'no argument': (n) => n.nftables.tables[verb](),
    'a getter': (n) => n.nftables.tables[verb](throwing('name', { family: 'inet' })),
    'the table': (n, { closed }) =>
      verb === 'add'
        ? closed.nftables.tables.add({ family: 'inet', name: 'x' })
        : n.nftables.tables[verb]({ family: 'inet', name: 'nothing' }),
  })),
  'nftables.chains.list': {
    'an argument': (n) => n.nftables.chains.list({ tabel: 'x' }),
    'that it is closed': (n, { closed }) => closed.nftables.chains.list(),
  },
  ...forEachOf(['add', 'delete', 'flush'], 'nftables.chains', (verb) => ({
    'an argument': (n) => n.nftables.chains[verb]({ family: 'inet', table: 5, name: 'x' }),
    'no argument': (n) => n.nftables.chains[verb](),
    'the table': (n) => n.nftables.chains[verb]({ family: 'inet', table: 'nothing', name: 'x' }),
  })),
  'nftables.rules.list': {
    'an argument': (n) => n.nftables.rules.list({ tabel: 'x' }),
    'that it is closed': (n, { closed }) => closed.nftables.rules.list(),
  },
  ...forEachOf(['add', 'insert', 'replace', 'delete'], 'nftables.rules', (verb) => ({
    'an argument': (n) => n.nftables.rules[verb]({ family: 'inet', table: 't', chain: 'c', statements: 5 }),
    'no argument': (n) => n.nftables.rules[verb](),
    'the chain': (n) =>
      n.nftables.rules[verb]({
        ...{ family: 'inet', table: 'nothing', chain: 'x', statements: ['counter'] },
        ...(verb === 'add' || verb === 'insert' ? {} : { handle: 4 }),
      }),
  })),
  'nftables.sets.list': {
    'an argument': (n) => n.nftables.sets.list({ tabel: 'x' }),
    'that it is closed': (n, { closed }) => closed.nftables.sets.list(),
  },
  'nftables.rules.reset': {
    'an argument': (n) => n.nftables.rules.reset({ family: 'inet', table: 't', chain: undefined }),
    'no argument': (n) => n.nftables.rules.reset(),
    'that it is closed': (n, { closed }) => closed.nftables.rules.reset({ family: 'inet', table: 't' }),
  },
  ...forEachOf(['add', 'delete', 'flush'], 'nftables.sets', (verb) => ({
    'an argument': (n) => n.nftables.sets[verb]({ family: 'inet', table: 't', name: 5, key: 'mark' }),
    'no argument': (n) => n.nftables.sets[verb](),
    'the table': (n) => n.nftables.sets[verb]({ family: 'inet', table: 'nothing', name: 'x', key: 'mark' }),
  })),
  ...forEachOf(['list', 'get', 'add', 'delete', 'reset'], 'nftables.elements', (verb) => ({
    'an argument': (n) => n.nftables.elements[verb]({ family: 'inet', table: 't', set: 5 }),
    'no argument': (n) => n.nftables.elements[verb](),
    'the set': (n) => n.nftables.elements[verb]({ family: 'inet', table: 'nothing', set: 'x', elements: [{ key: 5 }] }),
  })),
  'nftables.objects.list': {
    'an argument': (n) => n.nftables.objects.list({ tabel: 'x' }),
    'that it is closed': (n, { closed }) => closed.nftables.objects.list(),
  },
  'nftables.objects.reset': {
    'an argument': (n) => n.nftables.objects.reset({ family: 'inet' }),
    'no argument': (n) => n.nftables.objects.reset(),
    'that it is closed': (n, { closed }) => closed.nftables.objects.reset({ family: 'inet', table: 't' }),
  },
  ...forEachOf(['get', 'add', 'delete'], 'nftables.objects', (verb) => ({
    'an argument': (n) => n.nftables.objects[verb]({ family: 'inet', table: 't', kind: 'conter', name: 'x' }),
    'no argument': (n) => n.nftables.objects[verb](),
    'the table': (n) => n.nftables.objects[verb]({ family: 'inet', table: 'nothing', kind: 'counter', name: 'x' }),
  })),
  'nftables.flowtables.list': {
    'an argument': (n) => n.nftables.flowtables.list({ tabel: 'x' }),
    'that it is closed': (n, { closed }) => closed.nftables.flowtables.list(),
  },
  ...forEachOf(['add', 'delete'], 'nftables.flowtables', (verb) => ({
    'an argument': (n) => n.nftables.flowtables[verb]({ family: 'inet', table: 't', name: 5 }),
    'no argument': (n) => n.nftables.flowtables[verb](),
    'the table': (n) => n.nftables.flowtables[verb]({ family: 'inet', table: 'nothing', name: 'x' }),
  })),
  openTap: {
    'an argument': (n) => n.openTap({ queues: 0 }),
    'the name': (n) => n.openTap({ name: 'lo' }),
  },
  'namespaceIds.add': {
    'an argument': (n) => n.namespaceIds.add({}),
    'the namespace': (n, { closed }) => n.namespaceIds.add(closed),
    'the id': (n, { other }) => {
      n.namespaceIds.add(other, 5).catch(() => undefined);
      return n.namespaceIds.add(other, 6);
    },
  },
  'namespaceIds.get': {
    'an argument': (n) => n.namespaceIds.get(5),
    'the namespace': (n, { closed }) => n.namespaceIds.get(closed),
  },
  'namespaceIds.waitFor': { 'an argument': (n) => n.namespaceIds.waitFor(5, 'blue') },
  'namespaceIds.list': { 'that it is closed': (n, { closed }) => closed.namespaceIds.list() },

  'sysctl.get': {
    'an argument': (n) => n.sysctl.get('kernel.hostname'),
    'the key': (n) => n.sysctl.get('net.ipv4.conf.nothing.rp_filter'),
  },
  'sysctl.set': {
    'an argument': (n) => n.sysctl.set('net.ipv4.ip_forward', {}),
    'the key': (n) => n.sysctl.set('net.ipv4.conf.nothing.rp_filter', 1),
    'the value': (n) => n.sysctl.set('net.ipv4.ip_forward', 'word'),
    'the second of several': (n) => n.sysctl.set({ 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.nothing.rp_filter': 1 }),
    'a getter': (n) => n.sysctl.set(throwing('net.ipv4.ip_forward')),
  },
  'sysctl.list': { 'the branch': (n) => n.sysctl.list('net.ipv4.conf.nothing') },
  'files.read': {
    'an argument': (n) => n.files.read('/etc/passwd'),
    'the file': (n) => n.files.read('/proc/net/nothing'),
  },
  'files.readBytes': { 'the limit': (n) => n.files.readBytes('/proc/net/dev', { limit: 1 }) },
  'files.write': {
    'an argument': (n) => n.files.write('/proc/sys/net/ipv4/ip_forward', 5),
    'the file': (n) => n.files.write('/proc/sys/net/ipv4/nothing', '1'),
    'the content': (n) => n.files.write('/proc/sys/net/ipv4/ip_forward', 'word'),
  },
  'files.list': { 'the directory': (n) => n.files.list('/sys/class/net/nothing') },

  listen: {
    'an argument': (n) => n.listen({}),
    'the address': (n) => n.listen(net.createServer(), { host: '10.7.7.7', port: 80 }),
  },
  connect: {
    'an argument': (n) => n.connect({}),
    'the route': (n) => n.connect({ host: '172.16.0.1', port: 80 }),
  },
  createSocket: {
    'an argument': (n) => n.createSocket('udp5'),
    'the link': (n) => n.createSocket({ type: 'udp4', device: 'nothing' }),
    'the link, by a long name': (n) => n.createSocket({ type: 'udp4', device: LONG }),
  },
  openSocket: {
    'the link': (n) => n.openSocket({ family: 'packet', type: 'raw', protocol: 'arp', device: 'nothing' }),
  },
  lookup: { 'an argument': (n) => n.lookup(5), 'the name': (n) => n.lookup('a..b') },
  exec: { 'the program': (n) => n.exec('exit 3') },
  execFile: { 'the program': (n) => n.execFile('no-such-program') },
  worker: { 'an argument': (n) => n.worker(5) },
  processes: { 'that it is closed': (n, { closed }) => closed.processes() },
  delete: { 'an argument': (n) => n.delete({ wait: 5 }) },

  createNamespace: {
    'the name': () => createNamespace('a/b'),
    'what furnishes it': () => createNamespace(undefined, 5),
  },
  openNamespace: { 'the name': () => library.openNamespace('rtnl-that-nobody-made') },
  attachNamespace: {
    'the name': (n) => library.attachNamespace('a/b', n),
    'the process': () => library.attachNamespace('rtnl-that-nobody-made', { pid: 0x7fffffff }),
  },
  deleteNamespace: { 'the name': () => library.deleteNamespace('rtnl-that-nobody-made') },
  namespaceOfProcess: { 'the process': () => library.namespaceOfProcess(0x7fffffff) },
  reserveNamespaces: { 'an argument': () => library.reserveNamespaces(-1) },
};

function forEachOf(verbs, collection, casesOf) {
  return Object.fromEntries(verbs.map((verb) => [`${collection}.${verb}`, casesOf(verb)]));
}

const all = Object.entries(cases).flatMap(([verb, calls]) =>
  Object.entries(calls).map(([step, call]) => ({ label: `${verb}: ${step}`, call })),
);

/** Calls of collections, and those of them that are part of the whole in `furnish`; others begin when it has succeeded. */
const ofCollections = all.filter(({ label }) => /^\w+\.\w+/.test(label));
const ofTheWhole = ofCollections.filter(({ label }) => /^\w+\.(add|replace|append|set|delete|flush|write)/.test(label));

/** What `furnish` may do with what it asked for. None of it may come back but by the promise of the creation. */
const furnishings = {
  'returns it': (asked) => [asked],
  'asks for more behind it': (asked, n) => [asked, n.links.set('lo', { up: true })],
  'returns nothing': () => undefined,
  'throws afterwards': () => {
    throw new Error('not today');
  },
  'is async': async (asked) => {
    await asked;
  },
  'returns something that rejects': () => Promise.reject(new Error('not today')),
  'returns what throws half-way': function* (asked) {
    yield asked;
    throw new Error('not today');
  },
  'furnishes another one with it': (asked) => [createNamespace(undefined, () => [asked])],
};
/** The same, of what is part of the whole alone. */
const furnishingsOfTheWhole = {
  'keeps it to itself': () => [],
  'keeps it to itself, and asks for more': (asked, n) => [n.links.set('lo', { up: true })],
};

async function prepared() {
  const [n, other, closed] = await Promise.all([createNamespace(), createNamespace(), createNamespace()]);
  await closed.close();
  await n.links.add({ kind: 'bridge', name: 'br0', up: true });
  await n.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
  await n.links.add({ kind: 'veth', name: 'w0', peer: { name: 'w1' } });
  await n.links.add({ kind: 'veth', name: 'p0', master: 'br0', peer: { name: 'p1' } });
  await n.addresses.add('br0', '10.0.0.1/24');
  const [owner, another, ended] = await Promise.all([0, 1, 2].map(() => other.nftables.owner()));
  await owner.tables.add({ family: 'bridge', name: 'owned' });
  await ended.close();
  return {
    n,
    others: { other, closed, owner, another, ended },
    end: () => Promise.all([n.close(), other.close()]),
  };
}

const report = {
  verbs: verbsOf(library.hostNamespace()),
  cases: Object.keys(cases),
  caught: {},
  thrown: [],
  resolved: [],
  /** Whose errors do not lead to the call. */
  lost: [],
};

/** How calls are being made, for the one that ends the process. */
let way = 'one by one';
process.on('uncaughtExceptionMonitor', (_error, origin) => {
  console.error(`${origin} of a call that was made ${way}:`);
});

/** Makes a call, with one `.catch` on what it returns; answers what was caught. */
async function caughtOf(label, call) {
  let promise;
  try {
    promise = call();
  } catch (error) {
    report.thrown.push(`${label}: ${error.message}`);
    return undefined;
  }
  let caught;
  await promise.catch((error) => {
    caught = error;
  });
  return caught;
}

/** Whether the error of a call that is awaited leads to this file. */
async function leadsHere(call) {
  try {
    await call();
    return true;
  } catch (error) {
    // Those of Node's programs and connections are Node's own.
    const isOurs = error instanceof library.RtnetlinkError || 'property' in error;
    return !isOurs || error.stack.includes(__filename);
  }
}

async function alone() {
  for (const [verb, calls] of Object.entries(cases)) {
    const { n, others, end } = await prepared();
    for (const [step, call] of Object.entries(calls)) {
      const label = `${verb}: ${step}`;
      const error = await caughtOf(label, () => call(n, others));
      if (error === undefined) report.resolved.push(label);
      else report.caught[label] = error.code ?? error.name;
      if (!(await leadsHere(() => call(n, others)))) report.lost.push(label);
    }
    await end();
  }
}

async function together() {
  way = 'with all others in one tick';
  const { n, others, end } = await prepared();
  await Promise.all(all.map(({ label, call }) => caughtOf(label, () => call(n, others))));
  await end();
}

async function closed() {
  way = 'in a namespace that is closed';
  const { n, others, end } = await prepared();
  await n.close();
  for (const { label, call } of ofCollections) await caughtOf(`closed, ${label}`, () => call(n, others));
  await end();
}

/** Furnishes with each call in each way; whether that fails depends on what is there before, which is nothing here. */
async function furnished() {
  const { others, end } = await prepared();
  for (const [what, furnish] of Object.entries(furnishings)) await furnishedSo(what, furnish, ofCollections, others);
  for (const [what, furnish] of Object.entries(furnishingsOfTheWhole))
    await furnishedSo(what, furnish, ofTheWhole, others);
  await end();
}

async function furnishedSo(what, furnish, calls, others) {
  way = `in a furnish that ${what}`;
  await Promise.all(
    calls.map(async ({ label, call }) => {
      let made;
      const creation = () =>
        createNamespace(undefined, (n) => {
          made = n;
          return furnish(call(n, others), n);
        });
      await caughtOf(`${way}, ${label}`, creation);
      await made?.close();
    }),
  );
}

/** The verbs of a namespace's collections, and its own, by the prototypes. */
function verbsOf(namespace) {
  const found = [];
  const visit = (object, prefix) => {
    for (const [name, { value, get }] of Object.entries(
      Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object)),
    )) {
      if (typeof value === 'function' && name !== 'constructor') found.push(`${prefix}${name}`);
      const nested = get?.call(object);
      if (nested?.constructor.name.endsWith('Collection')) visit(nested, `${prefix}${name}.`);
    }
    // Those that a collection has as properties.
    for (const [name, value] of Object.entries(object)) {
      if (value?.constructor.name.endsWith('Collection')) visit(value, `${prefix}${name}.`);
    }
  };
  visit(namespace, '');
  return found;
}

(async () => {
  await alone();
  await together();
  await closed();
  await furnished();
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  console.log('still alive');
  console.log(JSON.stringify(report));
})();
