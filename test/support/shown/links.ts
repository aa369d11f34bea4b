import { as, link, passedOver, translated, type Translation } from './translation';

const flag = (name: string) => as<number | boolean>(name, Boolean);
const ticks = (name: string) => as<number>(name, (value) => value / 100);
const hexadecimal = (name: string) => as<string>(name, (value) => parseInt(value, 16));
const lowerCase = (name: string) => as<string>(name, (value) => value.toLowerCase());
/** '8000.2:0:0:0:0:1', whose octets lack their zeros. */
const bridgeId = (name: string) =>
  as<string>(name, (value) => value.replace(/[0-9a-f]+(?=:|$)/g, (octet) => octet.padStart(2, '0')));
const router = as<number>('multicastRouter', (value) => ['disabled', 'learned', 'permanent', 'temporary'][value]);

/** Those flags that iproute2 calls otherwise; NO-CARRIER and M-DOWN are its own. */
const wordsOfFlags: Record<string, string> = {
  NOARP: 'no-arp',
  PROMISC: 'promiscuous',
  ALLMULTI: 'all-multicast',
  LOWER_UP: 'lower-up',
};
const states: Record<string, string> = { LOWERLAYERDOWN: 'lower-layer-down', NOTPRESENT: 'not-present' };

const bridge: Translation = {
  forward_delay: ticks('forwardDelay'),
  hello_time: ticks('helloTime'),
  max_age: ticks('maximumAge'),
  ageing_time: ticks('ageingTime'),
  stp_state: flag('stp'),
  priority: as('priority'),
  vlan_filtering: flag('vlanFiltering'),
  vlan_protocol: lowerCase('vlanProtocol'),
  bridge_id: bridgeId('bridgeId'),
  root_id: bridgeId('rootId'),
  root_port: as('rootPort'),
  root_path_cost: as('rootPathCost'),
  topology_change: flag('topologyChange'),
  topology_change_detected: flag('topologyChangeDetected'),
  hello_timer: as('helloTimer'),
  tcn_timer: as('topologyChangeNotificationTimer'),
  topology_change_timer: as('topologyChangeTimer'),
  gc_timer: as('garbageCollectionTimer'),
  vlan_default_pvid: as('vlanDefaultPvid'),
  vlan_stats_enabled: flag('vlanStatistics'),
  vlan_stats_per_port: flag('vlanStatisticsPerPort'),
  group_fwd_mask: hexadecimal('groupForwardMask'),
  group_addr: as('groupAddress'),
  no_linklocal_learn: (noLinkLocalLearning: number, { mcast_vlan_snooping }) => ({
    switches: expect.objectContaining({
      noLinkLocalLearning: Boolean(noLinkLocalLearning),
      multicastVlanSnooping: Boolean(mcast_vlan_snooping),
    }) as unknown,
  }),
  mcast_vlan_snooping: passedOver,
  mcast_snooping: flag('multicastSnooping'),
  mcast_router: router,
  mcast_query_use_ifaddr: flag('multicastQueryUseAddress'),
  mcast_querier: flag('multicastQuerier'),
  mcast_hash_elasticity: as('multicastHashElasticity'),
  mcast_hash_max: as('multicastHashMaximum'),
  mcast_last_member_cnt: as('multicastLastMemberCount'),
  mcast_startup_query_cnt: as('multicastStartupQueryCount'),
  mcast_last_member_intvl: ticks('multicastLastMemberInterval'),
  mcast_membership_intvl: ticks('multicastMembershipInterval'),
  mcast_querier_intvl: ticks('multicastQuerierInterval'),
  mcast_query_intvl: ticks('multicastQueryInterval'),
  mcast_query_response_intvl: ticks('multicastQueryResponseInterval'),
  mcast_startup_query_intvl: ticks('multicastStartupQueryInterval'),
  mcast_stats_enabled: flag('multicastStatistics'),
  mcast_igmp_version: as('multicastIgmpVersion'),
  mcast_mld_version: as('multicastMldVersion'),
  nf_call_iptables: flag('callIptables'),
  nf_call_ip6tables: flag('callIp6tables'),
  nf_call_arptables: flag('callArptables'),
};

const bridgePort: Translation = {
  state: as('state'),
  priority: as('priority'),
  cost: as('cost'),
  hairpin: as('hairpin'),
  guard: as('guard'),
  root_block: as('rootBlock'),
  fastleave: as('fastLeave'),
  learning: as('learning'),
  flood: as('unicastFlood'),
  id: hexadecimal('id'),
  no: hexadecimal('number'),
  designated_port: as('designatedPort'),
  designated_cost: as('designatedCost'),
  bridge_id: bridgeId('bridgeId'),
  root_id: bridgeId('rootId'),
  hold_timer: as('holdTimer'),
  message_age_timer: as('messageAgeTimer'),
  forward_delay_timer: as('forwardDelayTimer'),
  topology_change_ack: flag('topologyChangeAcknowledged'),
  config_pending: flag('configurationPending'),
  proxy_arp: as('proxyArp'),
  proxy_arp_wifi: as('proxyArpWifi'),
  multicast_router: router,
  mcast_flood: as('multicastFlood'),
  bcast_flood: as('broadcastFlood'),
  mcast_to_unicast: as('multicastToUnicast'),
  neigh_suppress: as('neighborSuppress'),
  group_fwd_mask: hexadecimal('groupForwardMask'),
  group_fwd_mask_str: passedOver,
  vlan_tunnel: as('vlanTunnel'),
  isolated: as('isolated'),
  locked: as('locked'),
};

/** What iproute2 shows in `info_data`, by kind, and in `info_slave_data`, by the master's kind. */
const kinds: Record<string, Translation> = { bridge };
const ports: Record<string, Translation> = { bridge: bridgePort };

interface Counters {
  rx: Record<string, number>;
  tx: Record<string, number>;
}

interface Info {
  info_kind?: string;
  info_data?: Record<string, unknown>;
  info_slave_kind?: string;
  info_slave_data?: Record<string, unknown>;
}

/** A link as `ip -s link` shows it. */
export const links: Translation = {
  ifindex: as('index'),
  ifname: as('name'),
  link: link('link'),
  flags: (flags: string[]) => ({
    up: flags.includes('UP'),
    arp: !flags.includes('NOARP'),
    promiscuous: flags.includes('PROMISC'),
    multicast: flags.includes('MULTICAST'),
    allMulticast: flags.includes('ALLMULTI'),
    flags: expect.arrayContaining(
      flags.filter((one) => !/^(NO-CARRIER|M-DOWN)$/.test(one)).map((one) => wordsOfFlags[one] ?? one.toLowerCase()),
    ) as unknown,
  }),
  mtu: as('mtu'),
  qdisc: as('qdisc'),
  master: link('master'),
  operstate: as<string>('operationalState', (state) => states[state] ?? state.toLowerCase()),
  linkmode: lowerCase('linkMode'),
  group: as<string>('group', (group) => (group === 'default' ? 0 : Number(group))),
  txqlen: as('transmitQueueLength'),
  link_type: as('linkType'),
  address: as('address'),
  broadcast: as('broadcast'),
  promiscuity: as('promiscuity'),
  allmulti: as('allMulticastCount'),
  min_mtu: as('minimumMtu'),
  max_mtu: as('maximumMtu'),
  inet6_addr_gen_mode: as('addressGenerationMode'),
  num_tx_queues: as('transmitQueues'),
  num_rx_queues: as('receiveQueues'),
  gso_max_size: as('gsoMaxSize'),
  gso_max_segs: as('gsoMaxSegments'),
  tso_max_size: as('tsoMaxSize'),
  tso_max_segs: as('tsoMaxSegments'),
  gro_max_size: as('groMaxSize'),
  ifalias: as('alias'),
  altnames: as('alternativeNames'),
  stats64: ({ rx, tx }: Counters) => ({
    statistics: expect.objectContaining({
      ...{ receivedBytes: rx.bytes, receivedPackets: rx.packets, receiveErrors: rx.errors, receiveDropped: rx.dropped },
      ...{ receiveOverErrors: rx.over_errors, multicast: rx.multicast },
      ...{ transmittedBytes: tx.bytes, transmittedPackets: tx.packets, transmitErrors: tx.errors },
      ...{ transmitDropped: tx.dropped, transmitCarrierErrors: tx.carrier_errors, collisions: tx.collisions },
    }) as unknown,
  }),
  linkinfo: ({ info_kind, info_data, info_slave_kind, info_slave_data }: Info, _row, known) => ({
    ...(info_kind !== undefined && { kind: info_kind }),
    ...(info_data !== undefined && translated(kinds[info_kind!]!, info_data, known)),
    ...(info_slave_kind !== undefined && {
      [`${info_slave_kind}Port`]: expect.objectContaining({
        ...translated(ports[info_slave_kind]!, info_slave_data!, known),
      }) as unknown,
    }),
  }),
};
