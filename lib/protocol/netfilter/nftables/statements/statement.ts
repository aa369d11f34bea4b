import type { Expression } from '../expressions';
import type { selectors } from '../selectors';
import type { Selector } from '../selectors/selector';
import type { NftTest } from './comparison';

/** One property of several. */
type OneOf<T> = { [K in keyof T]: Pick<T, K> }[keyof T];

type ValueOf<S> = S extends { byNumber: Selector<infer N>; type: { format(bytes: never): infer V } }
  ? N | V
  : S extends { type: { format(bytes: never): infer V } }
    ? V
    : never;

/** The tests of selectors, by their names. */
type Tests<Tree> = {
  -readonly [K in keyof Tree]: Tree[K] extends { load: object } ? NftTest<ValueOf<Tree[K]>> : OneOf<Tests<Tree[K]>>;
};

/** What is asked of a packet: one thing. `{ ip: { source: '10.1.0.0/16' } }`, `{ mark: 5 }`. */
export type NftMatch = OneOf<Tests<typeof selectors>>;

type Paths<Tree> = {
  [K in keyof Tree & string]: Tree[K] extends { load: object } ? K : { [P in K]: Paths<Tree[K]> };
}[keyof Tree & string];

/** Something of a packet: 'mark', `{ ip: 'source' }`, `{ ct: { original: 'source' } }`. */
export type NftField = Paths<typeof selectors>;

/** Ports, of which one is chosen. */
export interface NftPortRange {
  from: number;
  to: number;
}

/** How an address or a port is chosen. */
export type NftNatFlag = 'random' | 'fullyRandom' | 'persistent';

/** Where packets appear to come from (`snat`), or are sent to (`dnat`). */
export interface NftNat {
  /** The family of `address`; in a table of 'ip' or 'ip6' that is known. NFTA_NAT_FAMILY. */
  family?: 'ip' | 'ip6' | undefined;
  /** An address, or from one to another. NFTA_NAT_REG_ADDR_MIN. */
  address?: string | { from: string; to: string } | undefined;
  /** A port, or from one to another. NFTA_NAT_REG_PROTO_MIN. */
  port?: number | NftPortRange | undefined;
  /** NFTA_NAT_FLAGS. */
  flags?: readonly NftNatFlag[] | undefined;
}

/** Which packets go on: so many in a time. */
export interface NftLimit {
  /** Packets, or bytes with `unit: 'bytes'`. NFTA_LIMIT_RATE. */
  rate: number;
  /** NFTA_LIMIT_UNIT. */
  per: 'second' | 'minute' | 'hour' | 'day' | 'week';
  /** What may come at once besides; 5 packets, or no bytes, by default. NFTA_LIMIT_BURST. */
  burst?: number | undefined;
  /** NFTA_LIMIT_TYPE. 'packets' by default. */
  unit?: 'packets' | 'bytes' | undefined;
  /** Whether the packets beyond it go on, and not those within. NFT_LIMIT_F_INV. */
  over?: boolean | undefined;
}

/** A line of the kernel's log, or a message to a program. */
export interface NftLog {
  prefix?: string | undefined;
  level?: 'emerg' | 'alert' | 'crit' | 'err' | 'warn' | 'notice' | 'info' | 'debug' | 'audit' | undefined;
  flags?: readonly ('tcpSequence' | 'tcpOptions' | 'ipOptions' | 'uid' | 'macDecode')[] | undefined;
  /** The group of nfnetlink_log that gets it, in place of the kernel's log. NFTA_LOG_GROUP. */
  group?: number | undefined;
  /** Bytes of a packet in it. NFTA_LOG_SNAPLEN. */
  snapLength?: number | undefined;
  /** Packets that are told together. NFTA_LOG_QTHRESHOLD. */
  queueThreshold?: number | undefined;
}

/** The answer to a packet that is refused. */
export type NftReject =
  | {
      icmp:
        | number
        | 'net-unreachable'
        | 'host-unreachable'
        | 'prot-unreachable'
        | 'port-unreachable'
        | 'net-prohibited'
        | 'host-prohibited'
        | 'admin-prohibited';
    }
  | {
      icmpv6:
        | number
        | 'no-route'
        | 'admin-prohibited'
        | 'addr-unreachable'
        | 'port-unreachable'
        | 'policy-fail'
        | 'reject-route';
    }
  | { icmpx: number | 'no-route' | 'port-unreachable' | 'host-unreachable' | 'admin-prohibited' }
  | 'tcpReset';

/** What becomes of a packet. */
export type NftVerdict = 'accept' | 'drop' | 'continue' | 'return' | { jump: string } | { goto: string };

/** What is written to something of a packet or a connection. */
export type NftSet = OneOf<{
  mark: number;
  priority: number;
  packetType: 'host' | 'unicast' | 'broadcast' | 'multicast' | 'other' | number;
  ct: OneOf<{ mark: number | NftField; zone: number }>;
}>;

/** What a rule does with a packet, or asks of it, in nft's words. */
export type RuleStatement =
  // A string has a method 'match', and that a length, which is a field of packets as well.
  | (object & { match: NftMatch })
  | { match: { concatenation: readonly NftField[]; in: NftTogether | { not: NftTogether } } }
  | NftVerdict
  | 'counter'
  | { counter: { packets?: number | undefined; bytes?: number | undefined } | string }
  | 'masquerade'
  | { masquerade: Pick<NftNat, 'port' | 'flags'> }
  | 'redirect'
  | { redirect: Pick<NftNat, 'port' | 'flags'> }
  | { snat: NftNat }
  | { dnat: NftNat }
  | { limit: NftLimit }
  | { quota: { bytes: number; over?: boolean | undefined; used?: number | undefined } }
  | 'log'
  | { log: NftLog }
  | 'reject'
  | { reject: NftReject }
  | 'notrack'
  | { set: NftSet }
  | {
      verdictMap:
        { key: NftKey; set: string } | { key: NftKey; elements: readonly { key: unknown; verdict: NftVerdict }[] };
    }
  /** What has no words here, as the kernel has it: a list gives it, and it is written back unchanged. */
  | { expressions: readonly Expression[]; sets?: readonly NftRawSet[] | undefined };

/** A field, or several whose values stand together. */
export type NftKey = NftField | readonly NftField[];

/** Values that stand together: each an array of one for each field, or those of a set. */
export type NftTogether =
  | readonly (readonly (string | number | readonly string[] | { from: string | number; to: string | number })[])[]
  | { set: string };

/** A set without a name, as the kernel has it. */
export interface NftRawSet {
  /** What it is called in the expressions beside it. */
  name: string;
  values: object;
  elements: readonly object[];
}
