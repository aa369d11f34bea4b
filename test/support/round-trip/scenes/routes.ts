import type { RouteMetricsOptions } from '../../../../lib';
import { routes as messages } from '../../../../lib/protocol/route-message';
import { ip } from '../../oracle';
import { makeSome, modelOfMessage } from '../families';
import { about, COUNT, commands, families, makeDevices, union, type Scene } from './scene';

type Family = (typeof families)[number];

const apart = [
  'destination',
  'family',
  'gateway',
  'device',
  'nexthops',
  'nexthopId',
  'encap',
  'source',
  'preferredSource',
];

/** Where routes lead, each to a network of its own. */
function baseOf(family: Family, place: number): object {
  const isIpv4 = family === 'inet';
  const router = (link: number) => (isIpv4 ? `10.${String(link)}.0.2` : `2001:db8:${String(link)}::2`);
  const ways: object[] = [
    { device: 'v10' },
    { gateway: router(10) },
    { gateway: router(12), device: 'v12', preferredSource: isIpv4 ? '10.12.0.1' : '2001:db8:12::1' },
    { gateway: isIpv4 ? '192.0.2.1' : 'fe80::1', device: 'v10', flags: ['onlink'] },
    {
      nexthops: [
        { gateway: router(10), weight: 3 },
        { gateway: router(12), device: 'v12', weight: 256 },
      ],
    },
    // IPv4 routes of a nexthop object share the metrics of the first.
    { nexthopId: isIpv4 ? 1 : 2, metrics: undefined },
    {},
    isIpv4 ? { gateway: '2001:db8:10::2', device: 'v10' } : { device: 'v10', source: '2001:db8:10::/64' },
    {
      nexthops: [
        { device: 'v10', ...(isIpv4 && { realm: 5 }) },
        { gateway: router(12), flags: ['onlink'], device: 'v12' },
      ],
    },
  ];
  const destination = isIpv4 ? `10.200.${String(place)}.0/24` : `2001:db8:200:${String(place)}::/64`;
  return { destination, ...ways[place % ways.length] };
}

const ofTunnels = [
  'route add 10.200.250.0/24 encap ip id 42 dst 10.9.9.9 via 10.10.0.2',
  'route add 10.200.251.0/24 encap seg6 mode encap segs 2001:db8:9::1,2001:db8:9::2 dev v10',
  'route add 10.200.252.0/24 encap mpls 100/200 via 10.10.0.2',
  'route add 10.200.253.0/24 nexthop encap ip id 1 dst 10.9.9.9 via 10.10.0.2 nexthop via 10.12.0.2',
  'route add 10.200.254.0/24 encap ip6 id 7 dst 2001:db8::9 hoplimit 3 via 10.10.0.2',
  'route add 2001:db8:200:fa::/64 encap seg6 mode inline segs 2001:db8:9::1 dev v10',
  'route add 2001:db8:200:fb::/64 encap seg6local action End dev v10',
  'route add 2001:db8:200:fc::/64 encap ioam6 mode inline trace prealloc type 0x800000 ns 0 size 12 dev v10',
  'route add 2001:db8:200:fd::/64 encap rpl segs fd00::1,fd00::2 dev v10',
  'route add 2001:db8:200:fe::/64 encap xfrm if_id 1 dev v10',
];

const isOwn = ({ destination }: { destination: string }) => /^(10\.200\.|2001:db8:200:)/.test(destination);

/** ip ends with a segmentation fault where a metric that is text is locked, and not there. */
function crashesIp({ lock = [], congestionControl }: RouteMetricsOptions): boolean {
  return lock.includes('congestionControl') && congestionControl === undefined;
}

export const routes: Scene = {
  name: 'routes',
  async make(namespace) {
    await makeDevices(namespace);
    await commands(namespace, 'ip', [
      'nexthop add id 1 via 10.10.0.2 dev v10',
      'nexthop add id 2 via 2001:db8:10::2 dev v10',
      ...ofTunnels,
    ]);
    const made = families.map((family) => {
      const all = modelOfMessage(messages[family], apart);
      const metrics = all.metrics!.filter((one) => !crashesIp(one as RouteMetricsOptions));
      const model = { ...all, metrics, ...(family === 'inet6' && { expires: [100_000] }) };
      return makeSome(
        model,
        2 * COUNT,
        (place) => baseOf(family, place),
        (options) => namespace.routes.add(options as never),
      );
    });
    return union(await Promise.all(made));
  },
  table: (namespace) => ({
    list: async () => (await namespace.routes.list()).filter(isOwn),
    add: (rows) => namespace.routes.add(rows),
    replace: (rows) => namespace.routes.replace(rows),
    delete: (rows) => namespace.routes.delete(rows),
    shown: () =>
      about(/"dst":"(10\.200\.|2001:db8:200:)/, [
        ip(namespace, 'route show table all'),
        ip(namespace, '-6 route show table all'),
      ]),
  }),
};
