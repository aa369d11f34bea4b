import type { NetworkNamespace, Route, RouteFilter, RouteOptions } from '../../lib';
import { feature } from './kernel';
import { ip, run, type Held, type Row } from './oracle';
import { scratchNamespace } from './scratch';
import { until } from './until';

// Namespaces with routes, and what is compared of those of the library and those of `ip`.

export const multipath = feature(
  'multipath routes',
  'ip link set lo up; ip route add 192.0.2.0/24 nexthop dev lo nexthop dev lo',
);

/** A namespace with two links that have addresses of both families. */
export async function network(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  const quiet = { addressGenerationMode: 'none' } as const;
  await namespace.links.set('lo', { up: true });
  await namespace.links.add({ kind: 'veth', name: 'v0', ...quiet, peer: { name: 'v1', ...quiet } });
  await namespace.links.set('v0', { up: true });
  await namespace.links.set('v1', { up: true });
  await Promise.all([
    namespace.addresses.add('v0', '10.1.1.1/24'),
    namespace.addresses.add('v1', '10.1.2.1/24'),
    namespace.addresses.add('v0', { address: '2001:db8:1::1/64', flags: ['nodad'] }),
    namespace.addresses.add('v1', { address: '2001:db8:2::1/64', flags: ['nodad'] }),
  ]);
  // The kernel adds its own routes when it has noticed the carrier.
  return await until(async () => {
    const routes = await namespace.routes.list();
    const own = routes.filter(({ destination }) => /^(ff00::\/8|2001:db8:[12]::1\/128)$/.test(destination));
    return own.length === 4 && routes.every(({ flags }) => flags.length === 0) ? namespace : undefined;
  });
}

/** A network with routes of many sorts, made by `ip`. */
export async function populated(): Promise<NetworkNamespace> {
  const namespace = await network();
  const routes = [
    'default via 10.1.1.2',
    'default via 10.1.2.2 metric 9 proto bgp',
    '10.20.0.0/16 via 10.1.2.2 src 10.1.1.1 mtu lock 1400 advmss 1300 rtt 100ms features ecn',
    '10.20.0.0/16 via 10.1.1.2 table 1000 proto bgp',
    '10.21.0.0/16 via inet6 2001:db8:1::2 dev v0',
    '10.22.0.0/16 via 192.0.2.1 dev v1 onlink',
    '10.23.0.0/16 dev v1 scope host tos 0x10',
    'blackhole 10.30.0.0/16',
    'unreachable 10.31.0.0/16',
    'prohibit 10.32.0.0/16',
    'throw 10.33.0.0/16 table 1000',
    'local 10.34.0.0/16 dev lo',
    'default via 2001:db8:1::2',
    '2001:db8:20::/48 via 2001:db8:2::2 src 2001:db8:1::1 mtu 1300 pref high',
    '2001:db8:21::/48 dev v1 metric 7 table 1000',
    'blackhole 2001:db8:30::/48',
    'unreachable 2001:db8:31::/48',
    'prohibit 2001:db8:32::/48',
  ];
  if (multipath.skip === undefined) {
    routes.push(
      '10.24.0.0/16 nexthop via 10.1.1.2 weight 3 nexthop via 10.1.2.2',
      '2001:db8:24::/48 nexthop via 2001:db8:1::2 weight 3 nexthop via 2001:db8:2::2',
    );
  }
  const commands = routes.map((route) => `route add ${route}`).join('\n');
  await run(namespace, 'sh', ['-ec', 'echo "$1" | ip -batch -', 'sh', commands]);
  return namespace;
}

/** All routes in an order of their own. */
export async function tableOf(namespace: Held): Promise<Row[]> {
  const rows = await ip(namespace, 'route show table all');
  return rows.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

export function withoutHostLength(destination: string): string {
  return destination.replace(destination.includes(':') ? /\/128$/ : /\/32$/, '');
}

export async function namesOf(namespace: NetworkNamespace): Promise<Map<number, string>> {
  return new Map((await namespace.links.list()).map(({ index, name }) => [index, name]));
}

export function summaryOf(route: Route, names: Map<number, string>): string {
  return JSON.stringify([
    withoutHostLength(route.destination),
    String(route.table),
    route.type,
    route.protocol,
    route.scope,
    route.metric,
    route.gateway,
    route.device === undefined ? undefined : names.get(route.device),
    route.preferredSource,
    route.nexthops?.map((hop) => [hop.gateway, names.get(hop.device), hop.weight]),
  ]);
}

export function summaryOfRow(row: Row): string {
  const gatewayOf = (hop: Row) => hop.gateway ?? (hop.via as Row | undefined)?.host;
  return JSON.stringify([
    row.dst,
    row.table,
    row.type,
    row.protocol,
    row.scope,
    row.metric,
    gatewayOf(row),
    row.dev,
    row.prefsrc,
    (row.nexthops as Row[] | undefined)?.map((hop) => [gatewayOf(hop), hop.dev, hop.weight]),
  ]);
}

export function isSame(one: Route, other: Route): boolean {
  return JSON.stringify({ ...one, flags: [] }) === JSON.stringify({ ...other, flags: [] });
}

export function matches(route: Route, filter: RouteFilter, names: Map<number, string>): boolean {
  const { family, table, protocol, type, device } = filter;
  const devices = [route.device, ...(route.nexthops ?? []).map((hop) => hop.device)];
  return (
    (family === undefined || route.family === family) &&
    (table === undefined || route.table === table) &&
    (protocol === undefined || route.protocol === protocol) &&
    (type === undefined || route.type === type) &&
    (device === undefined || devices.some((index) => index !== undefined && names.get(index) === device))
  );
}

/** What `list` says of a route that was added: prefixes canonical, links by their index, time running. */
export function canonical({ destination, device, expires, flags, ...rest }: RouteOptions): object {
  const isIpv6 = destination.includes(':');
  const length = destination.includes('/') ? '' : isIpv6 ? '/128' : '/32';
  const isDefault = destination === 'default' || destination.endsWith('/0');
  const network = destination.toLowerCase().replace(':0::', '::');
  return {
    ...rest,
    destination: isDefault ? 'default' : network + length,
    ...(device !== undefined && { device: expect.any(Number) as number }),
    ...(expires !== undefined && { expires: expect.any(Number) as number }),
    ...(flags !== undefined && { flags: expect.arrayContaining(flags) as unknown }),
  };
}
