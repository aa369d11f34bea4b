import type { NftTest } from '../statements/field-test';
import type { NftField } from '../statements/statement';

/** What a route is looked up by. */
export type NftFibKey = 'source' | 'destination' | 'mark' | 'inputDevice' | 'outputDevice';

/** By what the routing table is asked. */
export interface NftFibOf {
  /** The address that is looked up, `'source'` or `'destination'`, and what besides has to fit: 'mark', 'inputDevice', 'outputDevice'. NFTA_FIB_FLAGS. */
  by: readonly NftFibKey[];
}

/** What the routing table is asked for: one of these. */
export interface NftFibTests {
  /** The link of the route: its name, or with a number its index. `fib ... oifname`, `fib ... oif`. */
  outputDevice: NftTest<string | number>;
  /** The index of the link of the route, where a set or a map of indexes is meant. `fib ... oif`. */
  outputDeviceIndex: NftTest<number>;
  /** Whether there is a route. `fib saddr . iif oif missing` is `{ by: ['source', 'inputDevice'], route: false }`. */
  route: NftTest<boolean>;
  /** The type of the address: 'local', 'broadcast' ... `fib ... type`. */
  addressType: NftTest<NftAddressType | number>;
}

/** The type of an address, as the routing table has it. RTN_*. */
export type NftAddressType =
  'unspec' | 'unicast' | 'local' | 'broadcast' | 'anycast' | 'multicast' | 'blackhole' | 'unreachable' | 'prohibit';

/** Which numbers come. */
export interface NftNumgenOf {
  /** 'inc', one after the other, or 'random'. NFTA_NG_TYPE. */
  mode: 'inc' | 'random';
  /** So many numbers there are, from 0 on. NFTA_NG_MODULUS. */
  modulus: number;
  /** The first of them; 0 by default. NFTA_NG_OFFSET. */
  offset?: number | undefined;
}

/** A number of its own for each packet. */
export interface NftNumgenTests {
  /** The number. */
  value: NftTest<number>;
}

/** What a hash is computed of. */
export interface NftJhashOf {
  /** The fields: `[{ ip: 'source' }]`. NFTA_HASH_SREG. */
  of: readonly NftField[];
  /** So many numbers there are, from 0 on. NFTA_HASH_MODULUS. */
  modulus: number;
  /** What the hash begins with; drawn by the kernel if absent. NFTA_HASH_SEED. */
  seed?: number | undefined;
  /** The first number; 0 by default. NFTA_HASH_OFFSET. */
  offset?: number | undefined;
}

/** A number that is the same for the same values. */
export interface NftJhashTests {
  /** The number. */
  value: NftTest<number>;
}

/** Which numbers a hash of the connection has. */
export interface NftSymhashOf {
  /** So many numbers there are, from 0 on. NFTA_HASH_MODULUS. */
  modulus: number;
  /** The first number; 0 by default. NFTA_HASH_OFFSET. */
  offset?: number | undefined;
}

/** A number that is the same for all packets of a connection, both ways. */
export interface NftSymhashTests {
  /** The number. */
  value: NftTest<number>;
}

/** Which bytes of a packet are meant. */
export interface NftPayloadOf {
  /** The header that the offset counts from; 'inner' is what TCP, UDP and others carry. NFTA_PAYLOAD_BASE. */
  base: 'linkLayer' | 'network' | 'transport' | 'inner';
  /** Bytes before it. nft has bits: `@th,16,16` is `{ base: 'transport', offset: 2, length: 2 }`. NFTA_PAYLOAD_OFFSET. */
  offset: number;
  /** How many bytes, 1 to 16. NFTA_PAYLOAD_LEN. */
  length: number;
}

/** Bytes of a packet. */
export interface NftPayloadTests {
  /** Up to six bytes as a number, more as a text of hexadecimal digits. */
  value: NftTest<number | string>;
}

/** How an operating system is told. */
export interface NftOsfOf {
  /** Whether the time to live counts: 'loose', 'skip', or exactly if absent. NFTA_OSF_TTL. */
  ttl?: 'loose' | 'skip' | undefined;
}

/** The operating system that a connection is opened by, as its first packet looks: one of these. */
export interface NftOsfTests {
  /** Its name: 'Linux', 'unknown'. `osf name`. */
  name: NftTest<string>;
  /** Its name and version: 'Linux:4.20'. `osf version`. */
  version: NftTest<string>;
}

/** Which transformation of IPsec is meant. */
export interface NftIpsecOf {
  /** 'in', what was undone of a packet that came, or 'out', what will be done to it. NFTA_XFRM_DIR. */
  direction: 'in' | 'out';
  /** Which of several, from 0 on; 0 by default. NFTA_XFRM_SPNUM. */
  level?: number | undefined;
}

/** What IPsec does with a packet: one of these. */
export interface NftIpsecTests {
  /** The number that joins policies and states. `ipsec ... reqid`. */
  requestId: NftTest<number>;
  /** The security parameters index. `ipsec ... spi`. */
  spi: NftTest<number>;
  /** The IPv4 address that the tunnel begins at. `ipsec ... ip saddr`. */
  source: NftTest<string>;
  /** The IPv4 address that the tunnel ends at. `ipsec ... ip daddr`. */
  destination: NftTest<string>;
  /** The IPv6 address that the tunnel begins at. `ipsec ... ip6 saddr`. */
  source6: NftTest<string>;
  /** The IPv6 address that the tunnel ends at. `ipsec ... ip6 daddr`. */
  destination6: NftTest<string>;
}

/** Which control group of a socket is meant. */
export interface NftCgroupOf {
  /** How far below the root it is, from 1 on. NFTA_SOCKET_LEVEL. */
  level: number;
}

/** The control group of a socket. */
export interface NftCgroupTests {
  /** Its number, which is that of its directory: `fs.statSync('/sys/fs/cgroup/...').ino`. */
  id: NftTest<number>;
}

/** Which side of a tunnel is meant. */
export interface NftTunnelOf {
  /** 'rx', by which the packet came, or 'tx', by which it goes; either if absent. NFTA_TUNNEL_MODE. */
  mode?: 'rx' | 'tx' | undefined;
}

/** The tunnel of a packet: one of these. */
export interface NftTunnelTests {
  /** Its number, as of a VXLAN. NFT_TUNNEL_ID. */
  id: NftTest<number>;
  /** Whether it has one. NFT_TUNNEL_PATH. */
  path: NftTest<boolean>;
}

/** Which option of TCP is meant, and which bytes of it. */
export interface NftTcpOptionOf {
  /** Its number, 0 to 255. NFTA_EXTHDR_TYPE. */
  number: number;
  /** How many bytes in front of them; the number and the length of the option are the first two. NFTA_EXTHDR_OFFSET. */
  offset?: number | undefined;
  /** How many bytes, 1 to 16. NFTA_EXTHDR_LEN. */
  length?: number | undefined;
}

/** What an option of TCP is asked: one of these. */
export interface NftTcpOptionTests {
  /** Whether a packet has it. `tcp option 254 exists`. */
  exists: NftTest<boolean>;
  /** Bytes of it: a number, of more than 6 bytes hexadecimal digits. `tcp option @254,16,16`. */
  value: NftTest<number | string>;
}
