import { sourceOf } from '../../lib/codec';
import type { Link } from '../../lib/protocol/link';
import { decodeLink, decoderOf } from '../../lib/protocol/link-reply';
import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { captured, captures, littleEndianTest } from '../support/golden';

// The expectations are what `ip -j -d -s link show` said at that moment, in this library's words.
const all = captures('link-replies');
const decodeLinkWithStatistics = decoderOf({ statistics: true });

function decode(title: string, decoder: typeof decodeLink = decodeLink): Link {
  const message = captured(all, title);
  return decoder(sourceOf(message), HEADER_SIZE, message.length);
}

littleEndianTest('the loopback link is decoded', () => {
  const link = decode('lo');

  expect(link).toEqual({
    index: 1,
    name: 'lo',
    linkType: 'loopback',
    up: true,
    promiscuous: false,
    multicast: false,
    allMulticast: false,
    arp: true,
    flags: ['up', 'loopback', 'running', 'lower-up'],
    transmitQueueLength: 1000,
    operationalState: 'unknown',
    linkMode: 'default',
    namespaceImmutable: true,
    mtu: 65536,
    minimumMtu: 0,
    maximumMtu: 0,
    group: 0,
    promiscuity: 0,
    allMulticastCount: 0,
    transmitQueues: 1,
    gsoMaxSegments: 65535,
    gsoMaxSize: 65536,
    groMaxSize: 65536,
    gsoIpv4MaxSize: 65536,
    groIpv4MaxSize: 65536,
    tsoMaxSize: 524280,
    tsoMaxSegments: 65535,
    receiveQueues: 1,
    carrier: true,
    carrierChanges: 0,
    carrierUpCount: 0,
    carrierDownCount: 0,
    headroom: 0,
    tailroom: 0,
    protocolDown: false,
    address: '00:00:00:00:00:00',
    broadcast: '00:00:00:00:00:00',
    qdisc: 'noqueue',
    addressGenerationMode: 'eui64',
  });
});

littleEndianTest('a bridge is decoded', () => {
  const link = decode('br0');

  expect(link).toEqual({
    index: 5,
    name: 'br0',
    kind: 'bridge',
    linkType: 'ether',
    up: true,
    promiscuous: false,
    multicast: true,
    allMulticast: false,
    arp: true,
    flags: ['up', 'broadcast', 'multicast'],
    transmitQueueLength: 1000,
    operationalState: 'down',
    linkMode: 'default',
    namespaceImmutable: true,
    mtu: 1500,
    minimumMtu: 68,
    maximumMtu: 65535,
    group: 0,
    promiscuity: 0,
    allMulticastCount: 0,
    transmitQueues: 1,
    gsoMaxSegments: 65535,
    gsoMaxSize: 65536,
    groMaxSize: 65536,
    gsoIpv4MaxSize: 65536,
    groIpv4MaxSize: 65536,
    tsoMaxSize: 524280,
    tsoMaxSegments: 65535,
    receiveQueues: 1,
    carrier: false,
    carrierChanges: 1,
    carrierUpCount: 0,
    carrierDownCount: 1,
    headroom: 0,
    tailroom: 0,
    protocolDown: false,
    address: '02:00:00:00:00:05',
    broadcast: 'ff:ff:ff:ff:ff:ff',
    qdisc: 'noqueue',
    addressGenerationMode: 'eui64',
    helloTimer: 1.56,
    topologyChangeNotificationTimer: 0,
    topologyChangeTimer: 0,
    garbageCollectionTimer: 121,
    forwardDelay: 15,
    helloTime: 2,
    maximumAge: 20,
    ageingTime: 123.44,
    stp: true,
    priority: 4096,
    vlanFiltering: false,
    groupForwardMask: 0,
    bridgeId: '1000.02:00:00:00:00:05',
    rootId: '1000.02:00:00:00:00:05',
    rootPort: 0,
    rootPathCost: 0,
    topologyChange: false,
    topologyChangeDetected: false,
    groupAddress: '01:80:c2:00:00:00',
    switches: {
      noLinkLocalLearning: false,
      multicastVlanSnooping: false,
      multipleSpanningTree: false,
      mdbOffloadFailNotification: false,
      fdbLocalVlan0: false,
    },
    fdbLearned: 0,
    fdbMaximumLearned: 0,
    multicastRouter: 'learned',
    multicastSnooping: true,
    multicastQueryUseAddress: false,
    multicastQuerier: false,
    multicastStatistics: false,
    multicastHashElasticity: 16,
    multicastHashMaximum: 4096,
    multicastLastMemberCount: 2,
    multicastStartupQueryCount: 2,
    multicastIgmpVersion: 2,
    multicastMldVersion: 1,
    multicastLastMemberInterval: 1,
    multicastMembershipInterval: 260,
    multicastQuerierInterval: 255,
    multicastQueryInterval: 125,
    multicastQueryResponseInterval: 10,
    multicastStartupQueryInterval: 31.24,
    callIptables: false,
    callIp6tables: false,
    callArptables: false,
  });
});

littleEndianTest('one end of a pair, a port of a bridge, is decoded', () => {
  const link = decode('veth0');

  expect(link).toEqual({
    index: 7,
    name: 'veth0',
    kind: 'veth',
    linkType: 'ether',
    up: true,
    promiscuous: false,
    multicast: true,
    allMulticast: false,
    arp: true,
    flags: ['up', 'broadcast', 'running', 'multicast', 'lower-up'],
    transmitQueueLength: 1000,
    operationalState: 'up',
    linkMode: 'default',
    namespaceImmutable: false,
    mtu: 1500,
    minimumMtu: 68,
    maximumMtu: 65535,
    group: 0,
    promiscuity: 1,
    allMulticastCount: 1,
    transmitQueues: 2,
    gsoMaxSegments: 65535,
    gsoMaxSize: 65536,
    groMaxSize: 65536,
    gsoIpv4MaxSize: 65536,
    groIpv4MaxSize: 65536,
    tsoMaxSize: 524280,
    tsoMaxSegments: 65535,
    receiveQueues: 2,
    master: 5,
    carrier: true,
    alias: 'to the guest',
    carrierChanges: 2,
    carrierUpCount: 1,
    carrierDownCount: 1,
    headroom: 0,
    tailroom: 0,
    protocolDown: false,
    address: '02:00:00:00:00:07',
    broadcast: 'ff:ff:ff:ff:ff:ff',
    link: 8,
    qdisc: 'noqueue',
    addressGenerationMode: 'eui64',
    alternativeNames: ['guest-of-rack-12', 'second'],
    bridgePort: {
      state: 'listening',
      priority: 32,
      cost: 7,
      hairpin: true,
      guard: false,
      rootBlock: false,
      fastLeave: false,
      multicastToUnicast: false,
      learning: true,
      unicastFlood: true,
      multicastFlood: true,
      broadcastFlood: true,
      proxyArp: false,
      proxyArpWifi: false,
      rootId: '1000.02:00:00:00:00:05',
      bridgeId: '1000.02:00:00:00:00:05',
      designatedPort: 32769,
      designatedCost: 0,
      id: 32769,
      number: 1,
      topologyChangeAcknowledged: false,
      configurationPending: false,
      vlanTunnel: false,
      groupForwardMask: 0,
      neighborSuppress: true,
      mrpRingOpen: false,
      mrpInterconnectOpen: false,
      isolated: false,
      locked: false,
      macAuthenticationBypass: false,
      neighborVlanSuppress: false,
      messageAgeTimer: 0,
      forwardDelayTimer: 12.46,
      holdTimer: 0.55,
      multicastRouter: 'learned',
      multicastHostsLimit: 512,
      multicastHosts: 0,
      multicastGroups: 0,
      multicastMaximumGroups: 0,
    },
  });
});

littleEndianTest('the other end is decoded', () => {
  const link = decode('eth0');

  expect(link).toEqual({
    index: 8,
    name: 'eth0',
    kind: 'veth',
    linkType: 'ether',
    up: true,
    promiscuous: false,
    multicast: true,
    allMulticast: false,
    arp: true,
    flags: ['up', 'broadcast', 'running', 'multicast', 'lower-up'],
    transmitQueueLength: 1000,
    operationalState: 'up',
    linkMode: 'default',
    namespaceImmutable: false,
    mtu: 1500,
    minimumMtu: 68,
    maximumMtu: 65535,
    group: 0,
    promiscuity: 0,
    allMulticastCount: 0,
    transmitQueues: 2,
    gsoMaxSegments: 65535,
    gsoMaxSize: 65536,
    groMaxSize: 65536,
    gsoIpv4MaxSize: 65536,
    groIpv4MaxSize: 65536,
    tsoMaxSize: 524280,
    tsoMaxSegments: 65535,
    receiveQueues: 2,
    carrier: true,
    carrierChanges: 2,
    carrierUpCount: 1,
    carrierDownCount: 1,
    headroom: 0,
    tailroom: 0,
    protocolDown: false,
    address: '02:00:00:00:00:08',
    broadcast: 'ff:ff:ff:ff:ff:ff',
    link: 7,
    qdisc: 'noqueue',
    addressGenerationMode: 'eui64',
  });
});

littleEndianTest('counters are decoded where they are asked for', () => {
  const link = decode('veth0', decodeLinkWithStatistics);

  expect(link.statistics).toMatchObject({
    receivedPackets: 7,
    receivedBytes: 686,
    receiveErrors: 0,
    receiveDropped: 0,
    transmittedPackets: 7,
    transmittedBytes: 568,
    transmitErrors: 0,
    transmitDropped: 0,
    multicast: 0,
    collisions: 0,
  });
});

littleEndianTest('counters behind those of the receiver count for the sender', () => {
  expect(decode('br0', decodeLinkWithStatistics).statistics).toMatchObject({ transmitDropped: 2, receiveDropped: 0 });
});

littleEndianTest('whatever is cut off a message, the rest is decoded without an error', () => {
  const message = captured(all, 'veth0');
  const whole = decode('veth0');

  for (let length = 0; length < message.length - HEADER_SIZE; length++) {
    // A copy of its own: bytes behind the cut would be read as undefined, not as what was there.
    const cut = sourceOf(message.slice(0, HEADER_SIZE + length));
    const { name, index } = decodeLink(cut, HEADER_SIZE, HEADER_SIZE + length);
    expect([undefined, whole.name]).toContain(name);
    expect([0, whole.index]).toContain(index);
  }
});
