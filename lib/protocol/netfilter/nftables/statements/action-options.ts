import type { NftConstant, NftMapped, NftSource } from './source-options';
import type { NftField, NftKey, NftOneOf } from './statement';

/** Ports, of which one is chosen. */
export interface NftPortRange {
  /** The first of them. */
  from: number;
  /** The last of them. */
  to: number;
}

/** Addresses, of which one is chosen. */
export interface NftAddressRange {
  /** The first of them. */
  from: string;
  /** The last of them. */
  to: string;
}

/** How an address or a port is chosen: 'random', 'fullyRandom', 'persistent', the same one for a client, or 'netmap', whose other bits stay behind a prefix. */
export type NftNatFlag = 'random' | 'fullyRandom' | 'persistent' | 'netmap';

/** Where packets appear to come from (`snat`), or are sent to (`dnat`). */
export interface NftNat {
  /** The family of `address`; in a table of 'ip' or 'ip6' that is known. NFTA_NAT_FAMILY. */
  family?: 'ip' | 'ip6' | undefined;
  /** An address, or from one to another; a prefix; or what a map gives. NFTA_NAT_REG_ADDR_MIN. */
  address?: NftSource<string> | NftAddressRange | undefined;
  /** A port, or from one to another, or what a map gives. NFTA_NAT_REG_PROTO_MIN. */
  port?: NftSource<number> | NftPortRange | undefined;
  /** Both from one map, which gives `['10.0.0.1', 80]`. `dnat ip addr . port to tcp dport map @m`. */
  addressAndPort?: NftMapped | undefined;
  /**
   * Whether a map with a name, by which the address is looked up, gives ranges: it has data of `{ interval: 'ipv4_addr' }`, the first and the last; false by
   * default. NFTA_NAT_REG_ADDR_MAX.
   */
  interval?: boolean | undefined;
  /** How one of several is chosen. NFTA_NAT_FLAGS. */
  flags?: readonly NftNatFlag[] | undefined;
}

/** What address and port packets get that go to, or come from, this host. */
export interface NftOwnNat {
  /** A port, or from one to another, or what a map gives. NFTA_MASQ_REG_PROTO_MIN, NFTA_REDIR_REG_PROTO_MIN. */
  port?: NftSource<number> | NftPortRange | undefined;
  /** How one of several is chosen. NFTA_MASQ_FLAGS, NFTA_REDIR_FLAGS. */
  flags?: readonly NftNatFlag[] | undefined;
}

/** Which packets go on: so many in a time. */
export interface NftLimit {
  /** Packets, or bytes with `unit: 'bytes'`. NFTA_LIMIT_RATE. */
  rate: number;
  /** The time in which they may come. NFTA_LIMIT_UNIT. */
  per: 'second' | 'minute' | 'hour' | 'day' | 'week';
  /** What may come at once besides; 5 packets, or no bytes, by default. NFTA_LIMIT_BURST. */
  burst?: number | undefined;
  /** What is counted; 'packets' by default. NFTA_LIMIT_TYPE. */
  unit?: 'packets' | 'bytes' | undefined;
  /** Whether the packets beyond it go on, and not those within. NFT_LIMIT_F_INV. */
  over?: boolean | undefined;
}

/** How urgent a line of the kernel's log is. */
export type NftLogLevel = 'emerg' | 'alert' | 'crit' | 'err' | 'warn' | 'notice' | 'info' | 'debug' | 'audit';

/** What a line of the kernel's log has besides. */
export type NftLogFlag = 'tcpSequence' | 'tcpOptions' | 'ipOptions' | 'uid' | 'macDecode';

/** A line of the kernel's log, or a message to a program. */
export interface NftLog {
  /** What it begins with, at most 127 bytes. NFTA_LOG_PREFIX. */
  prefix?: string | undefined;
  /** How urgent it is; 'warn' by default. NFTA_LOG_LEVEL. */
  level?: NftLogLevel | undefined;
  /** What it has besides. NFTA_LOG_FLAGS. */
  flags?: readonly NftLogFlag[] | undefined;
  /** The group of nfnetlink_log that gets it, in place of the kernel's log. NFTA_LOG_GROUP. */
  group?: number | undefined;
  /** Bytes of a packet in it. NFTA_LOG_SNAPLEN. */
  snapLength?: number | undefined;
  /** Packets that are told together. NFTA_LOG_QTHRESHOLD. */
  queueThreshold?: number | undefined;
}

/** The code of an ICMP message that refuses: a word, or its number. */
export type NftIcmpCode =
  | number
  | 'net-unreachable'
  | 'host-unreachable'
  | 'prot-unreachable'
  | 'port-unreachable'
  | 'net-prohibited'
  | 'host-prohibited'
  | 'admin-prohibited';

/** The code of an ICMPv6 message that refuses: a word, or its number. */
export type NftIcmpv6Code =
  number | 'no-route' | 'admin-prohibited' | 'addr-unreachable' | 'port-unreachable' | 'policy-fail' | 'reject-route';

/** The code of a message that refuses, of ICMP or ICMPv6 as the packet is: a word, or its number. */
export type NftIcmpxCode = number | 'no-route' | 'port-unreachable' | 'host-unreachable' | 'admin-prohibited';

/** Answers with ICMP, to IPv4. */
export interface NftRejectIcmp {
  /** What it says. NFTA_REJECT_ICMP_CODE. */
  icmp: NftIcmpCode;
}

/** Answers with ICMPv6, to IPv6. */
export interface NftRejectIcmpv6 {
  /** What it says. NFTA_REJECT_ICMP_CODE. */
  icmpv6: NftIcmpv6Code;
}

/** Answers with ICMP or ICMPv6. */
export interface NftRejectIcmpx {
  /** What it says. NFTA_REJECT_ICMP_CODE. */
  icmpx: NftIcmpxCode;
}

/** The answer to a packet that is refused: an ICMP message, or 'tcpReset'. */
export type NftReject = NftRejectIcmp | NftRejectIcmpv6 | NftRejectIcmpx | 'tcpReset';

/** What a counter counted. */
export interface NftCounter {
  /** Packets so far. NFTA_COUNTER_PACKETS. */
  packets?: number | undefined;
  /** Bytes so far. NFTA_COUNTER_BYTES. */
  bytes?: number | undefined;
}

/** How many bytes go on. */
export interface NftQuota {
  /** So many. NFTA_QUOTA_BYTES. */
  bytes: number;
  /** Whether what is beyond them goes on, and not what is within. NFT_QUOTA_F_INV. */
  over?: boolean | undefined;
  /** Bytes so far. NFTA_QUOTA_CONSUMED. */
  used?: number | undefined;
}

/** How many connections there may be. */
export interface NftConnectionCount {
  /** So many. NFTA_CONNLIMIT_COUNT. */
  count: number;
  /** Whether packets of the connections beyond them go on, and not of those within. NFT_CONNLIMIT_F_INV. */
  over?: boolean | undefined;
}

/** What an element of a set can have of its own. */
export interface NftElementStatements {
  /** Counts packets and bytes. `counter`. */
  counter: NftCounter;
  /** Lets so many go on in a time. `limit`. */
  limit: NftLimit;
  /** Lets so many bytes go on. `quota`. */
  quota: NftQuota;
  /** Lets packets of so many connections go on. `ct count`. */
  ctCount: NftConnectionCount;
}

/** What an element of a set has of its own. */
export type NftElementStatement = 'counter' | NftOneOf<NftElementStatements>;

/** An element of a set that is made of a packet. */
export interface NftSetUpdate {
  /** The set, by its name; it has the flag 'dynamic'. NFTA_DYNSET_SET_NAME. */
  set: string;
  /** The fields whose values are its key. NFTA_DYNSET_SREG_KEY. */
  key: NftKey;
  /** In a map what is kept for the key: the value of a field, or a constant, which says of which type the map is. NFTA_DYNSET_SREG_DATA. */
  data?: NftField | NftConstant | undefined;
  /** Seconds until it goes; those of the set by default. NFTA_DYNSET_TIMEOUT. */
  timeout?: number | undefined;
  /** What it has of its own. The rule goes on only where these let it. NFTA_DYNSET_EXPRESSIONS. */
  statements?: readonly NftElementStatement[] | undefined;
}

/** A copy of a packet. */
export interface NftDup {
  /** Where it goes, in a table of ip or ip6. NFTA_DUP_SREG_ADDR. */
  address?: NftSource<string> | undefined;
  /** The link that it leaves by, by its index. NFTA_DUP_SREG_DEV. */
  device?: NftSource<number> | undefined;
}

/** The way of a packet out of another link. */
export interface NftForward {
  /** The link, by its index. NFTA_FWD_SREG_DEV. */
  device: NftSource<number>;
  /** The family of `address`. NFTA_FWD_NFPROTO. */
  family?: 'ip' | 'ip6' | undefined;
  /** The neighbor that it goes to. NFTA_FWD_SREG_ADDR. */
  address?: NftSource<string> | undefined;
}

/** A socket of this host that gets packets for others; it is told with IP_TRANSPARENT. */
export interface NftTproxy {
  /** The family of `address`; in a table of 'ip' or 'ip6' that is known. NFTA_TPROXY_FAMILY. */
  family?: 'ip' | 'ip6' | undefined;
  /** Its address; that of the link by default. NFTA_TPROXY_REG_ADDR. */
  address?: NftSource<string> | undefined;
  /** Its port; that of the packet by default. NFTA_TPROXY_REG_PORT. */
  port?: NftSource<number> | undefined;
}

/** Numbers, of which one is chosen. */
export interface NftQueueRange {
  /** The first of them. */
  from: number;
  /** The last of them. */
  to: number;
}

/** The queue of a program that decides. */
export interface NftQueue {
  /** Its number, 0 to 65535, or from one to another; 0 by default. NFTA_QUEUE_NUM. */
  number?: NftSource<number> | NftQueueRange | undefined;
  /** 'bypass', packets go on where no program listens; 'fanout', each processor has one of several queues. NFTA_QUEUE_FLAGS. */
  flags?: readonly ('bypass' | 'fanout')[] | undefined;
}

/** What is answered to who opens a connection. */
export interface NftSynproxy {
  /** The largest segment. NFTA_SYNPROXY_MSS. */
  mss?: number | undefined;
  /** By how many bits the window is shifted. NFTA_SYNPROXY_WSCALE. */
  windowScale?: number | undefined;
  /** Whether it offers timestamps. NF_SYNPROXY_OPT_TIMESTAMP. */
  timestamp?: boolean | undefined;
  /** Whether it offers selective acknowledgements. NF_SYNPROXY_OPT_SACK_PERM. */
  sackPermitted?: boolean | undefined;
}
