import type { Selectors } from '../selectors';
import type { Selector } from '../selectors/selector';
import type { NftTest } from './field-test';

/** One of the properties of a type. */
export type NftOne<T, K extends keyof T> = { [P in K]: T[P] };

/** One property of several. */
export type NftOneOf<T> = { [K in keyof T]: NftOne<T, K> }[keyof T];

type ValueOf<S> = S extends { byNumber: Selector<infer N>; type: { format(bytes: never): infer V } }
  ? N | V
  : S extends { type: { format(bytes: never): infer V } }
    ? V
    : never;

/** The tests of selectors, by their names. */
type Tests<Tree> = {
  -readonly [K in keyof Tree]: Tree[K] extends { load: object } ? NftTest<ValueOf<Tree[K]>> : NftOneOf<Tests<Tree[K]>>;
};

/** What is asked of a packet: one thing. `{ ip: { source: '10.1.0.0/16' } }`, `{ mark: 5 }`. */
export type NftMatch = NftOneOf<Tests<Selectors>>;

type Paths<Tree> = {
  [K in keyof Tree & string]: Tree[K] extends { load: object } ? K : { [P in K]: Paths<Tree[K]> };
}[keyof Tree & string];

/** Something of a packet: 'mark', `{ ip: 'source' }`, `{ ct: { original: 'source' } }`. */
export type NftField = Paths<Selectors>;

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

/** How an address or a port is chosen: 'random', 'fullyRandom', or 'persistent', the same one for a client. */
export type NftNatFlag = 'random' | 'fullyRandom' | 'persistent';

/** Where packets appear to come from (`snat`), or are sent to (`dnat`). */
export interface NftNat {
  /** The family of `address`; in a table of 'ip' or 'ip6' that is known. NFTA_NAT_FAMILY. */
  family?: 'ip' | 'ip6' | undefined;
  /** An address, or from one to another. NFTA_NAT_REG_ADDR_MIN. */
  address?: string | NftAddressRange | undefined;
  /** A port, or from one to another. NFTA_NAT_REG_PROTO_MIN. */
  port?: number | NftPortRange | undefined;
  /** How one of several is chosen. NFTA_NAT_FLAGS. */
  flags?: readonly NftNatFlag[] | undefined;
}

/** What address and port packets get that go to, or come from, this host. */
export interface NftOwnNat {
  /** A port, or from one to another. NFTA_MASQ_REG_PROTO_MIN, NFTA_REDIR_REG_PROTO_MIN. */
  port?: number | NftPortRange | undefined;
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

/** Goes on with another chain, and comes back. */
export interface NftJump {
  /** The chain. NFTA_VERDICT_CHAIN. */
  jump: string;
}

/** Goes on with another chain, and does not come back. */
export interface NftGoto {
  /** The chain. NFTA_VERDICT_CHAIN. */
  goto: string;
}

/**
 * What becomes of a packet: 'accept' ends the chains of this hook, 'drop' the packet; 'continue' goes on with the next rule, 'return' with
 * the chain that this one was jumped to from.
 */
export type NftVerdict = 'accept' | 'drop' | 'continue' | 'return' | NftJump | NftGoto;

/** What can be written to a connection: one of these. */
export interface NftConnectionSets {
  /** Its mark: a number, or a field whose value it gets. `ct mark set`. */
  mark: number | NftField;
  /** The zone that it is tracked in, before it is: a number, or a field whose value it gets. `ct zone set`. */
  zone: number | NftField;
}

/** What can be written to a packet: one of these. */
export interface NftSets {
  /** Its mark: a number, or a field whose value it gets. `meta mark set`. */
  mark: number | NftField;
  /** Its class of traffic control: a number, or a field whose value it gets. `meta priority set`. */
  priority: number | NftField;
  /** Whom it is for. `meta pkttype set`. */
  packetType: 'host' | 'unicast' | 'broadcast' | 'multicast' | 'other' | number;
  /** What is written to its connection. */
  ct: NftOneOf<NftConnectionSets>;
}

/** What is written to something of a packet or a connection: one thing. */
export type NftSet = NftOneOf<NftSets>;

/** A field, or several whose values stand together. */
export type NftKey = NftField | readonly NftField[];

/** A set by its name. */
export interface NftNamedSet {
  /** Its name in the table. NFTA_LOOKUP_SET. */
  set: string;
}

/** Values from one to another. */
export interface NftValueRange {
  /** The first of them. */
  from: string | number;
  /** The last of them. */
  to: string | number;
}

/** One of the values that stand together. */
export type NftPart = string | number | readonly string[] | NftValueRange;

/** Values that stand together: each an array of one for each field, or those of a set. */
export type NftTogether = readonly (readonly NftPart[])[] | NftNamedSet;

/** None of these. */
export interface NftNotTogether {
  /** What they must not be. */
  not: NftTogether;
}

/** What several fields have to be together. */
export interface NftConcatenation {
  /** The fields: `[{ ip: 'source' }, { tcp: 'destinationPort' }]`. */
  concatenation: readonly NftField[];
  /** What their values have to be among. */
  in: NftTogether | NftNotTogether;
}

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

/** A verdict of a map. */
export interface NftVerdictOf {
  /** A value of the field, or an array of those that stand together. NFTA_SET_ELEM_KEY. */
  key: unknown;
  /** What becomes of the packet. NFTA_SET_ELEM_DATA. */
  verdict: NftVerdict;
}

/** A verdict by a value of the packet: from a map with a name, or of the elements. */
export interface NftVerdictMap {
  /** What is looked up. */
  key: NftKey;
  /** The map, by its name. NFTA_LOOKUP_SET. */
  set?: string | undefined;
  /** The verdicts, in place of a map with a name. */
  elements?: readonly NftVerdictOf[] | undefined;
}

/** An expression as the kernel has it; it has further properties, which are written back as they were listed. */
export interface NftRawExpression {
  /** What it is, in the kernel's word: 'immediate'. NFTA_EXPR_NAME. */
  kind?: string | undefined;
}

/** A set without a name, as the kernel has it. */
export interface NftRawSet {
  /** What it is called in the expressions beside it. */
  name: string;
  /** What it is. */
  values: object;
  /** What is in it. */
  elements: readonly object[];
}

/** What has no words here, as the kernel has it. */
export interface NftRaw {
  /** One behind the other. NFTA_RULE_EXPRESSIONS. */
  expressions: readonly NftRawExpression[];
  /** The sets without names that they look something up in. */
  sets?: readonly NftRawSet[] | undefined;
}

/** What a statement with a value can be: each statement has one of these. */
export interface NftStatements {
  /** Asks for one thing of a packet, or of several fields together. Without it the rule ends here. */
  match: NftMatch | NftConcatenation;
  /** Counts packets and bytes; a text is the name of a counter of the table. */
  counter: NftCounter | string;
  /** Gives packets the address of the link that they leave by. */
  masquerade: NftOwnNat;
  /** Sends packets to this host. */
  redirect: NftOwnNat;
  /** Where packets appear to come from. */
  snat: NftNat;
  /** Where packets are sent to. */
  dnat: NftNat;
  /** Lets so many go on in a time. */
  limit: NftLimit;
  /** Lets so many bytes go on. */
  quota: NftQuota;
  /** Writes a line to the kernel's log, or tells a program. */
  log: NftLog;
  /** Drops the packet, and answers. */
  reject: NftReject;
  /** Writes something to the packet or its connection. */
  set: NftSet;
  /** Decides by a value of the packet. */
  verdictMap: NftVerdictMap;
}

/** What a rule does with a packet, or asks of it, in nft's words. What has no words here, `{ expressions }`, is listed so, and written back unchanged. */
export type NftStatement =
  // A string has a method 'match', and that a length, which is a field of packets as well.
  | (object & NftOneOf<NftStatements>)
  | NftVerdict
  | 'counter'
  | 'masquerade'
  | 'redirect'
  | 'log'
  | 'reject'
  | 'notrack'
  | NftRaw;
