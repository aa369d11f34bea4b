import {
  AF,
  attributes,
  bits,
  choice,
  clearable,
  field,
  holdsOthers,
  inside,
  int32,
  ipOf,
  nested,
  numbersByName,
  readOnly,
  seconds,
  struct,
  u32,
  uint32,
  uint64,
  type Decoded,
  type FixedType,
  type StructValues,
} from '../codec';
import { show, wrongValue } from '../errors';

// IFLA_AF_SPEC: a link's settings in each address family. The kernel sends all of them for every link, half a kilobyte
// that is rarely needed, so lists decode them only on request, like counters.

/** Attributes of IFLA_AF_SPEC's AF_INET. */
const IFLA_INET = { CONF: 1 } as const;

/** Attributes of IFLA_AF_SPEC's AF_INET6. */
const IFLA_INET6 = {
  FLAGS: 1,
  CONF: 2,
  STATS: 3,
  CACHEINFO: 5,
  ICMP6STATS: 6,
  TOKEN: 7,
  ADDR_GEN_MODE: 8,
  RA_MTU: 9,
} as const;

/** The settings of IPv4 by their places (IPV4_DEVCONF_*), with the names that they have as sysctls. */
const settingsOfIpv4 = numbersByName(
  [
    ...([
      'forwarding',
      'mc_forwarding',
      'proxy_arp',
      'accept_redirects',
      'secure_redirects',
      'send_redirects',
    ] as const),
    ...([
      'shared_media',
      'rp_filter',
      'accept_source_route',
      'bootp_relay',
      'log_martians',
      'tag',
      'arp_filter',
    ] as const),
    ...(['medium_id', 'disable_xfrm', 'disable_policy', 'force_igmp_version', 'arp_announce', 'arp_ignore'] as const),
    ...(['promote_secondaries', 'arp_accept', 'arp_notify', 'accept_local', 'src_valid_mark'] as const),
    ...(['proxy_arp_pvlan', 'route_localnet', 'igmpv2_unsolicited_report_interval'] as const),
    ...(['igmpv3_unsolicited_report_interval', 'ignore_routes_with_linkdown'] as const),
    ...(['drop_unicast_in_l2_multicast', 'drop_gratuitous_arp', 'bc_forwarding', 'arp_evict_nocarrier'] as const),
  ],
  int32,
);

/** The settings of IPv6 by their places (DEVCONF_*). */
const settingsOfIpv6 = numbersByName(
  [
    ...(['forwarding', 'hop_limit', 'mtu', 'accept_ra', 'accept_redirects', 'autoconf', 'dad_transmits'] as const),
    ...(['router_solicitations', 'router_solicitation_interval', 'router_solicitation_delay', 'use_tempaddr'] as const),
    ...(['temp_valid_lft', 'temp_prefered_lft', 'regen_max_retry', 'max_desync_factor', 'max_addresses'] as const),
    ...(['force_mld_version', 'accept_ra_defrtr', 'accept_ra_pinfo', 'accept_ra_rtr_pref'] as const),
    ...(['router_probe_interval', 'accept_ra_rt_info_max_plen', 'proxy_ndp', 'optimistic_dad'] as const),
    ...(['accept_source_route', 'mc_forwarding', 'disable_ipv6', 'accept_dad', 'force_tllao', 'ndisc_notify'] as const),
    ...(['mldv1_unsolicited_report_interval', 'mldv2_unsolicited_report_interval', 'suppress_frag_ndisc'] as const),
    // The stable secret is not reported: its place is 0.
    ...(['accept_ra_from_local', 'use_optimistic', 'accept_ra_mtu', '', 'use_oif_addrs_only'] as const),
    ...(['accept_ra_min_hop_limit', 'ignore_routes_with_linkdown', 'drop_unicast_in_l2_multicast'] as const),
    ...(['drop_unsolicited_na', 'keep_addr_on_down', 'router_solicitation_max_interval', 'seg6_enabled'] as const),
    ...([
      'seg6_require_hmac',
      'enhanced_dad',
      'addr_gen_mode',
      'disable_policy',
      'accept_ra_rt_info_min_plen',
    ] as const),
    ...(['ndisc_tclass', 'rpl_seg_enabled', 'ra_defrtr_metric', 'ioam6_enabled', 'ioam6_id', 'ioam6_id_wide'] as const),
    ...(['ndisc_evict_nocarrier', 'accept_untracked_na', 'accept_ra_min_lft', 'force_forwarding'] as const),
  ],
  int32,
);

/** Counters of IPv6 by their places (IPSTATS_MIB_*); the first is how many there are. */
const countersOfIpv6 = numbersByName(
  [
    ...(['', 'receivedPackets', 'receivedBytes', 'deliveredPackets', 'forwardedPackets', 'transmitRequests'] as const),
    ...(['transmittedBytes', 'receiveHeaderErrors', 'receiveTooBigErrors', 'receiveNoRoutes'] as const),
    ...(['receiveAddressErrors', 'receiveUnknownProtocols', 'receiveTruncatedPackets', 'receiveDiscards'] as const),
    ...(['transmitDiscards', 'transmitNoRoutes', 'reassemblyTimeouts', 'reassemblyRequests'] as const),
    ...(['reassemblySuccesses', 'reassemblyFailures', 'fragmentationSuccesses', 'fragmentationFailures'] as const),
    ...(['fragmentsCreated', 'receivedMulticastPackets', 'transmittedMulticastPackets'] as const),
    ...(['receivedBroadcastPackets', 'transmittedBroadcastPackets', 'receivedMulticastBytes'] as const),
    ...(['transmittedMulticastBytes', 'receivedBroadcastBytes', 'transmittedBroadcastBytes'] as const),
    ...(['receiveChecksumErrors', 'receivedNotEctPackets', 'receivedEct1Packets', 'receivedEct0Packets'] as const),
    ...(['receivedCePackets', 'reassemblyOverlaps', 'transmittedPackets'] as const),
  ],
  uint64,
);

/** Counters of ICMPv6 by their places (ICMP6_MIB_*); the first is how many there are. */
const countersOfIcmpv6 = numbersByName(
  [
    ...(['', 'receivedMessages', 'receiveErrors', 'transmittedMessages', 'transmitErrors'] as const),
    ...(['receiveChecksumErrors', 'transmitRateLimited'] as const),
  ],
  uint64,
);

/** `struct ifla_cacheinfo`. */
const times = struct({
  /** Largest packet that is reassembled from fragments, in bytes. */
  maximumReassembly: uint32,
  /** Seconds between boot and the last change of IPv6's state of the link. */
  updated: seconds(uint32, 100),
  /** Seconds that a neighbor counts as reachable. */
  reachableTime: seconds(uint32, 1000),
  /** Seconds between solicitations for a neighbor. */
  retransmitTime: seconds(uint32, 1000),
});

/** Times and sizes that neighbor discovery has on a link. */
export interface NeighborDiscoveryTimes extends StructValues<typeof times.members> {}

/** What IPv4 says of a link. */
const inet = attributes({
  /** Its settings by the names of sysctls, net.ipv4.conf.NAME: `rp_filter`. IFLA_INET_CONF. */
  settings: readOnly(field(IFLA_INET.CONF, settingsOfIpv4)),
});

/** What IPv6 says of a link. */
const inet6 = attributes(
  {
    /** Results of router discovery (IF_*). IFLA_INET6_FLAGS. */
    flags: readOnly(
      bits(
        IFLA_INET6.FLAGS,
        {
          'rs-sent': 0x10,
          'ra-received': 0x20,
          'ra-managed': 0x40,
          'ra-other-configuration': 0x80,
          ready: 0x80000000,
        },
        uint32,
      ),
    ),
    /** Its settings by the names of sysctls, net.ipv6.conf.NAME: `accept_ra`; times in milliseconds. IFLA_INET6_CONF. */
    settings: readOnly(field(IFLA_INET6.CONF, settingsOfIpv6)),
    /** Counters of IPv6; only where statistics are asked for. IFLA_INET6_STATS. */
    statistics: readOnly(field(IFLA_INET6.STATS, countersOfIpv6)),
    /** Counters of ICMPv6; only where statistics are asked for. IFLA_INET6_ICMP6STATS. */
    icmpStatistics: readOnly(field(IFLA_INET6.ICMP6STATS, countersOfIcmpv6)),
    /** Times and sizes that neighbor discovery has. IFLA_INET6_CACHEINFO. */
    times: readOnly(field<NeighborDiscoveryTimes, unknown>(IFLA_INET6.CACHEINFO, times)),
    /** The MTU that a router announced, in bytes; 0 for none. IFLA_INET6_RA_MTU, since 5.15. */
    routerMtu: readOnly(u32(IFLA_INET6.RA_MTU)),
  },
  // Properties of the link itself.
  [IFLA_INET6.TOKEN, IFLA_INET6.ADDR_GEN_MODE],
);

/** What IPv4 says of a link. */
export interface LinkInet extends Decoded<typeof inet.fields> {}

/** What IPv6 says of a link. */
export interface LinkInet6 extends Decoded<typeof inet6.fields> {}

const ipv6 = ipOf('inet6');
const NO_TOKEN = '::';

/** An interface identifier; its first half is never set. Every link has one, mostly none, which is found without making a text. */
const tokenType: FixedType<string | undefined, string> = {
  ...ipv6,
  encode(writer, value) {
    const start = writer.position;
    ipv6.encode(writer, value);
    if (writer.bytes.subarray(start, start + 8).some((byte) => byte !== 0)) {
      throw wrongValue(`must be the lower half of an address, such as '::1:2:3:4', not ${show(value)}`);
    }
  },
  decode({ view, bytes }, start, end) {
    const isNone = end - start < 16 || (view.getUint32(start + 8) === 0 && view.getUint32(start + 12) === 0);
    return isNone ? undefined : ipv6.decode({ view, bytes }, start, end);
  },
};

/** Whether IFLA_AF_SPEC has an unknown family, or unknown attributes in a family. */
const holdsMore = holdsOthers([AF.inet, AF.inet6], {
  [AF.inet]: holdsOthers(Object.values(IFLA_INET)),
  [AF.inet6]: holdsOthers(Object.values(IFLA_INET6)),
});

/** The fields of IFLA_AF_SPEC. */
export type FamilyFields = ReturnType<typeof familyFields>;

export function familyFields(AF_SPEC: number) {
  return {
    /** How the IPv6 link-local address is made. Takes effect when the link goes up. IFLA_INET6_ADDR_GEN_MODE. */
    addressGenerationMode: inside(
      [AF_SPEC, AF.inet6],
      choice(IFLA_INET6.ADDR_GEN_MODE, { eui64: 0, none: 1, 'stable-privacy': 2, random: 3 }),
      holdsMore,
    ),
    /**
     * The lower half of the IPv6 addresses that routers' advertisements lead to: '::1:2:3:4'; `null` for none. The kernel takes it
     * of a link that accepts advertisements. IFLA_INET6_TOKEN.
     */
    ipv6Token: inside([AF_SPEC, AF.inet6], clearable(field(IFLA_INET6.TOKEN, tokenType), NO_TOKEN)),
    /** What IPv4 says of the link; only where asked for: `{ addressFamilies: true }`. IFLA_AF_SPEC, AF_INET. */
    inet: readOnly(inside([AF_SPEC], nested<LinkInet>(AF.inet, inet))),
    /** What IPv6 says of the link; only where asked for: `{ addressFamilies: true }`. IFLA_AF_SPEC, AF_INET6. */
    inet6: readOnly(inside([AF_SPEC], nested<LinkInet6>(AF.inet6, inet6))),
  } as const;
}
