import { sourceOf } from '../../lib/codec';
import { decodeEvent } from '../../lib/protocol/events';
import { newLink, changeLink, type Link } from '../../lib/protocol/link';
import { decodeLink, decoderOf } from '../../lib/protocol/link-reply';
import { amidst, ascii, attribute, bytes, encoded, host, u16, u32, type Piece } from '../support/bytes';
import { bytesOf, captured, captures, littleEndianTest, messageOf, type Shapes } from '../support/golden';

// What surprised on the wire: bytes as kernels send them, or may send them.

const IFLA = {
  ...{ STATS64: 23, AF_SPEC: 26, PHYS_PORT_ID: 34, PHYS_SWITCH_ID: 36, NEW_NETNSID: 45, NEW_IFINDEX: 49 },
  ...{ PROP_LIST: 52, ALT_IFNAME: 53, PROTO_DOWN_REASON: 55, PARENT_DEV_NAME: 56, PARENT_DEV_BUS_NAME: 57 },
} as const;
const AF = { inet: 2, inet6: 10, mctp: 45 } as const;
const NESTED = 0x8000;

const header = bytes(0, 0, u16(1), u32(7), u32(0), u32(0));

function read(content: readonly Piece[], decoder = decodeLink): Link {
  const { source, start, end } = amidst(bytes(header, ...content));
  return decoder(source, start, end);
}

const u64 = (value: number) => host(0, 0, 0, 0, 0, 0, 0, value);
const u64s = (count: number, first = 1) => bytes(...Array.from({ length: count }, (_, index) => u64(index + first)));
const u32s = (count: number) => bytes(...Array.from({ length: count }, (_, index) => u32(index + 1)));

describe('counters', () => {
  const withStatistics = decoderOf({ statistics: true });
  const statistics = (content: Uint8Array) => read([attribute(IFLA.STATS64, content)], withStatistics);

  test('are 25, since 5.19', () => {
    const link = statistics(u64s(25));

    expect(link.statistics).toMatchObject({ receivedPackets: 1, receiveNoHandler: 24, receiveOtherHostDropped: 25 });
    expect(Object.keys(link.statistics!)).toHaveLength(25);
    expect(link.unknownAttributes).toBeUndefined();
  });

  test('of an older kernel are fewer: what is not there is 0', () => {
    expect(statistics(u64s(23)).statistics).toMatchObject({ transmitCompressed: 23, receiveNoHandler: 0 });
  });

  test('of a newer kernel are more: the attribute is kept whole as well', () => {
    const link = statistics(u64s(26));

    expect(link.statistics).toMatchObject({ receiveOtherHostDropped: 25 });
    expect(link.unknownAttributes).toEqual([{ type: IFLA.STATS64, data: u64s(26) }]);
  });
});

describe('ids of switches and ports are octets, however many', () => {
  test.each<[string, number[]]>([
    ['0a:00:00:01', [10, 0, 0, 1]],
    ['02:00:5e:10:00:ff:00:01', [2, 0, 0x5e, 0x10, 0, 0xff, 0, 1]],
    ['20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:01', [0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 1]],
  ])('%s', (text, octets) => {
    expect(read([attribute(IFLA.PHYS_SWITCH_ID, octets), attribute(IFLA.PHYS_PORT_ID, octets)])).toMatchObject({
      physicalSwitchId: text,
      physicalPortId: text,
    });
  });
});

describe('what address families say', () => {
  const families = decoderOf({ addressFamilies: true });
  const ofInet = attribute(AF.inet, attribute(1, u32s(33)));
  const token = bytes(new Uint8Array(8), [0, 0, 0, 0, 0, 0, 0, 9]);
  const inet6 = (...more: Uint8Array[]) =>
    attribute(
      AF.inet6,
      ...[attribute(1, u32(0x80000070)), attribute(5, u32(65535), u32(1234), u32(30000), u32(1000))],
      ...[attribute(2, u32s(61)), attribute(3, u64s(39, 0)), attribute(6, u64s(7, 0)), attribute(7, token)],
      ...[attribute(8, 1), attribute(9, u32(1280)), ...more],
    );
  const known = attribute(IFLA.AF_SPEC, ofInet, inet6());

  test('is decoded where it is asked for', () => {
    const link = read([known], families);

    expect(link).toMatchObject({
      addressGenerationMode: 'none',
      ipv6Token: '::9',
      inet: { settings: { forwarding: 1, rp_filter: 8, arp_evict_nocarrier: 33 } },
      inet6: {
        flags: ['rs-sent', 'ra-received', 'ra-managed', 'ready'],
        settings: { forwarding: 1, disable_ipv6: 27, accept_ra_min_lft: 59, force_forwarding: 60 },
        times: { maximumReassembly: 65535, updated: 12.34, reachableTime: 30, retransmitTime: 1 },
        statistics: { receivedPackets: 1, transmittedPackets: 37 },
        icmpStatistics: { receivedMessages: 1, transmitRateLimited: 6 },
        routerMtu: 1280,
      },
    });
  });

  test('is left alone where it is not, but for what can be set, and what is not known', () => {
    for (const name of ['inet', 'inet6']) expect(Object.keys(read([known]))).not.toContain(name);
    expect(read([known])).toMatchObject({ addressGenerationMode: 'none', ipv6Token: '::9' });
    expect(read([known]).unknownAttributes).toBeUndefined();
  });

  test.each<[string, Uint8Array[]]>([
    ['a family', [attribute(AF.mctp, attribute(1, u32(1)))]],
    ['an attribute of IPv6', [inet6(attribute(77, 5))]],
    ['an attribute of IPv4', [attribute(AF.inet, attribute(2, 1))]],
  ])('keeps %s that nobody knows', (_what, content) => {
    for (const decoder of [decodeLink, families]) {
      expect(read([attribute(IFLA.AF_SPEC, ...content)], decoder).unknownAttributes).toEqual([
        { type: IFLA.AF_SPEC, data: bytes(...content) },
      ]);
    }
  });

  test('keeps settings and counters that are new', () => {
    const conf = u32s(34);
    const link = read([attribute(IFLA.AF_SPEC, attribute(AF.inet, attribute(1, conf)))], families);

    expect(link.inet).toMatchObject({
      settings: { arp_evict_nocarrier: 33 },
      unknownAttributes: [{ type: 1, data: conf }],
    });
  });

  test('has no token where that is zero, or shorter than it is', () => {
    for (const content of [new Uint8Array(16), new Uint8Array(3)]) {
      const link = read([attribute(IFLA.AF_SPEC, attribute(AF.inet6, attribute(7, content)))]);
      expect(Object.keys(link)).not.toContain('ipv6Token');
    }
  });

  test('is asked for in one attribute', () => {
    const request = changeLink(7, { ipv6Token: '::9', addressGenerationMode: 'none' });

    expect(
      encoded((writer) => {
        request.encode(writer);
      }).subarray(16),
    ).toEqual(attribute(IFLA.AF_SPEC | NESTED, attribute(AF.inet6 | NESTED, attribute(7, token), attribute(8, 1))));
  });
});

test('the reasons that hold a link down are bits, of which some can be meant', () => {
  const reason = (...content: Uint8Array[]) => attribute(IFLA.PROTO_DOWN_REASON, ...content);
  const value = attribute(2, u32(12));
  const mask = attribute(1, u32(4));

  expect(read([reason(value)])).toMatchObject({ protocolDownReason: 12 });
  expect(read([reason(mask, value)])).toMatchObject({ protocolDownReason: { value: 12, mask: 4 } });
  expect(read([reason(value, attribute(3, 1))]).unknownAttributes).toHaveLength(1);
});

// `ip -d monitor link` says: new-netnsid 0 new-ifindex 2.
littleEndianTest('the event that a link moved says where it is', () => {
  const message = captured(captures('link-wire-events'), 'ip link set v0 netns PID, where index 7 is taken over there');

  const event = decodeEvent(17, sourceOf(message), 16, message.length);

  expect(event).toMatchObject({ subject: 'link', action: 'delete', row: { index: 7, name: 'v0' } });
  expect(event?.row).toMatchObject({ newNamespaceId: 0, newIndex: 2 });
  expect(Object.keys(event!.row)).not.toContain('unknownAttributes');
});

test('an event tells where a link moved to', () => {
  expect(read([attribute(IFLA.NEW_NETNSID, u32(3)), attribute(IFLA.NEW_IFINDEX, u32(9))])).toMatchObject({
    newNamespaceId: 3,
    newIndex: 9,
  });
});

test('other properties than names are kept', () => {
  const properties = bytes(attribute(IFLA.ALT_IFNAME, ascii('uplink'), 0), attribute(54, 1));
  const link = read([attribute(IFLA.PROP_LIST, properties)]);

  expect(link).toMatchObject({ alternativeNames: ['uplink'] });
  expect(link.unknownAttributes).toEqual([{ type: IFLA.PROP_LIST, data: properties }]);
});

test('a device that was made on another can be made again', () => {
  const parents = bytes(
    attribute(IFLA.PARENT_DEV_NAME, ascii('wwan0'), 0),
    attribute(IFLA.PARENT_DEV_BUS_NAME, ascii('pci'), 0),
  );
  const link = read([parents]);
  const { attributes } = messageOf(bytesOf(newLink({ ...link, kind: 'dummy' })), 16, { 56: 'text' });

  expect(link).toMatchObject({ parentDevice: 'wwan0', parentBus: 'pci' });
  expect(attributes).toMatchObject({ 56: ['wwan0'] });
  expect(attributes).not.toHaveProperty('57');
});

describe('requests are those of iproute2', () => {
  const all = captures('link-wire-requests');
  const shapes: Shapes = {
    18: { inside: { 1: 'text' } },
    26: { inside: { 10: { inside: {} } } },
    55: { inside: {} },
    56: 'text',
  };

  test.each([
    ['ip token set ::1:2:3:4 dev v0', changeLink(7, { ipv6Token: '::1:2:3:4' })],
    ['ip link set v0 protodown_reason 3 on', changeLink(7, { protocolDownReason: { value: 8, mask: 8 } })],
    ['ip link set v0 protodown_reason 3 off', changeLink(7, { protocolDownReason: { value: 0, mask: 8 } })],
    ['ip link add parentdev wwan0 name w0 type bridge', newLink({ kind: 'bridge', name: 'w0', parentDevice: 'wwan0' })],
  ])('%s', (command, request) => {
    if (header[2] !== 1) return;
    const theirs = messageOf(captured(all, command), 16, shapes);
    const ours = messageOf(bytesOf(request), 16, shapes);

    expect(ours.attributes).toEqual(theirs.attributes);
  });

  littleEndianTest('and are read', () => {
    const message = captured(all, 'ip link set v0 protodown_reason 3 on');
    const { source, start } = amidst(message);

    expect(decodeLink(source, start + 16, start + message.length)).toMatchObject({
      protocolDownReason: { value: 8, mask: 8 },
    });
  });
});
