import { attributes, bits, choice, field, uint32be, uint8, u8 } from '../../../../codec';

// Expressions that put something of a packet into a register (`into`), or write one to it (`from`).

const NFTA_PAYLOAD = {
  DREG: 1,
  BASE: 2,
  OFFSET: 3,
  LEN: 4,
  SREG: 5,
  CSUM_TYPE: 6,
  CSUM_OFFSET: 7,
  CSUM_FLAGS: 8,
} as const;
const NFTA_META = { DREG: 1, KEY: 2, SREG: 3 } as const;
const NFTA_CT = { DREG: 1, KEY: 2, DIRECTION: 3, SREG: 4 } as const;
const NFTA_RT = { DREG: 1, KEY: 2 } as const;
const NFTA_SOCKET = { KEY: 1, DREG: 2, LEVEL: 3 } as const;
const NFTA_FIB = { DREG: 1, RESULT: 2, FLAGS: 3 } as const;
const NFTA_NG = { DREG: 1, MODULUS: 2, TYPE: 3, OFFSET: 4 } as const;
const NFTA_HASH = { SREG: 1, DREG: 2, LEN: 3, MODULUS: 4, SEED: 5, OFFSET: 6, TYPE: 7 } as const;
const NFTA_EXTHDR = { DREG: 1, TYPE: 2, OFFSET: 3, LEN: 4, FLAGS: 5, OP: 6, SREG: 7 } as const;
const NFTA_OSF = { DREG: 1, TTL: 2, FLAGS: 3 } as const;
const NFTA_XFRM = { DREG: 1, KEY: 2, DIR: 3, SPNUM: 4 } as const;
const NFTA_TUNNEL = { KEY: 1, DREG: 2, MODE: 3 } as const;

const u32be = (number: number) => field(number, uint32be);

/** Headers that offsets count from (NFT_PAYLOAD_*_HEADER). */
const bases = { linkLayer: 0, network: 1, transport: 2, inner: 3 } as const;

/** NFT_META_*. */
export const metaKeys = {
  ...{ len: 0, protocol: 1, priority: 2, mark: 3, iif: 4, oif: 5, iifname: 6, oifname: 7, iiftype: 8, oiftype: 9 },
  ...{
    skuid: 10,
    skgid: 11,
    nftrace: 12,
    rtclassid: 13,
    secmark: 14,
    nfproto: 15,
    l4proto: 16,
    ibrname: 17,
    obrname: 18,
  },
  ...{
    pkttype: 19,
    cpu: 20,
    iifgroup: 21,
    oifgroup: 22,
    cgroup: 23,
    prandom: 24,
    secpath: 25,
    iifkind: 26,
    oifkind: 27,
  },
  ...{ ibrpvid: 28, ibrvproto: 29, time: 30, day: 31, hour: 32, sdif: 33, sdifname: 34, broute: 35 },
} as const;

/** NFT_CT_*. */
export const ctKeys = {
  ...{ state: 0, direction: 1, status: 2, mark: 3, secmark: 4, expiration: 5, helper: 6, l3proto: 7, src: 8, dst: 9 },
  ...{ protocol: 10, protoSrc: 11, protoDst: 12, labels: 13, packets: 14, bytes: 15, avgpkt: 16, zone: 17, event: 18 },
  ...{ srcIp: 19, dstIp: 20, srcIp6: 21, dstIp6: 22, id: 23 },
} as const;

const directions = { original: 0, reply: 1 } as const;
const fibResults = { oif: 1, oifname: 2, type: 3 } as const;
const fibFlags = { saddr: 1, daddr: 2, mark: 4, iif: 8, oif: 16, present: 32 } as const;

export const loads = {
  payload: attributes({
    into: u32be(NFTA_PAYLOAD.DREG),
    from: u32be(NFTA_PAYLOAD.SREG),
    base: choice(NFTA_PAYLOAD.BASE, bases, uint32be),
    offset: u32be(NFTA_PAYLOAD.OFFSET),
    length: u32be(NFTA_PAYLOAD.LEN),
    checksumType: u32be(NFTA_PAYLOAD.CSUM_TYPE),
    checksumOffset: u32be(NFTA_PAYLOAD.CSUM_OFFSET),
    checksumFlags: u32be(NFTA_PAYLOAD.CSUM_FLAGS),
  }),
  meta: attributes({
    into: u32be(NFTA_META.DREG),
    from: u32be(NFTA_META.SREG),
    key: choice(NFTA_META.KEY, metaKeys, uint32be),
  }),
  ct: attributes({
    into: u32be(NFTA_CT.DREG),
    from: u32be(NFTA_CT.SREG),
    key: choice(NFTA_CT.KEY, ctKeys, uint32be),
    direction: choice(NFTA_CT.DIRECTION, directions, uint8),
  }),
  rt: attributes({
    into: u32be(NFTA_RT.DREG),
    key: choice(NFTA_RT.KEY, { classid: 0, nexthop4: 1, nexthop6: 2, mtu: 3, ipsec: 4 }, uint32be),
  }),
  socket: attributes({
    into: u32be(NFTA_SOCKET.DREG),
    key: choice(NFTA_SOCKET.KEY, { transparent: 0, mark: 1, wildcard: 2, cgroupv2: 3 }, uint32be),
    level: u32be(NFTA_SOCKET.LEVEL),
  }),
  fib: attributes({
    into: u32be(NFTA_FIB.DREG),
    result: choice(NFTA_FIB.RESULT, fibResults, uint32be),
    flags: bits(NFTA_FIB.FLAGS, fibFlags, uint32be),
  }),
  numgen: attributes({
    into: u32be(NFTA_NG.DREG),
    modulus: u32be(NFTA_NG.MODULUS),
    type: choice(NFTA_NG.TYPE, { inc: 0, random: 1 }, uint32be),
    offset: u32be(NFTA_NG.OFFSET),
  }),
  hash: attributes({
    into: u32be(NFTA_HASH.DREG),
    from: u32be(NFTA_HASH.SREG),
    length: u32be(NFTA_HASH.LEN),
    modulus: u32be(NFTA_HASH.MODULUS),
    seed: u32be(NFTA_HASH.SEED),
    offset: u32be(NFTA_HASH.OFFSET),
    type: choice(NFTA_HASH.TYPE, { jhash: 0, symhash: 1 }, uint32be),
  }),
  exthdr: attributes({
    into: u32be(NFTA_EXTHDR.DREG),
    from: u32be(NFTA_EXTHDR.SREG),
    type: u8(NFTA_EXTHDR.TYPE),
    offset: u32be(NFTA_EXTHDR.OFFSET),
    length: u32be(NFTA_EXTHDR.LEN),
    flags: bits(NFTA_EXTHDR.FLAGS, { present: 1 }, uint32be),
    of: choice(NFTA_EXTHDR.OP, { ipv6: 0, tcpOption: 1, ipv4: 2, sctp: 3, dccp: 4 }, uint32be),
  }),
  osf: attributes({
    into: u32be(NFTA_OSF.DREG),
    ttl: u8(NFTA_OSF.TTL),
    flags: bits(NFTA_OSF.FLAGS, { version: 1 }, uint32be),
  }),
  xfrm: attributes({
    into: u32be(NFTA_XFRM.DREG),
    key: choice(NFTA_XFRM.KEY, { daddr: 1, daddr6: 2, saddr: 3, saddr6: 4, reqid: 5, spi: 6 }, uint32be),
    direction: choice(NFTA_XFRM.DIR, { in: 0, out: 1 }, uint8),
    level: u32be(NFTA_XFRM.SPNUM),
  }),
  tunnel: attributes({
    into: u32be(NFTA_TUNNEL.DREG),
    key: choice(NFTA_TUNNEL.KEY, { path: 0, id: 1 }, uint32be),
    mode: choice(NFTA_TUNNEL.MODE, { none: 0, rx: 1, tx: 2 }, uint32be),
  }),
} as const;
