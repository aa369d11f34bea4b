'use strict';

// What is done in chaos.js: each verb, in one of two namespaces that are open, or were a moment ago. Names are few, so that things are there
// or not, and taken or not.

const fs = require('node:fs');
const net = require('node:net');

const link = (random) => random.pick(['l0', 'l1', 'l2', 'br0', 'lo', 'nothing']);
const octet = (random) => random.below(250);
const address = (random) =>
  random.chance(0.7) ? `10.${random.below(3)}.0.${octet(random)}/24` : `fd00::${octet(random)}/64`;
const route = (random) => ({ destination: `10.9.${octet(random)}.0/24`, device: link(random), table: 'main' });
const mac = (random) => `02:00:00:00:00:${(16 + random.below(200)).toString(16)}`;
const nexthop = (random) => ({ id: 1 + random.below(9), blackhole: true });
const neighbor = (random) => ({
  ...{ device: link(random), destination: `10.0.0.${octet(random)}`, linkLayerAddress: mac(random) },
  state: 'permanent',
});

const ended = async (stream) => {
  for await (const _ of stream) break;
};

const ignoringTimeout = (error) => {
  if (error.name !== 'TimeoutError') throw error;
};

const ignoringRangeError = (error) => {
  if (!(error instanceof RangeError)) throw error;
};

/** Each of `verbs` of a collection, with the same arguments. */
const each = (collection, verbs, args) => verbs.map((verb) => (a, b, random) => a[collection][verb](...args(random)));

exports.deeds = [
  (a, b, random) => a.links.add({ kind: 'bridge', name: link(random), up: random.chance(0.5) }),
  (a, b, random) =>
    a.links.add({ kind: 'veth', name: link(random), up: true, peer: { name: link(random), namespace: b, up: true } }),
  (a, b, random) => a.links.add({ kind: 'veth', name: link(random), master: 'br0', bridgePort: { cost: 5 } }),
  (a, b, random) =>
    a.links.add([0, 1, 2].map((index) => ({ kind: 'veth', name: `l${index}`, peer: { name: `p${octet(random)}` } }))),
  (a, b, random) => a.links.set(link(random), { mtu: 1300 + octet(random), up: true }),
  (a, b, random) => a.links.set(link(random), { namespace: b, up: true }),
  (a, b, random) => a.links.set(link(random), { master: random.chance(0.5) ? 'br0' : null }),
  (a, b, random) => a.links.delete(link(random)),
  (a, b, random) => a.links.delete([link(random), link(random)]),
  (a, b, random) => a.links.get(link(random)),
  (a, b, random) => a.links.peer(link(random)).catch(ignoringRangeError), // of what is no pair
  (a) => a.links.list({ kind: 'veth' }),
  (a) => ended(a.links.stream()),
  (a, b, random) => a.links.addAlternativeName(link(random), `a-name-that-is-long-${octet(random)}`),
  (a, b, random) => a.links.waitFor(link(random), random.pick(['up', 'present', 'gone']), { timeout: 5 }),

  ...each('addresses', ['add', 'replace', 'delete'], (random) => [link(random), address(random)]),
  ...each('addresses', ['list', 'flush'], (random) => [{ device: link(random) }]),
  (a) => ended(a.addresses.stream()),
  (a, b, random) => a.addresses.waitFor({ device: link(random) }, { timeout: 5 }),
  ...each('routes', ['add', 'replace', 'delete'], (random) => [route(random)]),
  (a, b, random) => a.routes.add(Array.from({ length: 20 }, () => route(random))),
  (a, b, random) => a.routes.flush({ device: link(random) }),
  (a, b, random) => a.routes.get(`10.9.${octet(random)}.1`),
  (a) => a.routes.list({ family: 'inet' }),
  (a) => ended(a.routes.stream()),
  ...each('rules', ['add', 'delete'], (random) => [{ priority: 100 + random.below(9), table: 'main' }]),
  (a) => a.rules.list(),
  (a) => a.rules.flush({ table: 100 }),
  ...each('nexthops', ['add', 'replace', 'delete'], (random) => [nexthop(random)]),
  (a, b, random) => a.nexthops.get(1 + random.below(9)),
  (a) => a.nexthops.list(),
  ...each('neighbors', ['add', 'replace'], (random) => [neighbor(random)]),
  ...each('neighbors', ['delete'], (random) => [{ device: link(random), destination: `10.0.0.${octet(random)}` }]),
  (a) => a.neighbors.list(),
  (a, b, random) => a.neighbors.flush({ device: link(random) }),
  ...each('fdb', ['add', 'replace', 'delete'], (random) => [{ device: link(random), address: mac(random) }]),
  (a) => a.fdb.list(),
  ...each('qdiscs', ['add', 'replace'], (random) => [
    { device: link(random), kind: 'tbf', rate: 8e6, burst: 16384, limit: 65536 + octet(random) },
  ]),
  (a, b, random) => a.qdiscs.delete({ device: link(random), parent: 'root' }),
  (a) => a.qdiscs.list(),
  (a, b) => a.namespaceIds.add(b),
  (a, b) => a.namespaceIds.get(b),
  (a) => a.namespaceIds.list(),

  (a) => a.sysctl.get('net.ipv4.ip_forward'),
  (a, b, random) =>
    a.sysctl.set({ 'net.ipv4.ip_forward': random.below(2), [`net.ipv6.conf.${link(random)}.accept_ra`]: 0 }),
  (a, b, random) => a.sysctl.list(`net.ipv4.neigh.${link(random)}`),
  (a) => a.files.read('/proc/net/dev'),
  (a) => a.files.list('/sys/class/net'),
  (a) => a.processes(),

  async (a) => (await a.createSocket('udp4')).close(),
  async (a) => fs.closeSync(await a.openSocket({ family: 'packet', type: 'raw', protocol: 'arp', device: 'lo' })),
  (a) => talk(a),
  (a, b, random) =>
    a
      .connect({ host: '10.0.0.1', port: 1 + octet(random), signal: AbortSignal.timeout(5) })
      .then((socket) => socket.destroy(), ignoringTimeout),
  (a) => a.lookup('localhost'),
  (a, b, random) => (random.chance(0.1) ? a.execFile('true', [], { timeout: 20_000 }) : undefined),

  async (a, b, random, library) => (await library.openNamespace({ fd: a.fd })).close(),
  async (a, b, random, library) => (a.name === undefined ? undefined : (await library.openNamespace(a.name)).close()),
  (a, b, random, library) => library.listNamespaces(),
  async (a, b, random, library) => {
    if (random.chance(0.1)) await (await library.reserveNamespaces(2)).close();
  },
];

async function talk(namespace) {
  const server = net.createServer((socket) => {
    // Not for as long as the other end says nothing: it may have lost its address.
    socket.on('error', () => {}).end(() => socket.destroy());
  });
  try {
    await namespace.listen(server, { port: 0, host: '127.0.0.1' });
    // The address may be gone by now, and what is sent there lost.
    const options = { host: '127.0.0.1', port: server.address().port, signal: AbortSignal.timeout(2000) };
    await namespace.connect(options).then((socket) => socket.on('error', () => {}).destroy(), ignoringTimeout);
  } finally {
    server.close();
  }
}
