import { ip } from '../../oracle';
import { makeLower, tableOf } from '../links';
import { commands, type Scene } from './scene';

/**
 * Links of kinds that have no declaration, of which each kernel has some. Of geneve no TTL, and no
 * external gretap and ipip: the kernel does not take of them what it tells. No gtp: it does not tell whose sockets it has, without
 * which none is made.
 */
const kinds = [
  'gre local 10.0.0.1 remote 10.0.0.2 ttl 9 ikey 7 okey 8 icsum ocsum',
  'gre local 10.0.0.3 remote 10.0.0.4 dev lower50 nopmtudisc',
  'gretap local 10.0.0.1 remote 10.0.0.2 key 9 tos inherit',
  'erspan local 10.0.0.1 remote 10.0.0.5 key 10 erspan_ver 1 erspan 123',
  'ip6gre local 2001:db8::1 remote 2001:db8::2 hoplimit 9 tclass inherit flowlabel 0x12345',
  'ip6gretap local 2001:db8::1 remote 2001:db8::3 key 5',
  'ip6erspan local 2001:db8::1 remote 2001:db8::4 key 6 erspan_ver 2 erspan_dir egress erspan_hwid 17',
  'sit local 10.0.0.1 remote 10.0.0.2 ttl 64 6rd-prefix 2001:db8::/32',
  'sit local 10.0.0.1 remote any mode any dev lower52',
  'ipip local 10.0.0.1 remote 10.0.0.2 mode any tos 0x10',
  'ip6tnl local 2001:db8::1 remote 2001:db8::2 mode ip6ip6 encaplimit 5',
  'ip6tnl local 2001:db8::1 remote 2001:db8::5 mode any dev lower54 dscp inherit',
  'vti local 10.0.0.1 remote 10.0.0.2 key 7',
  'vti6 local 2001:db8::1 remote 2001:db8::2 key 7',
  'geneve id 7 remote 10.0.0.2 dstport 6082 udpcsum',
  'geneve id 8 remote 2001:db8::2 udp6zerocsumtx',
  'geneve external dstport 6083',
  'xfrm dev lower50 if_id 7',
  'bareudp dstport 6635 ethertype mpls_uc',
  'nlmon',
  'vcan',
  'team',
  'wireguard',
];
const onLower = [
  'ipvtap mode l3 bridge',
  'macsec port 3 encrypt on cipher gcm-aes-256 window 9 replay on',
  'macsec sci 1234567890abcdef validate check',
];

export const otherLinks: Scene = {
  name: 'links of kinds without a declaration',
  async make(namespace) {
    await makeLower(namespace);
    const lines = [
      ...kinds.map((kind, place) => `link add name k${String(place)} index ${String(100 + place)} type ${kind}`),
      ...onLower.map((kind, place) => {
        const lower = [50, 52, 54, 56][place % 4]!;
        return `link add link lower${String(lower)} name l${String(place)} index ${String(200 + place)} type ${kind}`;
      }),
      'link add name hsr0 index 220 type hsr slave1 lower50 slave2 lower52 supervision 45 version 1',
    ];
    const named = [...kinds.keys()].flatMap((place) => [`link set k${String(place)} alias link-${String(place)}`]);
    await commands(namespace, 'ip', [...lines, ...named, 'link set k0 up', 'link set k16 mtu 1300 up']);
    return new Set(
      (await ip(namespace, 'link show')).map(({ linkinfo }) =>
        String((linkinfo as { info_kind?: string } | undefined)?.info_kind),
      ),
    );
  },
  table: tableOf,
};
