/**
 * Copies a namespace: what each list of one gives is added to another, in the order in which the kernel can take it. Which two can be given
 * as arguments, `copy-namespace blue green`; else it makes some of its own.
 */
import {
  createNamespace,
  openNamespace,
  type FdbEntry,
  type Link,
  type LinkOptions,
  type NetworkNamespace,
  type Veth,
} from 'rtnetlink';

async function main(): Promise<void> {
  const [from, to] = process.argv.slice(2);
  await (from === undefined || to === undefined ? demonstrate() : copyByName(from, to));
}

async function copyByName(from: string, to: string): Promise<void> {
  await using original = await openNamespace(from);
  await using copy = await openNamespace(to);
  await copyNamespace(original, copy);
}

async function demonstrate(): Promise<void> {
  await using host = await createNamespace();
  await using original = await createNamespace();
  await using copy = await createNamespace();
  await host.links.add({ kind: 'bridge', name: 'br0', up: true });
  await fill(original, host);

  await copyNamespace(original, copy);

  for (const link of await copy.links.list()) {
    const addresses = await copy.addresses.list({ device: link.index });
    console.log(`${link.index}: ${link.name}, ${addresses.map(({ address }) => address).join(' ')}`);
  }
  console.log(`br0 has ${(await host.links.list({ master: 'br0' })).map(({ name }) => name).join(', ')}`);
  for (const { destination, gateway, table } of await copy.routes.list({ family: 'inet' })) {
    if (table !== 'local') console.log(`${destination} via ${gateway} in ${table}`);
  }
}

/** A network to be copied: a pair within, ports of a bridge, a link to the host. */
async function fill(namespace: NetworkNamespace, host: NetworkNamespace): Promise<void> {
  await namespace.links.set('lo', { up: true });
  await namespace.links.add([
    { kind: 'veth', name: 'left', up: true, peer: { name: 'right', up: true } },
    { kind: 'veth', name: 'eth0', up: true, peer: { name: 'to-guest', master: 'br0', up: true, namespace: host } },
    { kind: 'bridge', name: 'br1', up: true, ageingTime: 60 },
  ]);
  await namespace.links.set('right', { master: 'br1', bridgePort: { isolated: true } });
  await namespace.addresses.add('eth0', '10.1.1.1/24');
  await namespace.addresses.add('left', { address: '2001:db8::1/64', flags: ['nodad'] });
  await namespace.nexthops.add([
    { id: 2, gateway: '10.1.1.254', device: 'eth0' },
    { id: 1, group: [{ id: 2 }] },
  ]);
  await namespace.routes.add([
    { destination: '10.2.0.0/16', nexthopId: 1 },
    { destination: '10.3.0.0/16', gateway: '10.1.1.254', table: 100 },
    { destination: '2001:db8:1::/48', gateway: '2001:db8::2' },
  ]);
  await namespace.rules.add({ source: '10.1.0.0/16', table: 100, priority: 1000 });
  await namespace.neighbors.add({ device: 'eth0', destination: '10.1.1.9', linkLayerAddress: '02:00:00:00:00:09' });
  await namespace.fdb.add({ device: 'right', address: '02:00:00:00:00:aa' });
  await namespace.qdiscs.add({ device: 'left', kind: 'tbf', rate: 8e6, burst: 16384, latency: 50 });
}

/** Makes in an empty namespace what another has. */
async function copyNamespace(from: NetworkNamespace, to: NetworkNamespace): Promise<void> {
  const links = await from.links.list();
  const lo = links.find(({ name }) => name === 'lo');
  await to.links.set('lo', { up: lo?.up, mtu: lo?.mtu });
  for (const unit of inOrder(links)) await addAgain(from, to, unit);

  // What the kernel made by itself it makes again: addresses of lo, and link-local ones.
  const addresses = await from.addresses.list();
  await to.addresses.replace(addresses.filter(({ protocol = '' }) => !String(protocol).startsWith('kernel')));
  const nexthops = await from.nexthops.list();
  await to.nexthops.add(
    nexthops.toSorted((one, other) => Number(one.group !== undefined) - Number(other.group !== undefined)),
  );

  // The kernel makes its own with links and addresses. A gateway is reached by a route without one.
  const routes = (await from.routes.list()).filter(({ protocol }) => protocol !== 'kernel');
  const isDirect = ({ gateway, nexthops: hops, nexthopId }: (typeof routes)[number]) =>
    gateway === undefined && hops === undefined && nexthopId === undefined;
  await to.routes.append([...routes.filter(isDirect), ...routes.filter((route) => !isDirect(route))]);
  await to.rules.add((await from.rules.list()).filter(({ priority }) => ![0, 32766, 32767].includes(priority)));

  const neighbors = await from.neighbors.list();
  await to.neighbors.replace(neighbors.filter(({ state }) => state === 'permanent'));
  await copyFdb(from, to, links);
  await to.qdiscs.replace((await from.qdiscs.list()).filter(({ handle }) => handle !== '0:'));
}

/** A link alone, or a pair. */
type Unit = [Link, Link?];

/** Each link once, with its peer if that is here, behind those that it needs: its master and the link that it is on. */
function inOrder(links: readonly Link[]): Unit[] {
  const rest = new Map<number | undefined, Link>(
    links.filter(({ kind }) => kind !== undefined).map((link) => [link.index, link]),
  );
  const below = (link: Link) => (link.kind === 'vxlan' ? link.underlay : link.kind === 'veth' ? undefined : link.link);
  const needs = (link: Link) => [link.master, below(link)];
  const units: Unit[] = [];
  while (rest.size > 0) {
    const before = rest.size;
    for (const link of rest.values()) {
      const peer = link.kind === 'veth' && link.linkNamespaceId === undefined ? rest.get(link.link) : undefined;
      if ([link, ...(peer ? [peer] : [])].flatMap(needs).some((index) => rest.has(index))) continue;
      units.push([link, peer]);
      rest.delete(link.index);
      if (peer) rest.delete(peer.index);
    }
    if (rest.size === before) throw new Error('the links need one another');
  }
  return units;
}

/** Makes a link again. Of a pair with one end elsewhere the other is made there, under another name. */
async function addAgain(from: NetworkNamespace, to: NetworkNamespace, [link, other]: Unit): Promise<void> {
  if (!isVeth(link)) {
    await to.links.add(link as LinkOptions);
  } else if (other !== undefined) {
    await to.links.add({ ...link, peer: other });
  } else {
    const far = await from.links.peer(link.index);
    await using namespace = await openNamespace(far.namespace!.path);
    const { name, master, up } = far.link;
    await to.links.add({ ...link, peer: { name: `${name.slice(0, 10)}-copy`, namespace, master, up } });
  }
}

const isVeth = (link: Link): link is Veth => link.kind === 'veth';

/** What was added to forwarding tables: nothing that was learned, nor the groups that devices listen to. */
async function copyFdb(from: NetworkNamespace, to: NetworkNamespace, links: readonly Link[]): Promise<void> {
  const tunnels = new Set(links.filter(({ kind }) => kind === 'vxlan').map(({ index }) => index));
  const isGroup = ({ address }: FdbEntry) => (Number.parseInt(address, 16) & 1) === 1;
  const entries = (await from.fdb.list()).filter(({ state }) => state === 'permanent' || state === 'static');
  // One address of a vxlan may have several destinations.
  await to.fdb.append(entries.filter(({ device }) => tunnels.has(device)));
  await to.fdb.replace(entries.filter((entry) => !tunnels.has(entry.device) && !isGroup(entry)));
}

void main();
