import { hostOrder, sourceOf } from '../../lib/codec';
import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { decodeRoute, listRoutes, type RouteFilter } from '../../lib/protocol/route';
import { getRoute, type RouteLookup } from '../../lib/protocol/route-lookup';
import { newRoute, type RouteOptions } from '../../lib/protocol/route-request';
import { amidst, attribute, bytes, encoded, thrownBy, u16, u32 } from '../support/bytes';
import { bytesOf, captured, captures, hex, littleEndianTest, messageOf } from '../support/golden';

const RTMSG = 12;
const RTA = { DST: 1, SRC: 2, OIF: 4, GATEWAY: 5, METRICS: 8, MULTIPATH: 9, TABLE: 15, VIA: 18, NH_ID: 30 } as const;
const inside = { [RTA.METRICS]: { inside: { 16: 'text' } } } as const;
const add = (options: RouteOptions) => newRoute(options, 'add');

/** Of a table that the header's byte cannot hold (RT_TABLE_COMPAT). */
const LARGE_TABLE = 'fc';

describe('replies are what iproute2 shows', () => {
  const all = captures('route-replies');

  const inet = { family: 'inet', table: 'main', type: 'unicast', protocol: 'boot', scope: 'global', tos: 0, flags: [] };
  const inet6 = { ...inet, family: 'inet6', metric: 1024, preference: 'medium' };

  test.each<[string, object]>([
    [
      'throw 10.5.0.0/16 table 1000 proto boot scope global',
      { ...inet, destination: '10.5.0.0/16', type: 'throw', table: 1000 },
    ],
    [
      'unicast 10.9.1.1 via 10.1.1.2 dev v0 table 1000 proto boot scope site',
      { ...inet, destination: '10.9.1.1/32', gateway: '10.1.1.2', device: 3, table: 1000, scope: 'site' },
    ],
    [
      'unicast default via 10.1.1.2 dev v0 table main proto boot scope global',
      { ...inet, destination: 'default', gateway: '10.1.1.2', device: 3 },
    ],
    [
      'unicast 10.1.1.0/24 dev v0 table main proto kernel scope link src 10.1.1.1',
      {
        ...inet,
        destination: '10.1.1.0/24',
        device: 3,
        protocol: 'kernel',
        scope: 'link',
        preferredSource: '10.1.1.1',
      },
    ],
    [
      'unicast 10.2.0.0/16 via 10.1.1.2 dev v0 table main proto boot scope global hoplimit 9 initcwnd 20 features ecn initrwnd 21 quickack 1 congctl lock reno',
      {
        ...inet,
        destination: '10.2.0.0/16',
        gateway: '10.1.1.2',
        device: 3,
        metrics: {
          hopLimit: 9,
          initialCongestionWindow: 20,
          features: ['ecn'],
          initialReceiveWindow: 21,
          quickAck: true,
          congestionControl: 'reno',
          lock: ['congestionControl'],
        },
      },
    ],
    [
      'unicast 10.3.0.0/16 via 10.1.1.2 dev v0 table main proto boot scope global realms 5/6 mtu lock 1400 window 65536 rtt 100ms rttvar 50ms advmss 1300 rto_min lock 300ms',
      {
        ...inet,
        destination: '10.3.0.0/16',
        gateway: '10.1.1.2',
        device: 3,
        realm: (5 << 16) | 6,
        metrics: {
          mtu: 1400,
          window: 65536,
          rtt: 0.1,
          rttVariance: 0.05,
          advertisedMss: 1300,
          minimumRto: 0.3,
          lock: ['mtu', 'minimumRto'],
        },
      },
    ],
    [
      'blackhole 10.6.0.0/16 table main proto boot scope global',
      { ...inet, destination: '10.6.0.0/16', type: 'blackhole' },
    ],
    [
      'unicast 10.7.0.0/16 via 192.0.2.1 dev v0 table main proto boot scope global onlink',
      { ...inet, destination: '10.7.0.0/16', gateway: '192.0.2.1', device: 3, flags: ['onlink'] },
    ],
    [
      'unicast 10.8.0.0/16 via inet6 2001:db8:1::2 dev v0 table main proto boot scope global',
      { ...inet, destination: '10.8.0.0/16', gateway: '2001:db8:1::2', device: 3 },
    ],
    [
      'unicast 10.9.0.0/16 tos 0x10 via 10.1.1.3 dev v0 table main proto boot scope global metric 50',
      { ...inet, destination: '10.9.0.0/16', gateway: '10.1.1.3', device: 3, tos: 16, metric: 50 },
    ],
    [
      'unicast 10.10.0.0/16 table main proto boot scope global nexthop via 10.1.1.2 dev v0 weight 3 nexthop via 192.0.2.1 dev v1 weight 1 onlink nexthop via inet6 2001:db8:1::2 dev v0 weight 1',
      {
        ...inet,
        destination: '10.10.0.0/16',
        nexthops: [
          { gateway: '10.1.1.2', device: 3, weight: 3, flags: [] },
          { gateway: '192.0.2.1', device: 4, weight: 1, flags: ['onlink'] },
          { gateway: '2001:db8:1::2', device: 3, weight: 1, flags: [] },
        ],
      },
    ],
    [
      'local 10.1.1.1 dev v0 table local proto kernel scope host src 10.1.1.1',
      {
        ...inet,
        destination: '10.1.1.1/32',
        device: 3,
        table: 'local',
        type: 'local',
        protocol: 'kernel',
        scope: 'host',
        preferredSource: '10.1.1.1',
      },
    ],
    [
      'unicast 2001:db8:7::/48 table main proto boot scope global metric 1024 pref medium nexthop via 2001:db8:1::2 dev v0 weight 256 nexthop via 2001:db8:2::2 dev v1 weight 1',
      {
        ...inet6,
        destination: '2001:db8:7::/48',
        nexthops: [
          { gateway: '2001:db8:1::2', device: 3, weight: 256, flags: [] },
          { gateway: '2001:db8:2::2', device: 4, weight: 1, flags: [] },
        ],
      },
    ],
    [
      'unicast 2001:db8:8::/48 from 2001:db8:1::/64 dev v0 table main proto boot scope global metric 1024 pref medium',
      { ...inet6, destination: '2001:db8:8::/48', source: '2001:db8:1::/64', device: 3 },
    ],
    [
      'unicast 2001:db8:9::/48 via 2001:db8:1::2 dev v0 table main proto boot scope global metric 77 expires 99sec pref high',
      {
        ...inet6,
        destination: '2001:db8:9::/48',
        gateway: '2001:db8:1::2',
        device: 3,
        metric: 77,
        expires: 99.92,
        preference: 'high',
      },
    ],
    [
      'unicast default via 2001:db8:1::2 dev v0 table main proto boot scope global metric 1024 pref medium',
      { ...inet6, destination: 'default', gateway: '2001:db8:1::2', device: 3 },
    ],
    [
      'local ::1 dev lo table local proto kernel scope global metric 0 pref medium',
      { ...inet6, destination: '::1/128', device: 1, table: 'local', type: 'local', protocol: 'kernel', metric: 0 },
    ],
  ])('%s', (title, expected) => {
    if (!hostOrder) return;
    const message = captured(all, title);

    const route = decodeRoute(sourceOf(message), HEADER_SIZE, message.length);

    expect(route).toEqual(expected);
    expect(Object.keys(route!)).not.toContain('unknownAttributes');
    const { attributes, header } = messageOf(bytesOf(add(route!)), RTMSG, inside);
    const theirs = messageOf(message, RTMSG, inside);
    expect(header.slice(0, 8)).toBe(theirs.header.slice(0, 8));
    expect(header.slice(10)).toBe(theirs.header.slice(10));
    const { 12: _cacheInfo, 23: _expires, ...rest } = attributes;
    // The kernel says the table twice; requests say it where it fits.
    const { 12: _theirCacheInfo, 15: table, ...theirRest } = theirs.attributes;
    expect(rest).toEqual(theirs.header.slice(8, 10) === LARGE_TABLE ? { ...theirRest, 15: table } : theirRest);
  });

  littleEndianTest('ip route get 10.3.0.1', () => {
    const message = captured(all, 'ip route get 10.3.0.1');

    expect(decodeRoute(sourceOf(message), HEADER_SIZE, message.length)).toMatchObject({
      destination: '10.3.0.1/32',
      flags: ['cloned'],
      preferredSource: '10.1.1.1',
      uid: 0,
    });
  });
});

describe('replies that kernels may send', () => {
  const header = (family: number, destinationLength: number, flags = 0) =>
    bytes(family, destinationLength, 0, 0, 254, 3, 0, 1, u32(flags));
  const decode = (...pieces: Uint8Array[]) => {
    const { source, start, end } = amidst(bytes(...pieces));
    return decodeRoute(source, start, end);
  };

  test('of other families are left out', () => {
    expect(decode(header(28, 20), attribute(RTA.DST, 0, 6, 65, 0))).toBeUndefined();
    expect(decode(header(128, 32), attribute(RTA.DST, 224, 0, 0, 9))).toBeUndefined();
  });

  test('with attributes of a newer kernel keep them, and requests pass over them', () => {
    const route = decode(header(2, 8), attribute(RTA.DST, 10, 0, 0, 0), attribute(200, 1, 2))!;

    expect(route.unknownAttributes).toEqual([{ type: 200, data: bytes(1, 2) }]);
    expect(bytesOf(add(route))).toEqual(bytesOf(add({ ...route, unknownAttributes: undefined } as RouteOptions)));
  });

  test('with states of the kernel are asked for without those', () => {
    const route = decode(header(2, 0, 0x1 | 0x4 | 0x10 | 0x4000 | 0x20000000))!;

    expect(route.flags).toEqual(['dead', 'onlink', 'linkdown', 'rt_offload', 'rt_offload_failed']);
    expect(bytesOf(add(route)).subarray(HEADER_SIZE + 8, HEADER_SIZE + 12)).toEqual(u32(0x4));
  });

  test('for a packet say what is special about its destination', () => {
    expect(decode(header(2, 32, 0x200 | 0x80000000), attribute(RTA.DST, 10, 1, 1, 1))?.flags).toEqual([
      'cloned',
      'local',
    ]);
    expect(decode(header(2, 32, 0x200 | 0x20000000), attribute(RTA.DST, 224, 0, 0, 9))?.flags).toEqual([
      'cloned',
      'multicast',
    ]);
  });

  test('with a nexthop object are asked for by it alone', () => {
    const hop = bytes(u16(8), 0, 0, u32(3));
    const route = decode(
      header(2, 0),
      attribute(RTA.NH_ID, u32(7)),
      attribute(RTA.OIF, u32(3)),
      attribute(RTA.MULTIPATH, hop),
    );

    expect(route).toMatchObject({ nexthopId: 7, device: 3, nexthops: [{ device: 3, weight: 1, flags: [] }] });
    const { attributes } = messageOf(bytesOf(add(route!)), RTMSG, {});
    expect(Object.keys(attributes).map(Number)).toEqual([RTA.NH_ID]);
  });

  test('with a tunnel are asked for with the same', () => {
    const tunnel = bytes(attribute(22, attribute(1, 0, 6, 65, 0)), attribute(21, u16(1)));
    const route = decode(header(2, 0), tunnel)!;

    expect(route.encap).toEqual({ type: 'mpls', labels: [100] });
    const { attributes } = messageOf(bytesOf(add(route)), RTMSG, {});
    expect(attributes).toMatchObject({ 21: [hex(u16(1))], 22: [hex(attribute(1, 0, 6, 65, 0))] });
  });

  test('with next hops that end too early have those before', () => {
    const hops = bytes(u16(8), 0, 4, u32(3), u16(80), 0, 0, u32(4));

    expect(decode(header(2, 0), attribute(RTA.MULTIPATH, hops))?.nexthops).toEqual([
      { device: 3, weight: 5, flags: [] },
    ]);
  });
});

describe('arguments that are wrong are named', () => {
  test.each<[unknown, unknown, string]>([
    ['default', {}, 'destination'],
    ['10.0.0.0/8', {}, 'destination'],
    [5, {}, 'destination'],
    ['10.1.1.1', 5, 'options'],
    ['10.1.1.1', { source: '2001:db8::1' }, 'source'],
    ['10.1.1.1', { mark: -1 }, 'mark'],
    ['10.1.1.1', { sourcePort: 65536 }, 'sourcePort'],
    ['10.1.1.1', { ipProtocol: 'ftp' }, 'ipProtocol'],
    ['10.1.1.1', { inputDevice: 'a/b' }, 'inputDevice'],
    ['10.1.1.1', { from: '10.1.1.2' }, 'from'],
  ])('the route to %j with %j: at %s', (destination, options, property) => {
    const error = thrownBy(() => bytesOf(getRoute(destination as string, options as RouteLookup)));

    expect(error).toMatchObject({ property });
  });

  test.each<[RouteFilter, string]>([
    [{ metric: 5 } as RouteFilter, 'metric'],
    [{ table: 'mine' as 'main' }, 'table'],
    [{ family: 'inet5' as 'inet' }, 'family'],
    [{ type: 'black' as 'blackhole' }, 'type'],
    [{ protocol: 300 }, 'protocol'],
  ])('the filter %j: at %s', (filter, property) => {
    expect(thrownBy(() => bytesOf(listRoutes(filter)))).toMatchObject({ property });
  });
});

// include/uapi/linux/rtnetlink.h: family, dst_len, src_len, tos, table, protocol, scope, type, flags; attributes.
test('a filter is in the header, but for tables and links', () => {
  const request = listRoutes({ family: 'inet6', table: 1000, protocol: 'bgp', type: 'prohibit', device: 7 });

  expect(
    encoded((writer) => {
      request.encode(writer);
    }),
  ).toEqual(bytes(10, 0, 0, 0, 0, 186, 0, 8, u32(0), attribute(RTA.TABLE, u32(1000)), attribute(RTA.OIF, u32(7))));
});
