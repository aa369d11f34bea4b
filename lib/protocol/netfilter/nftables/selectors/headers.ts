import { integer, ipProtocols, types } from '../values/types';
import { inHeader, type Need } from './selector';
import { byEtherType, byInnerType, byNextHeader } from './tells';

const ether: Need = { layer: 'link', protocol: 'ether' };
const ip: Need = { layer: 'network', protocol: 'ip' };
const ip6: Need = { layer: 'network', protocol: 'ip6' };
const transport = (name: keyof typeof ipProtocols): Need => ({ layer: 'transport', protocol: ipProtocols[name] });

const inEther = inHeader('linkLayer', [ether]);
const inVlan = inHeader('linkLayer', [ether, { layer: 'link', protocol: 'vlan' }]);
const inArp = inHeader('network', [{ layer: 'network', protocol: 'arp' }]);
const inIp = inHeader('network', [ip]);
const inIp6 = inHeader('network', [ip6]);
const inIcmp = inHeader('transport', [ip, transport('icmp')]);
const inIcmpv6 = inHeader('transport', [ip6, transport('icmpv6')]);
const inIgmp = inHeader('transport', [ip, transport('igmp')]);
const inTcp = inHeader('transport', [transport('tcp')]);
const inUdp = inHeader('transport', [transport('udp')]);
const inUdplite = inHeader('transport', [transport('udplite')]);
const inSctp = inHeader('transport', [transport('sctp')]);
const inDccp = inHeader('transport', [transport('dccp')]);
const inEsp = inHeader('transport', [transport('esp')]);
const inAh = inHeader('transport', [transport('ah')]);
const inComp = inHeader('transport', [transport('comp')]);
const inTransport = inHeader('transport', []);

const { inet_service: port } = types;
const byte = integer(1);
const short = integer(2);
const long = integer(4);

/** Fields of the headers of packets, each at its place in the header. */
export const headers = {
  /** Fields of the Ethernet header. */
  ether: {
    /** Where the frame goes. `ether daddr`. */
    destination: inEther.at(0, types.ether_addr),
    /** Where it comes from. `ether saddr`. */
    source: inEther.at(6, types.ether_addr),
    /** The protocol inside: 'ip', 'arp' ... `ether type`. */
    type: { ...inEther.at(12, types.ether_type), tells: byEtherType },
  },
  /** Fields of a VLAN tag. */
  vlan: {
    /** The VLAN, 0 to 4095. `vlan id`. */
    id: inVlan.bits(14, 2, integer(2, false, 12), 0x0fff, 0),
    /** Whether it may be dropped first, 0 or 1. `vlan dei`. */
    dei: inVlan.bits(14, 1, integer(1, false, 1), 0x10, 4),
    /** Its priority, 0 to 7. `vlan pcp`. */
    priority: inVlan.bits(14, 1, integer(1, false, 3), 0xe0, 5),
    /** The protocol behind the tag. `vlan type`. */
    type: { ...inVlan.at(16, types.ether_type), tells: byInnerType },
  },
  /** Fields of ARP. */
  arp: {
    /** The kind of link-layer address, 1 for Ethernet. `arp htype`. */
    hardwareType: inArp.at(0, short),
    /** The kind of address that is asked for. `arp ptype`. */
    protocolType: inArp.at(2, types.ether_type),
    /** Bytes of a link-layer address. `arp hlen`. */
    hardwareLength: inArp.at(4, byte),
    /** Bytes of the other address. `arp plen`. */
    protocolLength: inArp.at(5, byte),
    /** 'request', 'reply' ... `arp operation`. */
    operation: inArp.at(6, types.arp_op),
    /** The sender's link-layer address. `arp saddr ether`. */
    senderAddress: inArp.at(8, types.ether_addr),
    /** The sender's IPv4 address. `arp saddr ip`. */
    senderIp: inArp.at(14, types.ipv4_addr),
    /** The link-layer address of whom it is for. `arp daddr ether`. */
    targetAddress: inArp.at(18, types.ether_addr),
    /** The IPv4 address that is asked for. `arp daddr ip`. */
    targetIp: inArp.at(24, types.ipv4_addr),
  },
  /** Fields of the IPv4 header. */
  ip: {
    /** 4. `ip version`. */
    version: inIp.bits(0, 1, integer(1, false, 4), 0xf0, 4),
    /** Length of the header, in units of four bytes. `ip hdrlength`. */
    headerLength: inIp.bits(0, 1, integer(1, false, 4), 0x0f, 0),
    /** Differentiated services code point, 0 to 63. `ip dscp`. */
    dscp: inIp.bits(1, 1, types.dscp, 0xfc, 2),
    /** Explicit congestion notification, 0 to 3. `ip ecn`. */
    ecn: inIp.bits(1, 1, types.ecn, 0x03, 0),
    /** Bytes of the packet, with this header. `ip length`. */
    length: inIp.at(2, short),
    /** Number of the packet, which its fragments share. `ip id`. */
    id: inIp.at(4, short),
    /** Where in the packet this fragment begins, in units of eight bytes. `ip frag-off`. */
    fragmentOffset: inIp.bits(6, 2, integer(2, false, 13), 0x1fff, 0),
    /** The 16 bits of that and of three flags: 0x4000 must not be fragmented, 0x2000 others come behind it. `ip frag-off`. */
    fragmentFlagsAndOffset: inIp.at(6, short),
    /** Routers that it may still pass. `ip ttl`. */
    ttl: inIp.at(8, byte),
    /** The protocol inside: 'tcp', 'udp' ... `ip protocol`. */
    protocol: { ...inIp.at(9, types.inet_proto), tells: byNextHeader },
    /** Checksum of the header. `ip checksum`. */
    checksum: inIp.at(10, short),
    /** Where it comes from: an address, or a prefix such as '10.1.0.0/16'. `ip saddr`. */
    source: inIp.at(12, types.ipv4_addr),
    /** Where it goes: an address, or a prefix such as '10.1.0.0/16'. `ip daddr`. */
    destination: inIp.at(16, types.ipv4_addr),
  },
  /** Fields of the IPv6 header. */
  ip6: {
    /** 6. `ip6 version`. */
    version: inIp6.bits(0, 1, integer(1, false, 4), 0xf0, 4),
    /** Differentiated services code point, 0 to 63. `ip6 dscp`. */
    dscp: inIp6.bits(0, 2, types.dscp, 0x0fc0, 6),
    /** Explicit congestion notification, 0 to 3. `ip6 ecn`. */
    ecn: inIp6.bits(1, 1, types.ecn, 0x30, 4),
    /** What the packets of a flow share, 20 bits. `ip6 flowlabel`. */
    flowLabel: inIp6.bits(1, 3, integer(3, false, 20), 0x0fffff, 0),
    /** Bytes behind this header. `ip6 length`. */
    length: inIp6.at(4, short),
    /** The header behind this one: a protocol, or an extension. `ip6 nexthdr`. */
    nextHeader: { ...inIp6.at(6, types.inet_proto), tells: byNextHeader },
    /** Routers that it may still pass. `ip6 hoplimit`. */
    hopLimit: inIp6.at(7, byte),
    /** Where it comes from: an address, or a prefix such as '2001:db8::/32'. `ip6 saddr`. */
    source: inIp6.at(8, types.ipv6_addr),
    /** Where it goes: an address, or a prefix such as '2001:db8::/32'. `ip6 daddr`. */
    destination: inIp6.at(24, types.ipv6_addr),
  },
  /** Fields of ICMP, of IPv4. */
  icmp: {
    /** 'echo-request', 'destination-unreachable' ... `icmp type`. */
    type: inIcmp.at(0, types.icmp_type),
    /** What it says more exactly, a number. `icmp code`. */
    code: inIcmp.at(1, types.icmp_code),
    /** Checksum. `icmp checksum`. */
    checksum: inIcmp.at(2, short),
    /** Number of an echo. `icmp id`. */
    id: inIcmp.at(4, short),
    /** Which echo of several it is. `icmp sequence`. */
    sequence: inIcmp.at(6, short),
    /** Of a packet that was too large: the MTU. `icmp mtu`. */
    mtu: inIcmp.at(6, short),
    /** Of a redirect: the router, as a number. `icmp gateway`. */
    gateway: inIcmp.at(4, long),
  },
  /** Fields of ICMPv6. */
  icmpv6: {
    /** 'echo-request', 'nd-neighbor-solicit' ... `icmpv6 type`. */
    type: inIcmpv6.at(0, types.icmpv6_type),
    /** What it says more exactly, a number. `icmpv6 code`. */
    code: inIcmpv6.at(1, types.icmpv6_code),
    /** Checksum. `icmpv6 checksum`. */
    checksum: inIcmpv6.at(2, short),
    /** Number of an echo. `icmpv6 id`. */
    id: inIcmpv6.at(4, short),
    /** Which echo of several it is. `icmpv6 sequence`. */
    sequence: inIcmpv6.at(6, short),
    /** Of a question of multicast listening: milliseconds in which to answer. `icmpv6 max-delay`. */
    maxDelay: inIcmpv6.at(4, short),
    /** Of a packet that was too large: the MTU. `icmpv6 mtu`. */
    mtu: inIcmpv6.at(4, long),
    /** Of a packet that was not understood: the offset of what is wrong. `icmpv6 param-problem`. */
    parameterProblem: inIcmpv6.at(4, long),
  },
  /** Fields of IGMP. */
  igmp: {
    /** 'membership-query', 'leave-group' ... `igmp type`. */
    type: inIgmp.at(0, types.igmp_type),
    /** Tenths of a second in which to answer. `igmp mrt`. */
    maxResponseTime: inIgmp.at(1, byte),
    /** Checksum. `igmp checksum`. */
    checksum: inIgmp.at(2, short),
    /** The multicast group. `igmp group`. */
    group: inIgmp.at(4, types.ipv4_addr),
  },
  /** Fields of TCP. */
  tcp: {
    /** The port that it comes from. `tcp sport`. */
    sourcePort: inTcp.at(0, port),
    /** The port that it is for. `tcp dport`. */
    destinationPort: inTcp.at(2, port),
    /** Number of the first byte. `tcp sequence`. */
    sequence: inTcp.at(4, long),
    /** Number of the byte that is awaited. `tcp ackseq`. */
    acknowledgement: inTcp.at(8, long),
    /** Length of the header, in units of four bytes. `tcp doff`. */
    dataOffset: inTcp.bits(12, 1, integer(1, false, 4), 0xf0, 4),
    /** Four bits that have no meaning. `tcp reserved`. */
    reserved: inTcp.bits(12, 1, integer(1, false, 4), 0x0f, 0),
    /** 'syn', 'ack' ...: a value is any of them, `{ equals: ['syn'] }` these and no other, `{ mask, value }` some of them. `tcp flags`. */
    flags: inTcp.at(13, types.tcp_flag),
    /** Bytes that the sender takes. `tcp window`. */
    window: inTcp.at(14, short),
    /** Checksum. `tcp checksum`. */
    checksum: inTcp.at(16, short),
    /** Where urgent data end. `tcp urgptr`. */
    urgentPointer: inTcp.at(18, short),
  },
  /** Fields of UDP. */
  udp: {
    /** The port that it comes from. `udp sport`. */
    sourcePort: inUdp.at(0, port),
    /** The port that it is for. `udp dport`. */
    destinationPort: inUdp.at(2, port),
    /** Bytes, with this header. `udp length`. */
    length: inUdp.at(4, short),
    /** Checksum. `udp checksum`. */
    checksum: inUdp.at(6, short),
  },
  /** Fields of UDP-Lite. */
  udplite: {
    /** The port that it comes from. `udplite sport`. */
    sourcePort: inUdplite.at(0, port),
    /** The port that it is for. `udplite dport`. */
    destinationPort: inUdplite.at(2, port),
    /** Bytes that the checksum is of. `udplite csumcov`. */
    checksumCoverage: inUdplite.at(4, short),
    /** Checksum. `udplite checksum`. */
    checksum: inUdplite.at(6, short),
  },
  /** Fields of SCTP. */
  sctp: {
    /** The port that it comes from. `sctp sport`. */
    sourcePort: inSctp.at(0, port),
    /** The port that it is for. `sctp dport`. */
    destinationPort: inSctp.at(2, port),
    /** What the packets of an association share. `sctp vtag`. */
    verificationTag: inSctp.at(4, long),
    /** Checksum. `sctp checksum`. */
    checksum: inSctp.at(8, long),
  },
  /** Fields of DCCP. */
  dccp: {
    /** The port that it comes from. `dccp sport`. */
    sourcePort: inDccp.at(0, port),
    /** The port that it is for. `dccp dport`. */
    destinationPort: inDccp.at(2, port),
    /** 'request', 'data' ... `dccp type`. */
    type: inDccp.bits(8, 1, types.dccp_pkttype, 0x1e, 1),
  },
  /** Fields of an encrypted packet (ESP). */
  esp: {
    /** Which security association it belongs to. `esp spi`. */
    spi: inEsp.at(0, long),
    /** Its number in that. `esp sequence`. */
    sequence: inEsp.at(4, long),
  },
  /** Fields of an authenticated packet (AH). */
  ah: {
    /** The protocol inside. `ah nexthdr`. */
    nextHeader: inAh.at(0, types.inet_proto),
    /** Length of the header, in units of four bytes, less two. `ah hdrlength`. */
    length: inAh.at(1, byte),
    /** Which security association it belongs to. `ah spi`. */
    spi: inAh.at(4, long),
    /** Its number in that. `ah sequence`. */
    sequence: inAh.at(8, long),
  },
  /** Fields of a compressed packet (IPComp). */
  comp: {
    /** The protocol inside. `comp nexthdr`. */
    nextHeader: inComp.at(0, types.inet_proto),
    /** Flags, which have no meaning. `comp flags`. */
    flags: inComp.at(1, byte),
    /** How it is compressed. `comp cpi`. */
    cpi: inComp.at(2, short),
  },
  /** Ports, of whichever protocol has them: TCP, UDP and others. */
  th: {
    /** The port that it comes from. `th sport`. */
    sourcePort: inTransport.at(0, port),
    /** The port that it is for. `th dport`. */
    destinationPort: inTransport.at(2, port),
  },
} as const;
