import { integer, ipProtocols, types } from '../values/types';
import { inHeader, type Need } from './selector';

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
const inTransport = inHeader('transport', []);

const { inet_service: port } = types;
const byte = integer(1);
const short = integer(2);
const long = integer(4);

/** Fields of the headers of packets, each at its place in the header. */
export const headers = {
  ether: {
    destination: inEther.at(0, types.ether_addr),
    source: inEther.at(6, types.ether_addr),
    type: inEther.at(12, types.ether_type),
  },
  vlan: {
    id: inVlan.bits(14, 2, integer(2, false, 12), 0x0fff, 0),
    dei: inVlan.bits(14, 1, integer(1, false, 1), 0x10, 4),
    priority: inVlan.bits(14, 1, integer(1, false, 3), 0xe0, 5),
    type: inVlan.at(16, types.ether_type),
  },
  arp: {
    hardwareType: inArp.at(0, short),
    protocolType: inArp.at(2, types.ether_type),
    hardwareLength: inArp.at(4, byte),
    protocolLength: inArp.at(5, byte),
    operation: inArp.at(6, types.arp_op),
    senderAddress: inArp.at(8, types.ether_addr),
    senderIp: inArp.at(14, types.ipv4_addr),
    targetAddress: inArp.at(18, types.ether_addr),
    targetIp: inArp.at(24, types.ipv4_addr),
  },
  ip: {
    version: inIp.bits(0, 1, integer(1, false, 4), 0xf0, 4),
    headerLength: inIp.bits(0, 1, integer(1, false, 4), 0x0f, 0),
    dscp: inIp.bits(1, 1, types.dscp, 0xfc, 2),
    ecn: inIp.bits(1, 1, types.ecn, 0x03, 0),
    length: inIp.at(2, short),
    id: inIp.at(4, short),
    fragmentOffset: inIp.bits(6, 2, integer(2, false, 13), 0x1fff, 0),
    ttl: inIp.at(8, byte),
    protocol: inIp.at(9, types.inet_proto),
    checksum: inIp.at(10, short),
    source: inIp.at(12, types.ipv4_addr),
    destination: inIp.at(16, types.ipv4_addr),
  },
  ip6: {
    version: inIp6.bits(0, 1, integer(1, false, 4), 0xf0, 4),
    dscp: inIp6.bits(0, 2, types.dscp, 0x0fc0, 6),
    ecn: inIp6.bits(1, 1, types.ecn, 0x30, 4),
    flowLabel: inIp6.bits(1, 3, integer(3, false, 20), 0x0fffff, 0),
    length: inIp6.at(4, short),
    nextHeader: inIp6.at(6, types.inet_proto),
    hopLimit: inIp6.at(7, byte),
    source: inIp6.at(8, types.ipv6_addr),
    destination: inIp6.at(24, types.ipv6_addr),
  },
  icmp: {
    type: inIcmp.at(0, types.icmp_type),
    code: inIcmp.at(1, types.icmp_code),
    checksum: inIcmp.at(2, short),
    id: inIcmp.at(4, short),
    sequence: inIcmp.at(6, short),
    mtu: inIcmp.at(6, short),
    gateway: inIcmp.at(4, long),
  },
  icmpv6: {
    type: inIcmpv6.at(0, types.icmpv6_type),
    code: inIcmpv6.at(1, types.icmpv6_code),
    checksum: inIcmpv6.at(2, short),
    id: inIcmpv6.at(4, short),
    sequence: inIcmpv6.at(6, short),
    maxDelay: inIcmpv6.at(4, short),
    mtu: inIcmpv6.at(4, long),
    parameterProblem: inIcmpv6.at(4, long),
  },
  igmp: {
    type: inIgmp.at(0, types.igmp_type),
    maxResponseTime: inIgmp.at(1, byte),
    checksum: inIgmp.at(2, short),
    group: inIgmp.at(4, types.ipv4_addr),
  },
  tcp: {
    sourcePort: inTcp.at(0, port),
    destinationPort: inTcp.at(2, port),
    sequence: inTcp.at(4, long),
    acknowledgement: inTcp.at(8, long),
    dataOffset: inTcp.bits(12, 1, integer(1, false, 4), 0xf0, 4),
    flags: inTcp.at(13, types.tcp_flag),
    window: inTcp.at(14, short),
    checksum: inTcp.at(16, short),
    urgentPointer: inTcp.at(18, short),
  },
  udp: {
    sourcePort: inUdp.at(0, port),
    destinationPort: inUdp.at(2, port),
    length: inUdp.at(4, short),
    checksum: inUdp.at(6, short),
  },
  udplite: {
    sourcePort: inUdplite.at(0, port),
    destinationPort: inUdplite.at(2, port),
    checksumCoverage: inUdplite.at(4, short),
    checksum: inUdplite.at(6, short),
  },
  sctp: {
    sourcePort: inSctp.at(0, port),
    destinationPort: inSctp.at(2, port),
    verificationTag: inSctp.at(4, long),
    checksum: inSctp.at(8, long),
  },
  dccp: {
    sourcePort: inDccp.at(0, port),
    destinationPort: inDccp.at(2, port),
  },
  esp: { spi: inEsp.at(0, long), sequence: inEsp.at(4, long) },
  ah: {
    nextHeader: inAh.at(0, types.inet_proto),
    length: inAh.at(1, byte),
    spi: inAh.at(4, long),
    sequence: inAh.at(8, long),
  },
  /** Ports of whichever protocol has them. */
  th: { sourcePort: inTransport.at(0, port), destinationPort: inTransport.at(2, port) },
} as const;
