import type { headers } from '../selectors/headers';
import type { tcpOptions } from '../selectors/options';
import type { NftPayloadOf, NftTcpOptionOf } from '../selectors/family-options';
import type { NftSource } from './source-options';
import type { NftConnectionObjects, NftObjectReference, NftOneOf, ValueOf } from './statement';

/** The zone of packets of one direction. */
export interface NftZoneWrites {
  /** The zone that they are tracked in. `ct original zone set`. */
  zone: NftSource<number>;
}

/** What a connection tells to who listens. IPCT_*. */
export type NftConnectionEvent =
  | 'new'
  | 'related'
  | 'destroy'
  | 'reply'
  | 'assured'
  | 'protoinfo'
  | 'helper'
  | 'mark'
  | 'seqadj'
  | 'secmark'
  | 'label';

/** What can be written to a connection: one of these. */
export interface NftConnectionWrites {
  /** Its mark: a number, a field whose value it gets, or what a map gives. `ct mark set`. */
  mark: NftSource<number>;
  /** The zone that it is tracked in, before it is. `ct zone set`. */
  zone: NftSource<number>;
  /** Labels that it gets besides, numbers of 0 to 127. `ct label set`. */
  labels: readonly number[];
  /** What is told of it. `ct event set`. */
  event: readonly NftConnectionEvent[];
  /** Packets of who began it. */
  original: NftZoneWrites;
  /** The answers. */
  reply: NftZoneWrites;
}

/** Bytes of a packet that have no name, and what they become. No checksum is mended. */
export interface NftPayloadWrite extends NftPayloadOf {
  /** What they become. */
  value: NftSource<number | string>;
}

/** The values that fields are given, by their names. */
type Writes<Tree> = {
  -readonly [K in keyof Tree]: Tree[K] extends { load: object }
    ? NftSource<ValueOf<Tree[K]>>
    : NftOneOf<Writes<Tree[K]>>;
};

/** Bytes of an option of TCP, and what they become. */
export interface NftTcpOptionWrite extends NftTcpOptionOf {
  /** What they become. */
  value: NftSource<number | string>;
}

/** Options of TCP that have no name. */
export interface NftOtherOptionWrites {
  /** One by its number. `tcp option @254,16,16 set`. */
  other: NftTcpOptionWrite;
}

/** What of the kernel's can be written: one of these. */
export interface NftPacketWrites {
  /** Its mark: a number, a field whose value it gets, or what a map gives. `meta mark set`. */
  mark: NftSource<number>;
  /** Its class of traffic control: '1:10', or its number. `meta priority set`. */
  priority: NftSource<string | number>;
  /** Whom it is for. `meta pkttype set`. */
  packetType: NftSource<'host' | 'unicast' | 'broadcast' | 'multicast' | 'other' | number>;
  /** 1: its way through the rules is told. `meta nftrace set`. */
  trace: 0 | 1;
  /** 1: a bridge passes it on to IP. `meta broute set`, since 6.4. */
  broute: 0 | 1;
  /** What is written to its connection, or which object of the table it is given. */
  ct: NftOneOf<NftConnectionWrites> | NftOneOf<NftConnectionObjects>;
  /** A security context, by the object's name. `meta secmark set`. */
  secmark: NftObjectReference;
  /** Bytes that have no name. `@th,16,16 set`. */
  payload: NftPayloadWrite;
  /** Fields of options of TCP. `tcp option maxseg size set`. */
  tcpOption: NftOneOf<Writes<Omit<typeof tcpOptions, 'other'>> & NftOtherOptionWrites>;
}

/** An option of TCP: a word, or its number. */
export type NftTcpOption = Exclude<keyof typeof tcpOptions, 'sack1' | 'sack2' | 'sack3' | 'other'> | number;

/** What is written to something of a packet or a connection: one thing. `{ mark: 5 }`, `{ ip: { dscp: 'cs1' } }`. */
export type NftWrite = NftOneOf<NftPacketWrites> | NftOneOf<Writes<typeof headers>>;
