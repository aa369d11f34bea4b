import { sourceOf } from '../../lib/codec';
import { HEADER_SIZE, NLM_F, type Request } from '../../lib/protocol/netlink';
import { getRoute } from '../../lib/protocol/route-lookup';
import { deleteRoute, newRoute, type RouteOptions } from '../../lib/protocol/route-request';
import { ascii, attribute, bytes, encoded, thrownBy, u32 } from '../support/bytes';
import { bytesOf, captured, captures, hex, littleEndianTest, messageOf } from '../support/golden';

const RTMSG = 12;
const RTA = {
  DST: 1,
  SRC: 2,
  OIF: 4,
  GATEWAY: 5,
  METRICS: 8,
  MULTIPATH: 9,
  TABLE: 15,
  VIA: 18,
  ENCAP: 22,
  NH_ID: 30,
} as const;
const inside = { [RTA.METRICS]: { inside: { 16: 'text' } }, [RTA.ENCAP]: { inside: {} } } as const;

const add = (options: RouteOptions) => newRoute(options, 'add');

test('messages that are written one behind the other are those that each is alone', () => {
  const routes = Array.from({ length: 300 }, (_, index): RouteOptions => {
    const group = (index + 1).toString(16);
    return { destination: `2001:db8:${group}::/48`, source: `2001:db8:0:${group}::/64`, device: 3, metric: index };
  });

  const together = encoded((writer) => {
    for (const route of routes) add(route).encode(writer);
  });

  const each = routes.map((route) =>
    encoded((writer) => {
      add(route).encode(writer);
    }),
  );
  expect(together).toEqual(bytes(...each));
});

describe('requests are those of iproute2', () => {
  const all = captures('route-requests');

  /** Our request says what the captured one of the command says. */
  function golden(command: string, request: Request): void {
    littleEndianTest(command, () => {
      const theirs = messageOf(captured(all, command), RTMSG, inside);

      const ours = messageOf(bytesOf(request), RTMSG, inside);

      expect(ours).toEqual({ ...theirs, flags: theirs.flags | NLM_F.ACK });
    });
  }

  const via = { gateway: '10.1.1.2' };
  const via6 = { gateway: '2001:db8:1::2' };

  golden('ip route add default via 10.1.1.2', add({ destination: 'default', ...via }));
  golden('ip route add 10.9.0.0/16 dev v0', add({ destination: '10.9.0.0/16', device: 3 }));
  golden(
    'ip route replace 10.9.0.0/16 via 10.1.1.2 dev v0 metric 50 src 10.1.1.1 proto static',
    newRoute(
      {
        destination: '10.9.0.0/16',
        ...via,
        device: 3,
        metric: 50,
        preferredSource: '10.1.1.1',
        protocol: 'static',
      },
      'replace',
    ),
  );
  golden(
    'ip route append 10.9.0.0/16 via 10.1.1.3 dev v0 metric 50 tos 0x10',
    newRoute({ destination: '10.9.0.0/16', gateway: '10.1.1.3', device: 3, metric: 50, tos: 0x10 }, 'append'),
  );
  golden('ip route add 10.9.1.1 via 10.1.1.2 table 100', add({ destination: '10.9.1.1', ...via, table: 100 }));
  golden(
    'ip route add 10.9.1.1 via 10.1.1.2 table 1000 scope site',
    add({ destination: '10.9.1.1', ...via, table: 1000, scope: 'site' }),
  );
  golden(
    'ip route add 10.8.0.0/16 via inet6 2001:db8:1::2 dev v0',
    add({ destination: '10.8.0.0/16', ...via6, device: 3 }),
  );
  golden(
    'ip route add 10.7.0.0/16 via 192.0.2.1 dev v0 onlink',
    add({ destination: '10.7.0.0/16', gateway: '192.0.2.1', device: 3, flags: ['onlink'] }),
  );
  golden('ip route add blackhole 10.6.0.0/16', add({ destination: '10.6.0.0/16', type: 'blackhole' }));
  golden('ip route add throw 10.5.0.0/16 table 1000', add({ destination: '10.5.0.0/16', type: 'throw', table: 1000 }));
  golden('ip route add local 10.4.0.1 dev v0', add({ destination: '10.4.0.1', type: 'local', device: 3 }));
  golden('ip route add broadcast 10.4.0.255 dev v0', add({ destination: '10.4.0.255', type: 'broadcast', device: 3 }));
  golden(
    'ip route add multicast 224.9.0.0/16 dev v0',
    add({ destination: '224.9.0.0/16', type: 'multicast', device: 3 }),
  );
  golden(
    'ip route add 10.3.0.0/16 via 10.1.1.2 realm 5/6 mtu lock 1400 advmss 1300 window 65536 rtt 100ms rttvar 50ms rto_min 300ms',
    add({
      destination: '10.3.0.0/16',
      ...via,
      realm: (5 << 16) | 6,
      metrics: {
        mtu: 1400,
        advertisedMss: 1300,
        window: 65536,
        rtt: 0.1,
        rttVariance: 0.05,
        minimumRto: 0.3,
        lock: ['mtu', 'minimumRto'],
      },
    }),
  );
  golden(
    'ip route add 10.2.0.0/16 via 10.1.1.2 hoplimit 9 initcwnd 20 initrwnd 21 quickack 1 features ecn congctl lock reno',
    add({
      destination: '10.2.0.0/16',
      ...via,
      metrics: {
        hopLimit: 9,
        initialCongestionWindow: 20,
        initialReceiveWindow: 21,
        quickAck: true,
        features: ['ecn'],
        congestionControl: 'reno',
        lock: ['congestionControl'],
      },
    }),
  );
  golden(
    'ip route add 10.10.0.0/16 nexthop via 10.1.1.2 weight 3 nexthop via 192.0.2.1 dev v1 onlink nexthop via inet6 2001:db8:1::2 dev v0',
    add({
      destination: '10.10.0.0/16',
      nexthops: [
        { ...via, weight: 3 },
        { gateway: '192.0.2.1', device: 4, flags: ['onlink'] },
        { ...via6, device: 3 },
      ],
    }),
  );
  golden('ip route add default via 2001:db8:1::2', add({ destination: 'default', ...via6 }));
  golden(
    'ip route add 2001:db8:9::/48 via 2001:db8:1::2 pref high metric 77 expires 100',
    add({ destination: '2001:db8:9::/48', ...via6, preference: 'high', metric: 77, expires: 100 }),
  );
  golden(
    'ip route add 2001:db8:8::/48 from 2001:db8:1::/64 dev v0',
    add({ destination: '2001:db8:8::/48', source: '2001:db8:1::/64', device: 3 }),
  );
  golden(
    'ip route add 2001:db8:7::/48 nexthop via 2001:db8:1::2 weight 256 nexthop via 2001:db8:2::2 dev v1',
    add({
      destination: '2001:db8:7::/48',
      nexthops: [
        { ...via6, weight: 256 },
        { gateway: '2001:db8:2::2', device: 4 },
      ],
    }),
  );
  golden(
    'ip route add 10.8.1.0/24 encap mpls 100/200 ttl 5 via 10.1.1.2 dev v0',
    add({ destination: '10.8.1.0/24', encap: { type: 'mpls', labels: [100, 200], ttl: 5 }, ...via, device: 3 }),
  );
  golden(
    'ip route add 10.8.2.0/24 encap ip id 42 dst 10.9.9.9 src 10.9.9.1 tos 8 ttl 9 key csum via 10.1.1.2 dev v0',
    add({
      destination: '10.8.2.0/24',
      encap: {
        ...{ type: 'ip', id: 42, destination: '10.9.9.9', source: '10.9.9.1', tos: 8, ttl: 9, flags: ['key', 'csum'] },
      },
      ...via,
      device: 3,
    }),
  );
  golden(
    'ip route add 2001:db8:8::/48 encap ip6 id 7 dst 2001:db8::9 src 2001:db8::8 tc 4 hoplimit 33 seq via 2001:db8:1::2 dev v0',
    add({
      destination: '2001:db8:8::/48',
      encap: {
        ...{ type: 'ip6', id: 7, destination: '2001:db8::9', source: '2001:db8::8', trafficClass: 4, hopLimit: 33 },
        flags: ['seq'],
      },
      ...via6,
      device: 3,
    }),
  );
  golden('ip route del default', deleteRoute({ destination: 'default' }));
  golden(
    'ip route del 10.9.0.0/16 via 10.1.1.2 dev v0 metric 50 proto static',
    deleteRoute({ destination: '10.9.0.0/16', ...via, device: 3, metric: 50, protocol: 'static' }),
  );
  golden('ip route del 2001:db8:9::/48 metric 77', deleteRoute({ destination: '2001:db8:9::/48', metric: 77 }));
  golden(
    'ip route get 10.3.0.1 from 10.1.1.1 oif v0 mark 7 uid 9 tos 0x10',
    getRoute('10.3.0.1', { source: '10.1.1.1', device: 3, mark: 7, uid: 9, tos: 0x10 }),
  );
  golden(
    'ip route get fibmatch 10.3.0.1 ipproto tcp sport 5 dport 80',
    getRoute('10.3.0.1', { fibMatch: true, ipProtocol: 'tcp', sourcePort: 5, destinationPort: 80 }),
  );
});

test('names of links are left to be looked up, also among next hops', () => {
  const request = add({
    destination: 'default',
    nexthops: [{ device: 'eth0' }, { gateway: '10.1.1.2', device: 'eth1' }],
  });

  // rtmsg, the header of RTA_MULTIPATH; an rtnexthop has its link behind 4 bytes.
  const first = RTMSG + 4;
  const { linkNames } = writerOf(request);

  expect(linkNames).toEqual([
    { offset: first + 4, name: 'eth0', slot: 0 },
    { offset: first + 8 + 4, name: 'eth1', slot: 0 },
  ]);
});

test('the kernel points at a property', () => {
  const request = add({
    destination: 'default',
    nexthops: [{ device: 3 }, { device: 3, gateway: '10.1.1.2' }],
    metrics: { mtu: 1400 },
  });
  const message = bytesOf(request);
  const at = (needle: Uint8Array) => Buffer.from(message).indexOf(needle);
  const locate = (offset: number) => request.locate?.(sourceOf(message), HEADER_SIZE, message.length, offset);

  expect(locate(at(attribute(RTA.GATEWAY, 10, 1, 1, 2)))).toBe('nexthops[1].gateway');
  expect(locate(at(attribute(RTA.GATEWAY, 10, 1, 1, 2)) - 4)).toBe('nexthops[1].device');
  expect(locate(at(attribute(2, u32(1400))))).toBe('metrics.mtu');
  // rtmsg: family, lengths of the prefixes, type of service, table.
  expect([0, 1, 2, 3, 4].map((byte) => locate(HEADER_SIZE + byte))).toEqual([
    ...['family', 'destination', 'source', 'tos', 'table'],
  ]);
});

describe('arguments that are wrong are named', () => {
  const destination = '10.9.0.0/16';

  test.each<[unknown, 'TypeError' | 'RangeError', string]>([
    [undefined, 'TypeError', 'route'],
    ['default', 'TypeError', 'route'],
    [{}, 'TypeError', 'destination'],
    [{ destination: 5 }, 'TypeError', 'destination'],
    [{ destination: '10.1.1.1/24' }, 'RangeError', 'destination'],
    [{ destination: '10.1.1.0/33' }, 'RangeError', 'destination'],
    [{ destination: '2001:db8::1/64' }, 'RangeError', 'destination'],
    [{ destination: '10.1' }, 'RangeError', 'destination'],
    [{ destination, family: 'inet6' }, 'RangeError', 'destination'],
    [{ destination, family: 'ipv4' }, 'RangeError', 'family'],
    [{ destination: '2001:db8::/32', source: '10.0.0.0/8' }, 'RangeError', 'source'],
    [{ destination: '2001:db8::/32', source: '2001:db8::1/64' }, 'RangeError', 'source'],
    [{ destination, source: '10.0.0.0/8' }, 'RangeError', 'source'],
    [{ destination, expires: 5 }, 'RangeError', 'expires'],
    [{ destination: '2001:db8::/32', expires: 30_000_000 }, 'RangeError', 'expires'],
    [{ destination, preference: 'high' }, 'RangeError', 'preference'],
    [{ destination: '2001:db8::/32', realm: 5 }, 'RangeError', 'realm'],
    [{ destination, gateway: '10.1.1' }, 'RangeError', 'gateway'],
    [{ destination: 'default', gateway: 5 }, 'TypeError', 'gateway'],
    [{ destination, preferredSource: '2001:db8::1' }, 'RangeError', 'preferredSource'],
    [{ destination, device: '' }, 'RangeError', 'device'],
    [{ destination, device: {} }, 'TypeError', 'device'],
    [{ destination, table: 'mine' }, 'RangeError', 'table'],
    [{ destination, table: 2 ** 32 }, 'RangeError', 'table'],
    [{ destination, metric: -1 }, 'RangeError', 'metric'],
    [{ destination, type: 'black' }, 'RangeError', 'type'],
    [{ destination, protocol: 256 }, 'RangeError', 'protocol'],
    [{ destination, scope: 'here' }, 'RangeError', 'scope'],
    [{ destination, tos: 256 }, 'RangeError', 'tos'],
    [{ destination, flags: ['on'] }, 'RangeError', 'flags'],
    [{ destination, flags: 'onlink' }, 'TypeError', 'flags'],
    [{ destination, metrics: { mtu: 1.5 } }, 'RangeError', 'metrics.mtu'],
    [{ destination, metrics: { advmss: 5 } }, 'RangeError', 'metrics.advmss'],
    [{ destination, metrics: { congestionControl: 'a-name-of-16-bytes' } }, 'RangeError', 'metrics.congestionControl'],
    [{ destination, metrics: { lock: ['quickAck'] } }, 'RangeError', 'metrics.lock'],
    [{ destination, nexthops: [] }, 'RangeError', 'nexthops'],
    [{ destination, nexthops: {} }, 'TypeError', 'nexthops'],
    [{ destination, nexthops: [5] }, 'TypeError', 'nexthops[0]'],
    [{ destination, nexthops: [{}, { weight: 0 }] }, 'RangeError', 'nexthops[1].weight'],
    [{ destination, nexthops: [{ weight: 257 }] }, 'RangeError', 'nexthops[0].weight'],
    [{ destination, nexthops: [{ via: '10.1.1.2' }] }, 'RangeError', 'nexthops[0].via'],
    [{ destination: 'default', nexthops: [{}, { gateway: '10.1.1' }] }, 'RangeError', 'nexthops[1].gateway'],
    [{ destination: 'default', nexthops: [null] }, 'TypeError', 'nexthops[0]'],
    [{ destination, nexthopId: 'seven' }, 'TypeError', 'nexthopId'],
    [{ destination, encap: { type: 'mpls' } }, 'TypeError', 'encap.labels'],
    [{ destination, via: '10.1.1.2' }, 'RangeError', 'via'],
  ])('%j: %s at %s', (options, name, property) => {
    for (const request of [add, deleteRoute]) {
      const error = thrownBy(() => bytesOf(request(options as RouteOptions)));

      expect(error).toMatchObject({ name, property });
      expect((error as Error).message).toContain(`${property}: `);
    }
  });
});

test('a name of a congestion control ends with a NUL', () => {
  const { attributes } = messageOf(
    bytesOf(add({ destination: 'default', metrics: { congestionControl: 'bbr' } })),
    RTMSG,
    {},
  );

  expect(attributes[RTA.METRICS]).toEqual([hex(attribute(16, ascii('bbr'), 0))]);
});

describe('the network of a request', () => {
  const head = (family: number, length: number) =>
    bytes(family, length, 0, 0, 254, 3, family === 2 ? 253 : 0, 1, u32(0));

  test.each<[string, RouteOptions, Uint8Array]>([
    ['of IPv4', { destination: '10.1.0.0/16' }, bytes(head(2, 16), attribute(RTA.DST, 10, 1, 0, 0))],
    ['that is a host', { destination: '10.1.0.1' }, bytes(head(2, 32), attribute(RTA.DST, 10, 1, 0, 1))],
    [
      'of IPv6',
      { destination: '2001:db8::/32' },
      bytes(head(10, 32), attribute(RTA.DST, 0x20, 1, 0xd, 0xb8, new Uint8Array(12))),
    ],
    ['by default', { destination: 'default' }, head(2, 0)],
    ['of length 0', { destination: '0.0.0.0/0' }, head(2, 0)],
    ['of length 0 in IPv6', { destination: '::/0' }, head(10, 0)],
    ['by default in IPv6', { destination: 'default', family: 'inet6' }, head(10, 0)],
  ])('%s', (_, options, expected) => {
    const payload = encoded((writer) => {
      add(options).encode(writer);
    });

    expect(payload).toEqual(expected);
  });

  test('of length 0 loses no name of an earlier request', () => {
    let names: unknown;

    encoded((writer) => {
      add({ destination: '10.0.0.0/8', device: 'eth0' }).encode(writer);
      add({ destination: '0.0.0.0/0', device: 'eth1' }).encode(writer);
      names = writer.linkNames.map(({ name }) => name);
    });

    expect(names).toEqual(['eth0', 'eth1']);
  });

  test.each<[RouteOptions, string]>([
    [{ destination: '10.1.1.1/24' }, "destination: has bits set behind its prefix: '10.1.1.1/24'"],
    [{ destination: '::1/64' }, "destination: has bits set behind its prefix: '::1/64'"],
    [{ destination: '::/0', family: 'inet' }, "destination: must be IPv4, not '::/0'"],
    [{ destination: '10.0.0.0/8', family: 'inet6' }, "destination: must be IPv6, not '10.0.0.0/8'"],
    [{ destination: '10.0.0.0/33' }, "destination: must have a prefix length from 0 to 32, not '10.0.0.0/33'"],
    [{ destination: '10.1/16' }, "destination: must be an IP address, not '10.1'"],
    [{ destination: '::/0', source: '10.0.0.0/8' }, "source: must be IPv6, not '10.0.0.0/8'"],
    [{ destination: '::/0', source: '::1/64' }, "source: has bits set behind its prefix: '::1/64'"],
  ])('%j is refused', (options, message) => {
    expect(thrownBy(() => bytesOf(add(options)))).toMatchObject({ name: 'RangeError', message });
  });
});

function writerOf(request: Request) {
  let linkNames: { offset: number; name: string }[] = [];
  encoded((writer) => {
    request.encode(writer);
    linkNames = writer.linkNames;
  });
  return { linkNames };
}
