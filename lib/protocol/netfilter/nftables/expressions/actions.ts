import {
  attributes,
  bits,
  choice,
  field,
  octets,
  text,
  uint16be,
  uint32be,
  uint64be,
  u8,
  type Field,
} from '../../../../codec';
import { nftName } from '../names';

// Expressions that do something. Processors that read 64 bits at multiples of eight alone get padding in front of them.

export const NFTA_COUNTER = { BYTES: 1, PACKETS: 2, PAD: 3 } as const;
export const NFTA_LIMIT = { RATE: 1, UNIT: 2, BURST: 3, TYPE: 4, FLAGS: 5, PAD: 6 } as const;
export const NFTA_QUOTA = { BYTES: 1, FLAGS: 2, PAD: 3, CONSUMED: 4 } as const;
const NFTA_LOG = { GROUP: 1, PREFIX: 2, SNAPLEN: 3, QTHRESHOLD: 4, LEVEL: 5, FLAGS: 6 } as const;
const NFTA_REJECT = { TYPE: 1, ICMP_CODE: 2 } as const;
const NFTA_NAT = {
  TYPE: 1,
  FAMILY: 2,
  REG_ADDR_MIN: 3,
  REG_ADDR_MAX: 4,
  REG_PROTO_MIN: 5,
  REG_PROTO_MAX: 6,
  FLAGS: 7,
} as const;
const NFTA_MASQ = { FLAGS: 1, REG_PROTO_MIN: 2, REG_PROTO_MAX: 3 } as const;
const NFTA_REDIR = { REG_PROTO_MIN: 1, REG_PROTO_MAX: 2, FLAGS: 3 } as const;
const NFTA_TPROXY = { FAMILY: 1, REG_ADDR: 2, REG_PORT: 3 } as const;
const NFTA_DUP = { SREG_ADDR: 1, SREG_DEV: 2 } as const;
const NFTA_FWD = { SREG_DEV: 1, SREG_ADDR: 2, NFPROTO: 3 } as const;
const NFTA_QUEUE = { NUM: 1, TOTAL: 2, FLAGS: 3, SREG_QNUM: 4 } as const;
export const NFTA_SYNPROXY = { MSS: 1, WSCALE: 2, FLAGS: 3 } as const;
export const NFTA_CONNLIMIT = { COUNT: 1, FLAGS: 2 } as const;
const NFTA_OBJREF = { IMM_TYPE: 1, IMM_NAME: 2, SET_SREG: 3, SET_NAME: 4, SET_ID: 5 } as const;
const NFTA_FLOW = { TABLE_NAME: 1 } as const;

const LONGEST_PREFIX = 127;
const u32be = (number: number) => field(number, uint32be);
const u64be = (number: number) => field(number, uint64be);

/** NF_NAT_RANGE_*. */
const natFlags = {
  ...{ mapIps: 1, protoSpecified: 2, random: 4, persistent: 8, fullyRandom: 16, protoOffset: 32, prefix: 64 },
} as const;
const logFlags = { tcpSequence: 1, tcpOptions: 2, ipOptions: 4, uid: 8, macDecode: 32 } as const;

/** NFTA_MATCH_*, NFTA_TARGET_*. */
const NFTA_EXTENSION = { NAME: 1, REVISION: 2, INFO: 3 } as const;

/** It has a name, for declarations that TypeScript 5.6 reads, in which typed arrays are not generic. */
export interface OctetsField extends Field<Uint8Array> {}
const info: OctetsField = field(NFTA_EXTENSION.INFO, octets);

/** A match or a target of iptables: what it holds, only iptables knows. */
const extension = attributes({
  name: nftName(NFTA_EXTENSION.NAME),
  revision: u32be(NFTA_EXTENSION.REVISION),
  info,
});

export const actions = {
  counter: attributes({ bytes: u64be(NFTA_COUNTER.BYTES), packets: u64be(NFTA_COUNTER.PACKETS) }, [NFTA_COUNTER.PAD]),
  limit: attributes(
    {
      rate: u64be(NFTA_LIMIT.RATE),
      unit: u64be(NFTA_LIMIT.UNIT),
      burst: u32be(NFTA_LIMIT.BURST),
      type: choice(NFTA_LIMIT.TYPE, { packets: 0, bytes: 1 }, uint32be),
      flags: bits(NFTA_LIMIT.FLAGS, { over: 1 }, uint32be),
    },
    [NFTA_LIMIT.PAD],
  ),
  quota: attributes(
    {
      bytes: u64be(NFTA_QUOTA.BYTES),
      flags: bits(NFTA_QUOTA.FLAGS, { over: 1, depleted: 2 }, uint32be),
      consumed: u64be(NFTA_QUOTA.CONSUMED),
    },
    [NFTA_QUOTA.PAD],
  ),
  connlimit: attributes({
    count: u32be(NFTA_CONNLIMIT.COUNT),
    flags: bits(NFTA_CONNLIMIT.FLAGS, { over: 1 }, uint32be),
  }),
  log: attributes({
    group: field(NFTA_LOG.GROUP, uint16be),
    prefix: text(NFTA_LOG.PREFIX, LONGEST_PREFIX),
    snapLength: u32be(NFTA_LOG.SNAPLEN),
    queueThreshold: field(NFTA_LOG.QTHRESHOLD, uint16be),
    level: choice(
      NFTA_LOG.LEVEL,
      { emerg: 0, alert: 1, crit: 2, err: 3, warn: 4, notice: 5, info: 6, debug: 7, audit: 8 },
      uint32be,
    ),
    flags: bits(NFTA_LOG.FLAGS, logFlags, uint32be),
  }),
  reject: attributes({
    type: choice(NFTA_REJECT.TYPE, { icmp: 0, tcpReset: 1, icmpx: 2 }, uint32be),
    code: u8(NFTA_REJECT.ICMP_CODE),
  }),
  nat: attributes({
    type: choice(NFTA_NAT.TYPE, { snat: 0, dnat: 1 }, uint32be),
    family: choice(NFTA_NAT.FAMILY, { inet: 1, ip: 2, ip6: 10 }, uint32be),
    addressFrom: u32be(NFTA_NAT.REG_ADDR_MIN),
    addressTo: u32be(NFTA_NAT.REG_ADDR_MAX),
    portFrom: u32be(NFTA_NAT.REG_PROTO_MIN),
    portTo: u32be(NFTA_NAT.REG_PROTO_MAX),
    flags: bits(NFTA_NAT.FLAGS, natFlags, uint32be),
  }),
  masq: attributes({
    flags: bits(NFTA_MASQ.FLAGS, natFlags, uint32be),
    portFrom: u32be(NFTA_MASQ.REG_PROTO_MIN),
    portTo: u32be(NFTA_MASQ.REG_PROTO_MAX),
  }),
  redir: attributes({
    portFrom: u32be(NFTA_REDIR.REG_PROTO_MIN),
    portTo: u32be(NFTA_REDIR.REG_PROTO_MAX),
    flags: bits(NFTA_REDIR.FLAGS, natFlags, uint32be),
  }),
  tproxy: attributes({
    family: choice(NFTA_TPROXY.FAMILY, { unspec: 0, ip: 2, ip6: 10 }, uint32be),
    address: u32be(NFTA_TPROXY.REG_ADDR),
    port: u32be(NFTA_TPROXY.REG_PORT),
  }),
  dup: attributes({ address: u32be(NFTA_DUP.SREG_ADDR), device: u32be(NFTA_DUP.SREG_DEV) }),
  fwd: attributes({
    device: u32be(NFTA_FWD.SREG_DEV),
    address: u32be(NFTA_FWD.SREG_ADDR),
    family: choice(NFTA_FWD.NFPROTO, { ip: 2, ip6: 10 }, uint32be),
  }),
  queue: attributes({
    number: field(NFTA_QUEUE.NUM, uint16be),
    total: field(NFTA_QUEUE.TOTAL, uint16be),
    flags: bits(NFTA_QUEUE.FLAGS, { bypass: 1, fanout: 2 }, uint16be),
    from: u32be(NFTA_QUEUE.SREG_QNUM),
  }),
  synproxy: attributes({
    mss: field(NFTA_SYNPROXY.MSS, uint16be),
    windowScale: u8(NFTA_SYNPROXY.WSCALE),
    flags: bits(NFTA_SYNPROXY.FLAGS, { mss: 1, windowScale: 2, sackPermitted: 4, timestamp: 8 }, uint32be),
  }),
  notrack: attributes({}),
  objref: attributes({
    type: u32be(NFTA_OBJREF.IMM_TYPE),
    name: nftName(NFTA_OBJREF.IMM_NAME),
    from: u32be(NFTA_OBJREF.SET_SREG),
    set: nftName(NFTA_OBJREF.SET_NAME),
    setId: u32be(NFTA_OBJREF.SET_ID),
  }),
  match: extension,
  target: extension,
  flow_offload: attributes({ flowtable: nftName(NFTA_FLOW.TABLE_NAME) }),
} as const;
