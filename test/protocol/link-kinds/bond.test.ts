import { newLink, type LinkOptions } from '../../../lib/protocol/link';
import { bond } from '../../../lib/protocol/link-kinds/bond';
import { bondPort } from '../../../lib/protocol/link-kinds/bond-port';
import { attribute, bytes, thrownBy, u16, u32 } from '../../support/bytes';
import { bytesOf } from '../../support/golden';
import { goldenLinks, goldenPorts, readData, writeData } from '../../support/link-goldens';

const golden = goldenLinks(bond, [8, 31]);

describe('bonds are what iproute2 makes', () => {
  golden('ip link add bond0 type bond', { kind: 'bond', name: 'bond0' });
  golden(
    'ip link add bond1 type bond mode active-backup miimon 100 updelay 200 downdelay 300 peer_notify_delay 400 use_carrier 0 ' +
      'primary v0 primary_reselect better fail_over_mac follow resend_igmp 3 num_grat_arp 4 all_slaves_active 1',
    {
      kind: 'bond',
      name: 'bond1',
      mode: 'active-backup',
      miimon: 100,
      upDelay: 200,
      downDelay: 300,
      peerNotificationDelay: 400,
      useCarrier: false,
      primary: 3,
      primaryReselect: 'better',
      failOverMac: 'follow',
      resendIgmp: 3,
      peerNotifications: 4,
      allLinksActive: true,
    },
  );
  golden(
    'ip link add bond2 type bond mode balance-xor arp_interval 500 arp_ip_target 10.0.0.1,10.0.0.2 ' +
      'ns_ip6_target 2001:db8::1,2001:db8::2 arp_validate filter_backup arp_all_targets all arp_missed_max 5 ' +
      'xmit_hash_policy layer3+4',
    {
      kind: 'bond',
      name: 'bond2',
      mode: 'balance-xor',
      arpInterval: 500,
      arpTargets: ['10.0.0.1', '10.0.0.2'],
      neighborSolicitationTargets: ['2001:db8::1', '2001:db8::2'],
      arpValidate: 'filter-backup',
      arpAllTargets: 'all',
      missedMaximum: 5,
      transmitHashPolicy: 'layer3+4',
    },
  );
  golden(
    'ip link add bond3 type bond mode 802.3ad lacp_rate fast lacp_active off ad_select bandwidth min_links 2 ' +
      'ad_actor_sys_prio 1000 ad_user_port_key 7 ad_actor_system 02:00:00:00:00:07 xmit_hash_policy vlan+srcmac',
    {
      kind: 'bond',
      name: 'bond3',
      mode: '802.3ad',
      lacpRate: 'fast',
      lacpActive: false,
      adSelect: 'bandwidth',
      minimumLinks: 2,
      adActorSystemPriority: 1000,
      adUserPortKey: 7,
      adActorSystem: '02:00:00:00:00:07',
      transmitHashPolicy: 'vlan+srcmac',
    },
  );
  golden('ip link add bond4 type bond mode balance-tlb tlb_dynamic_lb 0 lp_interval 5', {
    ...{ kind: 'bond', name: 'bond4', mode: 'balance-tlb', tlbDynamicLoadBalancing: false, learningPacketInterval: 5 },
  });
  golden('ip link add bond5 type bond mode balance-rr packets_per_slave 8', {
    ...{ kind: 'bond', name: 'bond5', mode: 'balance-rr', packetsPerLink: 8 },
  });
  golden('ip link set v1 type bond active_slave v0', { kind: 'bond', activeLink: 3 });
  golden('ip link set v1 type bond clear_active_slave', { kind: 'bond', activeLink: null }, { activeLink: 0 });
  golden('ip link set v1 type bond primary v0', { kind: 'bond', primary: 3 });
});

describe('ports of bonds are told what iproute2 tells them', () => {
  const port = goldenPorts(bondPort);
  port('ip link set v1 type bond_slave queue_id 3', { queueId: 3 });
  port('ip link set v1 type bond_slave prio -7', { priority: -7 });
});

// Of kernels since 6.9, which iproute2 6.1 does not know: by linux/if_link.h.
test.each<[options: object, content: Uint8Array]>([
  [{ coupledControl: false }, attribute(32, 0)],
  [{ broadcastNeighbor: true }, attribute(33, 1)],
  [{ lacpStrict: true }, attribute(34, 1)],
  [{ adSelect: 'actor-port-priority' }, attribute(22, 3)],
])('%j', (options, content) => {
  expect(writeData(bond, options)).toEqual(content);
  expect(readData(bond, content)).toEqual(options);
});

test('what LACP has agreed on is read, and left out', () => {
  const agreed = bytes(
    ...[attribute(1, u16(1)), attribute(2, u16(2)), attribute(3, u16(9)), attribute(4, u16(1))],
    attribute(5, [2, 0, 0, 0, 0, 9]),
  );
  const adInfo = { aggregatorId: 1, ports: 2, actorKey: 9, partnerKey: 1, partnerAddress: '02:00:00:00:00:09' };

  expect(readData(bond, attribute(23, agreed))).toEqual({ adInfo });
  expect(writeData(bond, { adInfo })).toEqual(bytes());
});

test('a port tells of LACP, and is told its priority in it', () => {
  const content = bytes(
    ...[attribute(1, 1), attribute(2, 3), attribute(3, u32(7)), attribute(4, [2, 0, 0, 0, 0, 1]), attribute(6, u16(2))],
    ...[attribute(7, 0x45), attribute(8, u16(0x82)), attribute(10, u16(255)), attribute(11, 0), attribute(12, 1)],
  );
  const port = readData(bondPort, content);

  expect(port).toEqual({
    state: 'backup',
    miiStatus: 'going-back',
    linkFailureCount: 7,
    permanentAddress: '02:00:00:00:00:01',
    adAggregatorId: 2,
    adActorState: ['active', 'aggregating', 'defaulted'],
    adPartnerState: ['short-timeout', 'expired'],
    actorPortPriority: 255,
    adChurnActorState: 'monitoring',
    adChurnPartnerState: 'churned',
  });
  expect(writeData(bondPort, port)).toEqual(attribute(10, u16(255)));
});

test('a new bond is not told what it is anyway, since modes refuse what they do not have', () => {
  const listed = {
    ...{ kind: 'bond', name: 'bond0', upDelay: 0, arpInterval: 0, arpValidate: 'none', packetsPerLink: 1 },
    ...{ lacpRate: 'slow', lacpActive: true, tlbDynamicLoadBalancing: true, missedMaximum: 2, coupledControl: true },
  };

  expect(bytesOf(newLink(listed as LinkOptions))).toEqual(bytesOf(newLink({ kind: 'bond', name: 'bond0' })));
});

test.each<[options: object, message: string]>(
  [
    [{ mode: 'lacp' }, /^mode: must be one of balance-rr, active-backup, .*, or a number, not 'lacp'$/],
    [{ arpTargets: ['10.0.0.1', '::1'] }, "arpTargets\\[1\\]: must be an IPv4 address, not '::1'"],
    [{ arpTargets: '10.0.0.1' }, "arpTargets: must be an array, not '10.0.0.1'"],
    [{ packetsPerLink: 65536 }, 'packetsPerLink: must be a whole number from 0 to 65535, not 65536'],
    [{ adActorSystemPriority: 0 }, 'adActorSystemPriority: must be a whole number from 1 to 65535, not 0'],
    [{ adUserPortKey: 1024 }, 'adUserPortKey: must be a whole number from 0 to 1023, not 1024'],
    [{ lacpRate: 'medium' }, "lacpRate: must be one of slow, fast, or a number, not 'medium'"],
    [{ primary: 'a/b' }, "primary: must not contain '/', ':' or white space: 'a/b'"],
  ].map(([options, message]) => [options as object, message as string]),
)('%j is refused', (options, message) => {
  expect(thrownBy(() => writeData(bond, options))).toMatchObject({
    message: expect.stringMatching(message) as string,
  });
});
