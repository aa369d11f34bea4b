import type { NftStatement } from '../../../lib';

/**
 * A rule: its chain, in a table of inet or, as 'ip/c', of another family; as nft writes it; the same in words, or 'raw' where some of it has none.
 */
export type RuleCase = readonly [chain: string, nft: string, statements: readonly NftStatement[] | 'raw'];

/** The tables that they stand in, for nft. */
export const TABLES = `
table inet t {
  map verdicts { type inet_service : verdict; }
  set blocked { type ipv4_addr; }
  set dyn { type ipv4_addr; flags dynamic,timeout; timeout 1m; }
  set dyn2 { type ipv4_addr . inet_service; flags dynamic; }
  map marks { type ipv4_addr : mark; }
  map nats { type inet_service : ipv4_addr; }
  map natp { type inet_service : ipv4_addr . inet_service; }
  map spread { type ipv4_addr : interval ipv4_addr; }
  map spreads { type ipv4_addr : interval ipv4_addr . inet_service; }
  map spread6 { type ipv6_addr : interval ipv6_addr; }
  map natp6 { type ipv6_addr : ipv6_addr . inet_service; }
  map nets { type ipv4_addr : interval ipv4_addr; flags interval; }
  map dmap { type ipv4_addr : mark; flags dynamic; }
  map dmap6 { type ipv6_addr : ipv6_addr; flags dynamic; }
  set ranges { type mark; flags interval; }
  set ranges2 { type mark . ipv4_addr; flags interval; }
  map rangemap { type mark : mark; flags interval; }
  map rangeverdicts { type mark : verdict; flags interval; }
  map dnats { type ipv4_addr : ipv4_addr; flags dynamic,timeout; timeout 1m; }
  map dnatp { type ipv4_addr . inet_service : ipv4_addr . inet_service; flags dynamic; }
  map dlinks { type inet_service : ifname; flags dynamic; }
  map dnat6 { type ipv6_addr : ipv6_addr; flags dynamic; }
  map dports { type inet_service : inet_service; flags dynamic; }
  counter visits { }
  chain web { }
  chain c { type filter hook input priority filter; }
  chain out { type filter hook output priority filter; }
  chain post { type nat hook postrouting priority srcnat; }
  chain pre { type nat hook prerouting priority dstnat; }
  chain mpre { type filter hook prerouting priority mangle; }
}
table ip t4 {
  chain c { type filter hook input priority filter; }
  chain post { type nat hook postrouting priority srcnat; }
  chain pre { type nat hook prerouting priority dstnat; }
}
table ip6 t6 {
  chain c { type filter hook input priority filter; }
}
table bridge tb {
  chain c { type filter hook input priority filter; }
}
table arp ta {
  chain c { type filter hook input priority filter; }
}
table netdev tn {
  chain c { type filter hook ingress device lo priority filter; }
}
`;

const tables = { inet: 't', ip: 't4', ip6: 't6', bridge: 'tb', arp: 'ta', netdev: 'tn' } as const;

/** Where a rule stands. */
export function placeOf(chain: string): { family: keyof typeof tables; table: string; chain: string } {
  const [family, name] = chain.includes('/')
    ? (chain.split('/') as [keyof typeof tables, string])
    : (['inet', chain] as const);
  return { family, table: tables[family], chain: name };
}
