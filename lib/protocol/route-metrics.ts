import {
  attributes,
  between,
  bits,
  booleanOf,
  field,
  seconds,
  text,
  u32,
  uint32,
  type Decoded,
  type Encodable,
} from '../codec';

/** Attributes of RTA_METRICS. */
const RTAX = {
  LOCK: 1,
  MTU: 2,
  WINDOW: 3,
  RTT: 4,
  RTTVAR: 5,
  SSTHRESH: 6,
  CWND: 7,
  ADVMSS: 8,
  REORDERING: 9,
  HOPLIMIT: 10,
  INITCWND: 11,
  FEATURES: 12,
  RTO_MIN: 13,
  INITRWND: 14,
  QUICKACK: 15,
  CC_ALGO: 16,
  FASTOPEN_NO_COOKIE: 17,
} as const;

/** A lock's bit is numbered as the attribute that it locks. */
const lockable = {
  mtu: 1 << RTAX.MTU,
  window: 1 << RTAX.WINDOW,
  rtt: 1 << RTAX.RTT,
  rttVariance: 1 << RTAX.RTTVAR,
  slowStartThreshold: 1 << RTAX.SSTHRESH,
  congestionWindow: 1 << RTAX.CWND,
  advertisedMss: 1 << RTAX.ADVMSS,
  reordering: 1 << RTAX.REORDERING,
  hopLimit: 1 << RTAX.HOPLIMIT,
  minimumRto: 1 << RTAX.RTO_MIN,
  congestionControl: 1 << RTAX.CC_ALGO,
} as const;

/** The longest name of a congestion control, without its NUL (TCP_CA_NAME_MAX - 1). */
const LONGEST_CONGESTION_CONTROL = 15;

const metricFields = {
  /** Largest packet, up to 65520 bytes; a lower path MTU that is discovered wins unless `lock` has 'mtu'. RTAX_MTU. */
  mtu: field(RTAX.MTU, between(uint32, 0, 65520)),
  /** Largest TCP window that is advertised, in bytes. RTAX_WINDOW. */
  window: u32(RTAX.WINDOW),
  /** First estimate of the round-trip time, in seconds. RTAX_RTT. */
  rtt: field(RTAX.RTT, seconds(uint32, 8000)),
  /** First estimate of its variance, in seconds. RTAX_RTTVAR. */
  rttVariance: field(RTAX.RTTVAR, seconds(uint32, 4000)),
  /** First slow start threshold, in segments. RTAX_SSTHRESH. */
  slowStartThreshold: u32(RTAX.SSTHRESH),
  /** Largest congestion window, in segments; has an effect only with `lock`. RTAX_CWND. */
  congestionWindow: u32(RTAX.CWND),
  /** Largest TCP segment that is announced to the other end, up to 65495 bytes. RTAX_ADVMSS. */
  advertisedMss: field(RTAX.ADVMSS, between(uint32, 0, 65495)),
  /** Packets that may be out of order before TCP takes one for lost. RTAX_REORDERING. */
  reordering: u32(RTAX.REORDERING),
  /** Hop limit (TTL) of packets, 1 to 255. RTAX_HOPLIMIT. */
  hopLimit: field(RTAX.HOPLIMIT, between(uint32, 1, 255)),
  /** Congestion window at the start, in segments; 10 by default. RTAX_INITCWND. */
  initialCongestionWindow: u32(RTAX.INITCWND),
  /** Receive window at the start, in segments. RTAX_INITRWND. */
  initialReceiveWindow: u32(RTAX.INITRWND),
  /** Shortest retransmission timeout of TCP, in seconds; 0.2 by default. RTAX_RTO_MIN. */
  minimumRto: field(RTAX.RTO_MIN, seconds(uint32, 1000)),
  /** What connections negotiate: 'ecn' ... RTAX_FEATURES. */
  features: bits(RTAX.FEATURES, { ecn: 1, sack: 2, timestamp: 4, allfrag: 8, 'tcp-usec-ts': 16 }, uint32),
  /** Whether TCP acknowledges at once. RTAX_QUICKACK. */
  quickAck: field(RTAX.QUICKACK, booleanOf(uint32)),
  /** Name of the congestion control of connections: 'cubic'. RTAX_CC_ALGO. */
  congestionControl: text(RTAX.CC_ALGO, LONGEST_CONGESTION_CONTROL),
  /** Whether TCP Fast Open works without a cookie. RTAX_FASTOPEN_NO_COOKIE. */
  fastOpenNoCookie: field(RTAX.FASTOPEN_NO_COOKIE, booleanOf(uint32)),
  /** The metrics that the kernel must not replace by what it measures. RTAX_LOCK. */
  lock: bits(RTAX.LOCK, lockable, uint32),
} as const;

/** Options for connections over a route. The kernel's own value where absent. */
export interface RouteMetricsOptions extends Encodable<typeof metricFields> {}

/** Properties for connections over a route. The kernel's own value where absent; it does not report zeros. */
export interface RouteMetrics extends Decoded<typeof metricFields> {}

/** Both. */
export const routeMetrics = attributes(metricFields);
