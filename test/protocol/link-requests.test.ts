import type { NamespaceReference } from '../../lib/codec';
import { changeLink, deleteLink, newLink } from '../../lib/protocol/link';
import { changeAlternativeName } from '../../lib/protocol/link-names';
import type { Request } from '../../lib/protocol/netlink';
import { bytesOf, captured, captures, littleEndianTest, messageOf, type Shapes, type Tree } from '../support/golden';

const IFINFOMSG = 16;
const all = captures('link-requests');

const common: Shapes = { 26: { inside: { 10: { inside: {} } } }, 52: { inside: {} } };
const shapes: Shapes = {
  ...common,
  18: { inside: { 1: 'text', 2: { inside: {} }, 4: 'text', 5: { inside: {} } } },
};
const shapesOfVeth: Shapes = {
  ...common,
  18: { inside: { 1: 'text', 2: { inside: { 1: { header: IFINFOMSG, inside: common } } } } },
};

/** Our request says what the captured one of the command says. */
function golden(command: string, request: Request): void {
  littleEndianTest(command, () => {
    const known = command.includes('type veth') ? shapesOfVeth : shapes;

    const ours = messageOf(bytesOf(request), IFINFOMSG, known);

    expect(ours).toEqual(messageOf(captured(all, command), IFINFOMSG, known));
  });
}

describe('links are made as `ip link add` makes them', () => {
  golden('ip link add dummy0 type dummy', newLink({ kind: 'dummy', name: 'dummy0' }));
  golden(
    'ip link add name eth0 index 7 address 02:00:00:00:00:07 mtu 1400 txqueuelen 100 type dummy',
    newLink({
      kind: 'dummy',
      name: 'eth0',
      index: 7,
      address: '02:00:00:00:00:07',
      mtu: 1400,
      transmitQueueLength: 100,
    }),
  );
  golden('ip link add br0 index 5 type bridge', newLink({ kind: 'bridge', name: 'br0', index: 5 }));
  golden(
    'ip link add br1 type bridge forward_delay 400 hello_time 150 max_age 1000 ageing_time 12345 stp_state 1 ' +
      'priority 4096 vlan_filtering 1 vlan_protocol 802.1ad vlan_default_pvid 7 group_fwd_mask 8 ' +
      'group_address 01:80:c2:00:00:0e',
    newLink({
      kind: 'bridge',
      name: 'br1',
      forwardDelay: 4,
      helloTime: 1.5,
      maximumAge: 10,
      ageingTime: 123.45,
      stp: true,
      priority: 4096,
      vlanFiltering: true,
      vlanProtocol: '802.1ad',
      vlanDefaultPvid: 7,
      groupForwardMask: 8,
      groupAddress: '01:80:c2:00:00:0e',
    }),
  );
  golden(
    'ip link add br2 type bridge mcast_snooping 1 mcast_router 2 mcast_querier 1 mcast_query_use_ifaddr 1 ' +
      'mcast_hash_max 1024 mcast_last_member_count 3 mcast_startup_query_count 4 mcast_last_member_interval 150 ' +
      'mcast_membership_interval 27000 mcast_querier_interval 26000 mcast_query_interval 13000 ' +
      'mcast_query_response_interval 1100 mcast_startup_query_interval 3200 mcast_stats_enabled 1 ' +
      'mcast_igmp_version 3 mcast_mld_version 2',
    newLink({
      kind: 'bridge',
      name: 'br2',
      multicastSnooping: true,
      multicastRouter: 'permanent',
      multicastQuerier: true,
      multicastQueryUseAddress: true,
      multicastHashMaximum: 1024,
      multicastLastMemberCount: 3,
      multicastStartupQueryCount: 4,
      multicastLastMemberInterval: 1.5,
      multicastMembershipInterval: 270,
      multicastQuerierInterval: 260,
      multicastQueryInterval: 130,
      multicastQueryResponseInterval: 11,
      multicastStartupQueryInterval: 32,
      multicastStatistics: true,
      multicastIgmpVersion: 3,
      multicastMldVersion: 2,
    }),
  );
  golden(
    'ip link add br3 type bridge nf_call_iptables 1 nf_call_ip6tables 1 nf_call_arptables 1 vlan_stats_enabled 1 ' +
      'vlan_stats_per_port 1',
    newLink({
      kind: 'bridge',
      name: 'br3',
      callIptables: true,
      callIp6tables: true,
      callArptables: true,
      vlanStatistics: true,
      vlanStatisticsPerPort: true,
    }),
  );
  golden('ip link add veth0 type veth', newLink({ kind: 'veth', name: 'veth0' }));
  golden(
    'ip link add name veth1 address 02:00:00:00:00:01 mtu 1450 type veth peer name eth1 address 02:00:00:00:00:02 ' +
      'mtu 1450',
    newLink({
      kind: 'veth',
      name: 'veth1',
      address: '02:00:00:00:00:01',
      mtu: 1450,
      peer: { name: 'eth1', address: '02:00:00:00:00:02', mtu: 1450 },
    }),
  );
  golden(
    'ip link add name veth2 index 22 master br0 type veth peer name eth0 netns 29039',
    newLink({
      kind: 'veth',
      name: 'veth2',
      index: 22,
      master: 5,
      peer: { name: 'eth0', namespace: { pid: 29039 } as unknown as NamespaceReference },
    }),
  );
  golden(
    'ip link add name veth3 up type veth peer name eth3 index 33',
    newLink({ kind: 'veth', name: 'veth3', up: true, peer: { name: 'eth3', index: 33 } }),
  );
  golden(
    'ip link add name veth4 numtxqueues 4 numrxqueues 4 type veth peer name eth4 numtxqueues 2 numrxqueues 2',
    newLink({
      kind: 'veth',
      name: 'veth4',
      transmitQueues: 4,
      receiveQueues: 4,
      peer: { name: 'eth4', transmitQueues: 2, receiveQueues: 2 },
    }),
  );
});

describe('links are changed as `ip link set` changes them', () => {
  golden('ip link set eth0 up', changeLink(7, { up: true }));
  golden('ip link set eth0 down', changeLink(7, { up: false }));
  golden('ip link set eth0 master br0', changeLink(7, { master: 5 }));
  golden('ip link set eth0 nomaster', changeLink(7, { master: null }));
  golden('ip link set eth0 alias uplink', changeLink(7, { alias: 'uplink' }));
  golden("ip link set eth0 alias ''", changeLink(7, { alias: null }));
  golden('ip link set eth0 txqueuelen 2000', changeLink(7, { transmitQueueLength: 2000 }));
  golden('ip link set eth0 group 42', changeLink(7, { group: 42 }));
  golden('ip link set eth0 mtu 1280', changeLink(7, { mtu: 1280 }));
  golden('ip link set eth0 address 02:00:5e:10:00:01', changeLink(7, { address: '02:00:5e:10:00:01' }));
  golden('ip link set eth0 broadcast ff:ff:ff:ff:ff:ff', changeLink(7, { broadcast: 'ff:ff:ff:ff:ff:ff' }));
  golden('ip link set eth0 name lan0', changeLink(7, { name: 'lan0' }));
  golden(
    'ip link set lan0 promisc on allmulticast on multicast off arp off',
    changeLink(7, { promiscuous: true, allMulticast: true, multicast: false, arp: false }),
  );
  golden('ip link set lan0 addrgenmode none', changeLink(7, { addressGenerationMode: 'none' }));
  golden('ip link set lan0 mode dormant', changeLink(7, { linkMode: 'dormant' }));
  golden('ip link set lan0 carrier off', changeLink(7, { carrier: false }));
  golden(
    'ip link set lan0 gso_max_size 32768 gso_max_segs 16',
    changeLink(7, { gsoMaxSize: 32768, gsoMaxSegments: 16 }),
  );
  golden('ip link set lan0 netns 29039', changeLink(7, { namespace: { pid: 29039 } }));
  golden('ip link set br0 type bridge fdb_flush', changeLink(5, { kind: 'bridge', flushFdb: true }));
  golden('ip link set br0 type bridge ageing_time 3000', changeLink(5, { kind: 'bridge', ageingTime: 30 }));
  golden(
    'ip link property add dev eth0 altname uplink-of-rack-12',
    changeAlternativeName(8, 'uplink-of-rack-12', 'add'),
  );
  golden(
    'ip link property del dev eth0 altname uplink-of-rack-12',
    changeAlternativeName(8, 'uplink-of-rack-12', 'delete'),
  );
  golden('ip link del eth0', deleteLink(8));
});

/**
 * iproute2 names the kind 'bridge_slave' where this library names the kind of the master, and `bridge` sends the same
 * attributes in IFLA_PROTINFO of another message: the attributes themselves are what is compared.
 */
function goldenPort(command: string, request: Request): void {
  littleEndianTest(command, () => {
    const message = messageOf(captured(all, command), IFINFOMSG, { ...shapes, 12: { inside: {} } });
    const [info] = message.attributes[18] ?? [];
    const expected = message.attributes[12] ?? (info as Tree)[5];

    const ours = messageOf(bytesOf(request), IFINFOMSG, shapes);

    expect(ours.attributes).toEqual({ 18: [{ 4: ['bridge'], 5: expected }] });
    expect(ours.header.slice(8)).toBe(message.header.slice(8));
  });
}

describe('ports of a bridge are changed as `ip` and `bridge` change them', () => {
  goldenPort(
    'ip link set eth0 type bridge_slave state 3 priority 16 cost 200 hairpin on guard on root_block on fastleave on ' +
      'learning off flood off',
    changeLink(8, {
      bridgePort: {
        state: 'forwarding',
        priority: 16,
        cost: 200,
        hairpin: true,
        guard: true,
        rootBlock: true,
        fastLeave: true,
        learning: false,
        unicastFlood: false,
      },
    }),
  );
  goldenPort(
    'ip link set eth0 type bridge_slave proxy_arp on proxy_arp_wifi on mcast_router 2 mcast_flood off ' +
      'bcast_flood off mcast_to_unicast on group_fwd_mask 16 neigh_suppress on vlan_tunnel on isolated on',
    changeLink(8, {
      bridgePort: {
        proxyArp: true,
        proxyArpWifi: true,
        multicastRouter: 'permanent',
        multicastFlood: false,
        broadcastFlood: false,
        multicastToUnicast: true,
        groupForwardMask: 16,
        neighborSuppress: true,
        vlanTunnel: true,
        isolated: true,
      },
    }),
  );
  goldenPort('ip link set eth0 type bridge_slave backup_port veth2', changeLink(8, { bridgePort: { backupPort: 22 } }));
  goldenPort('ip link set eth0 type bridge_slave nobackup_port', changeLink(8, { bridgePort: { backupPort: null } }));
  goldenPort('ip link set eth0 type bridge_slave fdb_flush', changeLink(8, { bridgePort: { flush: true } }));
  goldenPort(
    'bridge link set dev eth0 state 3 priority 16 cost 200 hairpin on guard on root_block on fastleave on ' +
      'learning off flood off mcast_flood off bcast_flood off mcast_to_unicast on neigh_suppress on vlan_tunnel on ' +
      'isolated on locked on',
    changeLink(8, {
      bridgePort: {
        state: 'forwarding',
        priority: 16,
        cost: 200,
        hairpin: true,
        guard: true,
        rootBlock: true,
        fastLeave: true,
        learning: false,
        unicastFlood: false,
        multicastFlood: false,
        broadcastFlood: false,
        multicastToUnicast: true,
        neighborSuppress: true,
        vlanTunnel: true,
        isolated: true,
        locked: true,
      },
    }),
  );
});
