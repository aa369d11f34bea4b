import type { LinkChanges, LinkOptions, NetworkNamespace } from '../../lib';
import { describeKernel, feature, type Requirement } from '../support/kernel';
import { ip, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { bothFound } from '../support/until';

/** What all links of these tests stand on, by its index. */
const lower = 110;

/** A link of a kind, and what `ip -j -d link` says of the options of its kind. */
interface Sample {
  options: LinkOptions & { name: string };
  said: object;
  /** Changes of it, and what is said then. */
  changes?: LinkChanges;
  saidThen?: object;
}

/** What the kernel lacks for a kind, if it does. */
function kernelHas(kind: string, options: string): Requirement {
  return feature(kind, `ip link add v0 type veth peer name v1; ip link add link v0 name k0 type ${kind} ${options}`);
}

const kinds: readonly [kind: string, requirement: Requirement, samples: readonly Sample[]][] = [
  [
    'vlan',
    kernelHas('vlan', 'id 1'),
    [
      {
        options: { kind: 'vlan', name: 'k1', link: lower, id: 10 },
        said: { protocol: '802.1Q', id: 10, flags: ['REORDER_HDR'] },
        changes: { kind: 'vlan', reorderHeader: false, egressQosMap: [{ from: 3, to: 4 }] },
        saidThen: { id: 10, egress_qos: [{ from: 3, to: 4 }] },
      },
      {
        options: {
          kind: 'vlan',
          name: 'k2',
          link: lower,
          id: 4094,
          protocol: '802.1ad',
          looseBinding: true,
          bridgeBinding: true,
          ingressQosMap: [
            { from: 1, to: 2 },
            { from: 7, to: 4_000_000_000 },
          ],
          egressQosMap: [
            { from: 70_000, to: 7 },
            { from: 5, to: 6 },
          ],
        },
        said: {
          protocol: '802.1ad',
          id: 4094,
          flags: ['REORDER_HDR', 'LOOSE_BINDING', 'BRIDGE_BINDING'],
          ingress_qos: [
            { from: 1, to: 2 },
            { from: 7, to: 4_000_000_000 },
          ],
        },
        changes: { kind: 'vlan', looseBinding: false, ingressQosMap: [{ from: 1, to: 0 }] },
        saidThen: { flags: ['REORDER_HDR', 'BRIDGE_BINDING'], ingress_qos: [{ from: 7, to: 4_000_000_000 }] },
      },
    ],
  ],
  [
    'vxlan',
    kernelHas('vxlan', 'id 1 dstport 4789'),
    [
      {
        options: { kind: 'vxlan', name: 'k1', vni: 42, remote: '10.0.0.2', port: 4789, df: 'set' },
        said: { id: 42, remote: '10.0.0.2', port: 4789, df: 'set', learning: true, ageing: 300, udp_csum: true },
        changes: { kind: 'vxlan', remote: '10.0.0.3', ageingTime: 50, learning: false, ttl: 9, tos: 'inherit' },
        saidThen: { remote: '10.0.0.3', ageing: 50, learning: false, ttl: 9, tos: '0x1' },
      },
      {
        options: {
          kind: 'vxlan',
          name: 'k2',
          vni: 0xffffff,
          remote: '239.1.1.1',
          local: '10.0.0.1',
          underlay: lower,
          ttl: 8,
          tos: 16,
          port: 4790,
          portRange: { low: 32768, high: 61000 },
          ageingTime: 600,
          maximumAddresses: 1000,
          proxy: true,
          routeShortCircuit: true,
          l2Miss: true,
          l3Miss: true,
          udpChecksum: false,
          remoteChecksumTransmit: true,
          remoteChecksumReceive: true,
          remoteChecksumNoPartial: true,
          gbp: true,
        },
        said: {
          id: 0xffffff,
          group: '239.1.1.1',
          local: '10.0.0.1',
          link: 'lower',
          ttl: 8,
          tos: '0x10',
          port: 4790,
          port_range: { low: 32768, high: 61000 },
          ageing: 600,
          limit: 1000,
          proxy: true,
          rsc: true,
          l2miss: true,
          l3miss: true,
          udp_csum: false,
          remcsum_tx: true,
          remcsum_rx: true,
          gbp: true,
        },
      },
      {
        options: {
          kind: 'vxlan',
          name: 'k3',
          vni: 7,
          remote: '2001:db8::2',
          local: '2001:db8::1',
          port: 4791,
          ttlInherit: true,
          df: 'inherit',
          flowLabel: 0x12345,
          udpZeroChecksum6Transmit: true,
          udpZeroChecksum6Receive: true,
        },
        said: {
          remote6: '2001:db8::2',
          local6: '2001:db8::1',
          df: 'inherit',
          label: '0x12345',
          udp_zero_csum6_tx: true,
          udp_zero_csum6_rx: true,
        },
      },
      {
        options: { kind: 'vxlan', name: 'k4', vni: 0, port: 4792, collectMetadata: true, gpe: true, learning: false },
        said: { external: true, gpe: true, learning: false },
      },
    ],
  ],
  [
    'macvlan',
    kernelHas('macvlan', ''),
    [
      {
        options: { kind: 'macvlan', name: 'k1', link: lower, mode: 'private', broadcastQueueLength: 500 },
        said: { mode: 'private', bcqueuelen: 500 },
        changes: { kind: 'macvlan', mode: 'bridge', broadcastQueueLength: 2000 },
        saidThen: { mode: 'bridge', bcqueuelen: 2000, usedbcqueuelen: 2000 },
      },
      {
        options: {
          kind: 'macvlan',
          name: 'k2',
          link: lower,
          mode: 'source',
          modeFlags: ['no-destination'],
          sourceAddresses: ['02:00:00:00:00:02', '02:00:00:00:00:01'],
        },
        said: { mode: 'source', nodst: true, macaddr_count: 2 },
        changes: { kind: 'macvlan', sourceAddresses: { add: '02:00:00:00:00:03' } },
        saidThen: { mode: 'source', nodst: true, macaddr_count: 3 },
      },
      {
        options: { kind: 'macvlan', name: 'k3', link: lower, mode: 'source', sourceAddresses: ['02:00:00:00:00:01'] },
        said: { mode: 'source', macaddr_count: 1 },
        changes: { kind: 'macvlan', sourceAddresses: { delete: '02:00:00:00:00:01' } },
        saidThen: { macaddr_count: 0 },
      },
      { options: { kind: 'macvlan', name: 'k4', link: lower }, said: { mode: 'vepa' } },
    ],
  ],
  [
    'macvtap',
    kernelHas('macvtap', ''),
    [
      {
        options: { kind: 'macvtap', name: 'k1', link: lower, mode: 'passthru', modeFlags: ['no-promiscuous'] },
        said: { mode: 'passthru', nopromisc: true },
        changes: { kind: 'macvtap', modeFlags: [] },
        saidThen: { mode: 'passthru' },
      },
    ],
  ],
  [
    'ipvlan',
    kernelHas('ipvlan', 'mode l2'),
    [
      {
        options: { kind: 'ipvlan', name: 'k1', link: lower, mode: 'l2', modeFlag: 'private' },
        said: { mode: 'l2', private: true },
        changes: { kind: 'ipvlan', mode: 'l3s', modeFlag: 'bridge' },
        saidThen: { mode: 'l3s', bridge: true },
      },
      { options: { kind: 'ipvlan', name: 'k2', link: lower, modeFlag: 'vepa' }, said: { mode: 'l3', vepa: true } },
    ],
  ],
  [
    'vrf',
    kernelHas('vrf', 'table 10'),
    [
      { options: { kind: 'vrf', name: 'k1', table: 10 }, said: { table: 10 } },
      { options: { kind: 'vrf', name: 'k2', table: 4_000_000_000, up: true }, said: { table: 4_000_000_000 } },
    ],
  ],
  [
    'bond',
    kernelHas('bond', ''),
    [
      {
        options: { kind: 'bond', name: 'k1' },
        said: { mode: 'balance-rr', miimon: 0, num_peer_notif: 1, packets_per_slave: 1, xmit_hash_policy: 'layer2' },
        changes: { kind: 'bond', mode: 'balance-tlb', tlbDynamicLoadBalancing: false, learningPacketInterval: 5 },
        saidThen: { mode: 'balance-tlb', tlb_dynamic_lb: 0, lp_interval: 5, miimon: 100 },
      },
      {
        options: {
          kind: 'bond',
          name: 'k2',
          mode: 'active-backup',
          miimon: 100,
          upDelay: 200,
          downDelay: 300,
          peerNotificationDelay: 400,
          primaryReselect: 'better',
          failOverMac: 'follow',
          resendIgmp: 3,
          peerNotifications: 4,
          allLinksActive: true,
          minimumLinks: 2,
        },
        said: {
          mode: 'active-backup',
          miimon: 100,
          updelay: 200,
          downdelay: 300,
          peer_notify_delay: 400,
          primary_reselect: 'better',
          fail_over_mac: 'follow',
          resend_igmp: 3,
          num_peer_notif: 4,
          all_slaves_active: 1,
          min_links: 2,
        },
        changes: { kind: 'bond', miimon: 50, upDelay: 0, failOverMac: 'none' },
        saidThen: { miimon: 50, updelay: 0, fail_over_mac: 'none' },
      },
      {
        options: {
          kind: 'bond',
          name: 'k3',
          mode: 'balance-xor',
          arpInterval: 500,
          arpTargets: ['10.0.0.1', '10.0.0.2'],
          arpValidate: 'filter-backup',
          arpAllTargets: 'all',
          missedMaximum: 5,
          transmitHashPolicy: 'layer3+4',
        },
        said: {
          mode: 'balance-xor',
          arp_interval: 500,
          arp_ip_target: ['10.0.0.1', '10.0.0.2'],
          arp_validate: 'filter_backup',
          arp_all_targets: 'all',
          arp_missed_max: 5,
          xmit_hash_policy: 'layer3+4',
        },
        changes: { kind: 'bond', arpTargets: ['10.0.0.3'] },
        saidThen: { arp_ip_target: ['10.0.0.3'] },
      },
      {
        options: {
          kind: 'bond',
          name: 'k4',
          mode: '802.3ad',
          lacpRate: 'fast',
          lacpActive: false,
          adSelect: 'bandwidth',
          adActorSystemPriority: 1000,
          adUserPortKey: 7,
          adActorSystem: '02:00:00:00:00:07',
          transmitHashPolicy: 'vlan+srcmac',
        },
        said: {
          mode: '802.3ad',
          ad_lacp_rate: 'fast',
          ad_lacp_active: 'off',
          ad_select: 'bandwidth',
          ad_actor_sys_prio: 1000,
          ad_user_port_key: 7,
          ad_actor_system: '02:00:00:00:00:07',
          xmit_hash_policy: 'vlan+srcmac',
          miimon: 100,
        },
        changes: { kind: 'bond', lacpRate: 'slow', adSelect: 'count' },
        saidThen: { ad_lacp_rate: 'slow', ad_select: 'count' },
      },
      {
        options: { kind: 'bond', name: 'k5', packetsPerLink: 8, neighborSolicitationTargets: ['2001:db8::1'] },
        said: { packets_per_slave: 8 },
      },
    ],
  ],
];

/** A namespace with the link that others stand on, of the same index in each. */
async function withLower(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.add({
    kind: 'veth',
    name: 'lower',
    index: lower,
    address: '02:00:00:00:10:00',
    up: true,
    peer: { name: 'other', index: lower - 1, address: '02:00:00:00:09:00', up: true },
  });
  return namespace;
}

async function infoOf(namespace: NetworkNamespace, name: string): Promise<Row> {
  const [row] = await ip(namespace, `link show ${name}`);
  return (row!.linkinfo as { info_data: Row }).info_data;
}

for (const [kind, requirement, samples] of kinds) {
  describeKernel(`links of kind ${kind}`, [requirement], () => {
    test.each(samples)('are what iproute2 says ($options.name)', async ({ options, said, changes, saidThen }) => {
      await using a = await withLower();

      const made = await a.links.add(options);

      expect(await infoOf(a, options.name)).toMatchObject(said);
      const { sourceAddresses, ...rest } = options as LinkOptions & { sourceAddresses?: string[] };
      const link = await a.links.get(options.name);
      expect(link).toMatchObject({ ...rest, ...made });
      if (sourceAddresses !== undefined) {
        expect(link).toMatchObject({ sourceAddresses: expect.arrayContaining(sourceAddresses) as string[] });
      }
      if (changes === undefined) return;
      await a.links.set(options.name, changes);
      expect(await infoOf(a, options.name)).toMatchObject(saidThen!);
    });

    test.each(samples)('that are listed can be added again ($options.name)', async ({ options, changes }) => {
      await using a = await withLower();
      await using b = await withLower();
      await a.links.add(options);
      const said = (namespace: NetworkNamespace) => () => ip(namespace, `link show ${options.name}`);
      const listed = async () => (await a.links.list()).filter(({ name }) => name === options.name) as LinkOptions[];

      await b.links.add(await listed());

      const [made, before] = await bothFound(said(b), said(a));
      expect(made).toEqual(before);
      if (changes === undefined) return;
      await a.links.set(options.name, changes);
      await b.links.delete(options.name);
      await b.links.add(await listed());
      const [again, changed] = await bothFound(said(b), said(a));
      expect(again).toEqual(changed);
    });
  });
}

describeKernel('a VXLAN link', [kernelHas('vxlan', 'id 1 dstport 4789')], () => {
  test.each([{ name: 'vx0' }, {}])('is a port of a bridge at once, with options of that: %j', async (named) => {
    await using a = await scratchNamespace();
    const bridge = await a.links.add({ kind: 'bridge', name: 'br0' });

    const made = await a.links.add({
      ...{ kind: 'vxlan', ...named, vni: 42, remote: '10.0.0.2', port: 4789 },
      ...{ master: 'br0', up: true, bridgePort: { isolated: true } },
    } as const);

    expect(await a.links.list({ kind: 'vxlan' })).toEqual([
      expect.objectContaining({
        ...{ ...named, ...made, up: true, port: 4789, master: bridge.index },
        bridgePort: expect.objectContaining({ isolated: true }) as object,
      }),
    ]);
  });
});
