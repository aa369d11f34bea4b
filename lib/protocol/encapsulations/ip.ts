import {
  attributes,
  bits,
  constant,
  field,
  ipOf,
  nested,
  octets,
  required,
  u8,
  uint16be,
  uint64be,
  type Decoded,
  type Field,
  type IpFamily,
  type OptionsOf,
} from '../../codec';

/** Attributes of RTA_ENCAP for both families, which name two of them otherwise (LWTUNNEL_IP_*, LWTUNNEL_IP6_*). */
const LWTUNNEL_IP = { ID: 1, DST: 2, SRC: 3, TTL: 4, TOS: 5, FLAGS: 6, PAD: 7, OPTS: 8 } as const;

/** Further parts of the outer header (TUNNEL_*), by iproute2's words. */
const tunnelFlags = { csum: 0x1, key: 0x4, seq: 0x8 } as const;

/** Options of a tunnel (of Geneve, VXLAN, ERSPAN), as the kernel has them. */
export interface TunnelOptions extends Uint8Array {}

const options: Field<TunnelOptions> = nested(LWTUNNEL_IP.OPTS, octets);

const fieldsOfBoth = {
  /** The tunnel's id: a VNI of VXLAN, a key of GRE. LWTUNNEL_IP_ID. */
  id: field(LWTUNNEL_IP.ID, uint64be),
  /** 'csum': with a checksum; 'key', 'seq': with the id, with sequence numbers, where the tunnel has them. LWTUNNEL_IP_FLAGS. */
  flags: bits(LWTUNNEL_IP.FLAGS, tunnelFlags, uint16be),
  /** Options of the tunnel (of Geneve, VXLAN, ERSPAN), as the kernel has them. LWTUNNEL_IP_OPTS, since 5.6. */
  options,
} as const;

function endsOf(family: IpFamily) {
  return {
    /** The far end of the tunnel. LWTUNNEL_IP_DST. */
    destination: required(constant(field(LWTUNNEL_IP.DST, ipOf(family))), 'must be the address of the far end'),
    /** The near end; the kernel chooses by default. LWTUNNEL_IP_SRC. */
    source: field(LWTUNNEL_IP.SRC, ipOf(family)),
  } as const;
}

const ipFields = {
  ...endsOf('inet'),
  ...fieldsOfBoth,
  /** Hops that the outer packet may take; the kernel chooses by default. LWTUNNEL_IP_TTL. */
  ttl: u8(LWTUNNEL_IP.TTL),
  /** The outer packet's type of service. LWTUNNEL_IP_TOS. */
  tos: u8(LWTUNNEL_IP.TOS),
} as const;

const ip6Fields = {
  ...endsOf('inet6'),
  ...fieldsOfBoth,
  /** Hops that the outer packet may take; the kernel chooses by default. LWTUNNEL_IP6_HOPLIMIT. */
  hopLimit: u8(LWTUNNEL_IP.TTL),
  /** The outer packet's traffic class. LWTUNNEL_IP6_TC. */
  trafficClass: u8(LWTUNNEL_IP.TOS),
} as const;

export const ip = attributes(ipFields, [LWTUNNEL_IP.PAD]);
export const ip6 = attributes(ip6Fields, [LWTUNNEL_IP.PAD]);

/**
 * Metadata that packets get before they go through a tunnel device (VXLAN, GRE, Geneve) that takes it from the route
 * (`external`).
 */
export interface IpEncapsulationOptions extends OptionsOf<typeof ipFields> {
  /** The kind of tunnel: over IPv4. LWTUNNEL_ENCAP_*. */
  type: 'ip';
}

/** The same, as the kernel describes it. */
export interface IpEncapsulation extends Decoded<typeof ipFields> {
  /** The kind of tunnel: over IPv4. LWTUNNEL_ENCAP_*. */
  type: 'ip';
}

/** As {@link IpEncapsulationOptions}, over IPv6. */
export interface Ip6EncapsulationOptions extends OptionsOf<typeof ip6Fields> {
  /** The kind of tunnel: over IPv6. LWTUNNEL_ENCAP_*. */
  type: 'ip6';
}

/** The same, as the kernel describes it. */
export interface Ip6Encapsulation extends Decoded<typeof ip6Fields> {
  /** The kind of tunnel: over IPv6. LWTUNNEL_ENCAP_*. */
  type: 'ip6';
}
