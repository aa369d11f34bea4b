import net from 'node:net';

import * as library from '../../lib';
import { hiddenMembers } from '../support/hidden-members';

// An unknown option is refused before anything is asked of the system: the addon is not even loaded.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: () => {
    throw new Error('the addon was loaded');
  },
}));

type Options = Readonly<Record<string, unknown>>;
type Call = (options: never) => unknown;

const MAC = '02:00:00:00:00:01';
const ends = { source: '10.1.0.2', destination: '192.0.2.2', sourcePort: 4711, destinationPort: 80 };
const host = library.hostNamespace();
const { links, addresses, routes, rules, neighbors, fdb, nexthops, qdiscs, namespaceIds, files } = host;

/** Every verb that takes options, or an object of properties: a call with good arguments besides. */
const calls: Record<string, Call> = {
  sweepNamespaces: (options) => library.sweepNamespaces(options),
  'links.list': (options) => links.list(options),
  'links.stream': (options) => links.stream(options).next(),
  'links.get': (options) => links.get('lo', options),
  'links.add': (options: Options) => links.add({ kind: 'bridge', name: 'br0', ...options }),
  'links.add, of an array': (options: Options) => links.add([{ kind: 'bridge', name: 'br0', ...options }]),
  'links.add, of a peer': (options) => links.add({ kind: 'veth', name: 'v0', peer: options }),
  'links.add, of a port': (options) => links.add({ kind: 'veth', name: 'v0', master: 'br0', bridgePort: options }),
  'links.set': (options) => links.set('lo', options),
  'links.delete': (options: Options) => links.delete({ group: 7, ...options }),
  'links.waitFor': (options) => links.waitFor('lo', 'up', options),
  'links.waitFor, until it is gone': (options) => links.waitFor('lo', 'gone', options),

  'addresses.list': (options) => addresses.list(options),
  'addresses.stream': (options) => addresses.stream(options).next(),
  ...ofEach(['add', 'replace', 'delete'], 'addresses', { device: 'lo', address: '10.0.0.1/24' }),
  'addresses.add, of a link': (options: Options) => addresses.add('lo', { address: '10.0.0.1/24', ...options }),
  'addresses.flush': (options) => addresses.flush(options),
  'addresses.waitFor': (options) => addresses.waitFor({ device: 'lo' }, options),
  'addresses.waitFor, of what': (options: Options) => addresses.waitFor({ device: 'lo', ...options }),

  'routes.list': (options) => routes.list(options),
  'routes.stream': (options) => routes.stream(options).next(),
  'routes.get': (options) => routes.get('10.0.0.1', options),
  ...ofEach(['add', 'replace', 'append', 'delete'], 'routes', { destination: '10.0.0.0/24', device: 'lo' }),
  'routes.flush': (options) => routes.flush(options),

  'rules.list': (options) => rules.list(options),
  'rules.stream': (options) => rules.stream(options).next(),
  ...ofEach(['add', 'delete'], 'rules', { priority: 7, table: 100 }),
  'rules.flush': (options) => rules.flush(options),

  'neighbors.list': (options) => neighbors.list(options),
  'neighbors.stream': (options) => neighbors.stream(options).next(),
  'neighbors.get': (options: Options) => neighbors.get('10.0.0.1', { device: 'lo', ...options }),
  ...ofEach(['add', 'replace', 'delete'], 'neighbors', { device: 'lo', destination: '10.0.0.1' }),
  'neighbors.flush': (options) => neighbors.flush(options),

  'conntrack.list': (options) => host.conntrack.list(options),
  'conntrack.list, of a tuple': (options) => host.conntrack.list({ reply: options }),
  'conntrack.stream': (options) => host.conntrack.stream(options).next(),
  'conntrack.watch': (options) => host.conntrack.watch(options),
  'conntrack.watch, how': (options) => host.conntrack.watch({}, options),
  'conntrack.flush': (options) => host.conntrack.flush(options),
  ...ofEach(['get', 'add', 'set', 'delete'], 'conntrack', { protocol: 'tcp', original: ends, timeout: 5 }),
  'conntrack.add, of a tuple': (options: Options) =>
    host.conntrack.add({ protocol: 'tcp', original: { ...ends, ...options }, timeout: 5 }),
  'conntrack.expectations.list': (options) => host.conntrack.expectations.list(options),
  'conntrack.expectations.watch': (options) => host.conntrack.expectations.watch(options),
  'conntrack.expectations.flush': (options) => host.conntrack.expectations.flush(options),
  ...ofEach(['get', 'add', 'delete'], 'conntrack.expectations', {
    ...{ protocol: 'tcp', tuple: ends, master: { protocol: 'tcp', ...ends } },
  }),
  'nftables.batch, of a table': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.tables.add({ family: 'ip', name: 't', ...options });
    }),
  'nftables.batch, in a table': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.tables.in({ family: 'ip', name: 't', ...options });
    }),
  'nftables.batch, of a chain': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.chains.add({ family: 'ip', table: 't', name: 'c', ...options });
    }),
  'nftables.batch, of a rule': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.rules.add({ family: 'ip', table: 't', chain: 'c', statements: ['counter'], ...options });
    }),
  ...ofEach(['add', 'delete', 'flush'], 'nftables.tables', { family: 'ip', name: 't' }),
  'nftables.ruleset': (options) => host.nftables.ruleset(options),
  'nftables.replaceRuleset': (options: Options) => {
    const nothing = { tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] };
    return host.nftables.replaceRuleset({ ...nothing, ...options });
  },
  'nftables.watch': (options) => host.nftables.watch(options).next(),
  'nftables.tables.list': (options) => host.nftables.tables.list(options),
  ...ofEach(['add', 'delete', 'flush'], 'nftables.chains', { family: 'ip', table: 't', name: 'c' }),
  'nftables.chains.list': (options) => host.nftables.chains.list(options),
  ...ofEach(['add', 'insert', 'replace', 'delete'], 'nftables.rules', {
    ...{ family: 'ip', table: 't', chain: 'c', handle: 4, statements: ['counter'] },
  }),
  'nftables.rules.list': (options) => host.nftables.rules.list(options),
  ...ofEach(['add', 'delete'], 'nftables.sets', { family: 'ip', table: 't', name: 's', key: 'mark' }),
  'nftables.rules.reset': (options: Options) => host.nftables.rules.reset({ family: 'ip', table: 't', ...options }),
  'nftables.sets.flush': (options: Options) =>
    host.nftables.sets.flush({ family: 'ip', table: 't', name: 's', ...options }),
  ...ofEach(['get', 'add', 'delete'], 'nftables.objects', { family: 'ip', table: 't', kind: 'counter', name: 'o' }),
  ...ofEach(['add', 'delete'], 'nftables.flowtables', { family: 'ip', table: 't', name: 'f' }),
  'nftables.flowtables.list': (options) => host.nftables.flowtables.list(options),
  'nftables.objects.list': (options) => host.nftables.objects.list(options),
  'nftables.objects.reset': (options: Options) => host.nftables.objects.reset({ family: 'ip', table: 't', ...options }),
  'nftables.batch, of elements': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.elements.add({ family: 'ip', table: 't', set: 's', elements: [{ key: 5 }], ...options });
    }),
  'nftables.batch, of a set to flush': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.sets.flush({ family: 'ip', table: 't', name: 's', ...options });
    }),
  'nftables.batch, of a chain to flush': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.chains.flush({ family: 'ip', table: 't', name: 'c', ...options });
    }),
  'nftables.batch, of a table to flush': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.tables.flush({ family: 'ip', name: 't', ...options });
    }),
  'nftables.batch, of an object': (options: Options) =>
    host.nftables.batch((nft) => {
      nft.objects.add({ family: 'ip', table: 't', kind: 'counter', name: 'o', ...options });
    }),
  'nftables.sets.list': (options) => host.nftables.sets.list(options),
  ...ofEach(['add', 'delete', 'list', 'get', 'reset'], 'nftables.elements', {
    family: 'ip',
    table: 't',
    set: 's',
    elements: [],
  }),
  formatRule: (options) => library.formatRule({ family: 'ip', statements: ['counter'] }, options),
  'formatRule, of the rule': (options: Options) => library.formatRule({ family: 'ip', statements: [], ...options }),
  openTap: (options) => host.openTap(options),

  'fdb.list': (options) => fdb.list(options),
  'fdb.stream': (options) => fdb.stream(options).next(),
  'fdb.get': (options: Options) => fdb.get(MAC, { master: 'br0', ...options }),
  ...ofEach(['add', 'replace', 'append', 'delete'], 'fdb', { device: 'lo', address: MAC }),
  'fdb.flush': (options) => fdb.flush(options),

  'nexthops.list': (options) => nexthops.list(options),
  'nexthops.stream': (options) => nexthops.stream(options).next(),
  'nexthops.get': (options) => nexthops.get(1, options),
  ...ofEach(['add', 'replace', 'delete'], 'nexthops', { id: 1, blackhole: true }),
  'nexthops.flush': (options) => nexthops.flush(options),
  'nexthops.listBuckets': (options) => nexthops.listBuckets(options),

  'qdiscs.list': (options) => qdiscs.list(options),
  'qdiscs.get': (options: Options) => qdiscs.get('lo', { parent: 'root', ...options }),
  ...ofEach(['add', 'replace', 'delete'], 'qdiscs', { device: 'lo', kind: 'pfifo', parent: 'root' }),

  'namespaceIds.waitFor': (options) => namespaceIds.waitFor(1, 'gone', options),
  'files.read': (options) => files.read('/proc/net/dev', options),
  'files.readBytes': (options) => files.readBytes('/proc/net/dev', options),

  listen: (options: Options) => host.listen(net.createServer(), { port: 80, ...options }),
  connect: (options: Options) => host.connect({ host: '10.0.0.1', port: 80, ...options }),
  'connect, by a name': (options: Options) => host.connect({ host: 'blue', port: 80, ...options }),
  'connect, to a path': (options: Options) => host.connect({ path: '\0blue', ...options }),
  createSocket: (options: Options) => host.createSocket({ type: 'udp4', ...options }),
  openSocket: (options: Options) => host.openSocket({ family: 'inet', type: 'raw', protocol: 'icmp', ...options }),
  lookup: (options) => host.lookup('blue', options),
  exec: (options) => host.exec('true', options),
  execFile: (options) => host.execFile('true', [], options),
  delete: (options) => host.delete(options),
};

/** Those that hand all of their options on, to node:http, node:https, undici, node:child_process and node:worker_threads. */
const handingOn = ['agent', 'httpsAgent', 'dispatcher', 'spawn', 'worker'];

/** Those that take names, numbers and references to namespaces, whose properties are anybody's. */
const withoutOptions = [
  ...['links.addAlternativeName', 'links.deleteAlternativeName', 'links.peer'],
  ...['ethtool.statistics', 'ethtool.features.get', 'ethtool.features.set', 'genetlink.get', 'genetlink.list'],
  'conntrack.statistics',
  'nftables.owner',
  ...['namespaceIds.list', 'namespaceIds.get', 'namespaceIds.add'],
  ...['sysctl.get', 'sysctl.set', 'sysctl.list', 'files.write', 'files.list'],
  ...['equals', 'processes', 'close', 'toString', 'toJSON'],
  ...['attachNamespace', 'createNamespace', 'deleteNamespace', 'hostNamespace', 'listNamespaces'],
  ...['namespaceOfProcess', 'openNamespace', 'reserveNamespaces'],
];

function ofEach(verbs: readonly string[], collection: string, good: object): Record<string, Call> {
  const its = collection
    .split('.')
    .reduce<unknown>((of, name) => (of as Record<string, unknown>)[name], host) as Record<
    string,
    (options: object) => unknown
  >;
  const call =
    (verb: string): Call =>
    (options: Options) =>
      its[verb]!({ ...good, ...options });
  return Object.fromEntries(verbs.map((verb) => [`${collection}.${verb}`, call(verb)]));
}

/** The functions of an object and of its collections, by its prototype. */
function verbsOf(object: object, prefix = ''): string[] {
  const ofClass = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(object) as object));
  const own = Object.entries(Object.getOwnPropertyDescriptors(object)).filter(([, { value }]) => isCollection(value));
  return [...ofClass, ...own].flatMap(([name, { value, get }]) => {
    if (name === 'constructor' || hidden.has(name)) return [];
    const member: unknown = get === undefined ? value : got(object, get);
    if (typeof member === 'function') return [`${prefix}${name}`];
    return isCollection(member) ? verbsOf(member, `${prefix}${name}.`) : [];
  });
}

function isCollection(value: unknown): value is object {
  return (value as object | undefined)?.constructor.name.endsWith('Collection') === true;
}

/** What needs the addon is no verb. */
function got(object: object, get: () => unknown): unknown {
  try {
    return get.call(object);
  } catch {
    return undefined;
  }
}

const hidden = hiddenMembers();
const functions = Object.entries(library).flatMap(([name, value]) =>
  typeof value === 'function' && /^[a-z]/.test(name) ? [name] : [],
);

test('each verb is called here, takes no options, or hands them on', () => {
  const called = Object.keys(calls).map((name) => name.replace(/,.*/, ''));
  const listed = new Set([...called, ...handingOn, ...withoutOptions]);

  expect([...verbsOf(host), ...functions].sort()).toEqual([...listed].sort());
});

test.each(Object.entries(calls))('%s refuses an option that it does not know', async (_verb, call) => {
  const refused = (async () => await call({ zzz: 1 } as never))();

  await expect(refused).rejects.toMatchObject({
    name: 'RangeError',
    property: expect.stringMatching(/(^|\.)zzz$/) as string,
    message: expect.stringMatching(/zzz: (is|does) not /) as string,
  });
});

test.each<[string, () => Promise<unknown>, string]>([
  [
    'a wait',
    () => links.waitFor('lo', 'up', { timeot: 50 } as never),
    "timeot: is not a property known here: did you mean 'timeout'?",
  ],
  ['an end', () => host.delete({ wiat: true } as never), "wiat: is not a property known here: did you mean 'wait'?"],
  [
    'addresses to wait for',
    () => addresses.waitFor({ device: 'lo', adress: '10.0.0.1' } as never),
    "adress: is not a property of addresses that are waited for: did you mean 'address'?",
  ],
  [
    'a group',
    () => links.delete({ group: 7, name: 'v0' }),
    'name: is not a property of a group of links; known is group',
  ],
  [
    'a server',
    () => host.listen(net.createServer(), { prt: 80 } as never),
    "prt: is not a property known here: did you mean 'port'?",
  ],
  [
    'a connection',
    () => host.connect({ port: 80, hots: 'x' } as never),
    "hots: is not a property known here: did you mean 'host'?",
  ],
  [
    'a datagram socket',
    () => host.createSocket({ type: 'udp4', prt: 53 } as never),
    "prt: is not a property known here: did you mean 'port'?",
  ],
  [
    'a raw socket',
    () => host.openSocket({ family: 'packet', type: 'raw', proto: 'arp' } as never),
    "proto: is not a property known here: did you mean 'protocol'?",
  ],
  [
    'a lookup',
    () => host.lookup('blue', { famly: 4 } as never),
    "famly: is not a property known here: did you mean 'family'?",
  ],
  [
    'a file',
    () => files.read('/proc/net/dev', { limt: 5 } as never),
    "limt: is not a property known here: did you mean 'limit'?",
  ],
])('the option of %s that is misspelt is told the nearest', async (_what, call, message) => {
  await expect(call()).rejects.toMatchObject({ name: 'RangeError', message });
});

test('exec throws, as for other arguments', () => {
  expect(() => host.exec('true', { timeot: 50 } as never)).toThrow(
    "timeot: is not a property known here: did you mean 'timeout'?",
  );
});

test('what Node hands to a lookup beside its options is passed over', () => {
  const callback = jest.fn();

  host.lookup('127.0.0.1', { family: 4, port: 80 } as never, callback);

  expect(() => {
    host.lookup('127.0.0.1', { family: 5 } as never, callback);
  }).toThrow('family: must be 0, 4 or 6, not 5');
});
