import { decodeRoute } from '../../lib/protocol/route';
import { getRoute } from '../../lib/protocol/route-lookup';
import { newRoute, type RouteOptions } from '../../lib/protocol/route-request';
import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { sourceOf } from '../../lib/codec';
import { amidst, attribute, bytes, host, thrownBy, u16, u32 } from '../support/bytes';
import { bytesOf, captured, captures, littleEndianTest, messageOf } from '../support/golden';

// What surprised on the wire: bytes as kernels and others send them, or may send them.

const RTA = { OIF: 4, GATEWAY: 5, CACHEINFO: 12, TABLE: 15, VIA: 18, NEWDST: 19, EXPIRES: 23 } as const;
const RTM = { TTL_PROPAGATE: 26, FLOWLABEL: 31 } as const;

const header = (family: number) => bytes(family, 0, 0, 0, 254, 3, 0, 1, u32(0));
const read = (family: 2 | 10, ...content: Uint8Array[]) => {
  const { source, start, end } = amidst(bytes(header(family), ...content));
  return decodeRoute(source, start, end)!;
};

describe('a gateway of another family', () => {
  test('is behind the number of its family', () => {
    expect(read(2, attribute(RTA.VIA, u16(10), new Uint8Array(15), 2)).gateway).toBe('::2');
  });

  test.each([0, 1, 2])('of %d bytes is none, and takes nothing of what follows', (size) => {
    const route = read(2, attribute(RTA.VIA, new Uint8Array(size).fill(9)), attribute(RTA.OIF, u32(0x7777)));

    expect(route).toMatchObject({ gateway: '', device: 0x7777 });
  });
});

describe('what the cache says', () => {
  const cacheInfo = (references: number, lastUse: number, expires: number, error: number, used: number) =>
    bytes(u32(references), u32(lastUse), u32(expires), u32(error), u32(used), u32(0), u32(0), u32(0));

  test('is when a route expires, and of a lookup more', () => {
    expect(read(10, attribute(RTA.CACHEINFO, cacheInfo(0, 0, 250, 0, 0)))).toMatchObject({ expires: 2.5 });
    expect(read(10, attribute(RTA.CACHEINFO, cacheInfo(2, 150, 0, 0xffffff8f, 9))).cache).toEqual({
      ...{ references: 2, lastUse: 1.5, used: 9, error: -113 },
    });
  });

  test('is nothing of a route in a table', () => {
    const route = read(10, attribute(RTA.CACHEINFO, cacheInfo(0, 0, 0, 0, 0)));

    expect(Object.keys(route)).not.toContain('cache');
    expect(Object.keys(route)).not.toContain('expires');
    expect(Object.keys(route)).not.toContain('unknownAttributes');
  });

  test('is kept whole where a newer kernel says more', () => {
    const data = bytes(cacheInfo(0, 0, 250, 0, 0), u32(7));
    const route = read(10, attribute(RTA.CACHEINFO, data));

    expect(route).toMatchObject({ expires: 2.5, unknownAttributes: [{ type: RTA.CACHEINFO, data }] });
  });
});

describe('expiry', () => {
  test('is read as it is asked for', () => {
    const request = bytesOf(newRoute({ destination: '2001:db8::/32', device: 3, expires: 599.01 }, 'add'));

    expect(decodeRoute(sourceOf(request), HEADER_SIZE, request.length)).toMatchObject({ expires: 600 });
  });

  test('has eight bytes in multicast forwarding, where it is the time since the last use', () => {
    const data = host(0, 0, 0, 0, 0, 0, 1, 0);
    const route = read(2, attribute(RTA.EXPIRES, data));

    expect(Object.keys(route)).not.toContain('expires');
    expect(route.unknownAttributes).toEqual([{ type: RTA.EXPIRES, data }]);
  });
});

test('what only requests of others have is read', () => {
  expect(read(2, attribute(RTA.NEWDST, [10, 0, 0, 9]), attribute(RTM.TTL_PROPAGATE, 0))).toMatchObject({
    newDestination: '10.0.0.9',
    ttlPropagate: false,
  });
});

describe('a lookup with a flow label', () => {
  test('has it in network order', () => {
    const { attributes } = messageOf(bytesOf(getRoute('2001:db8::1', { flowLabel: 0xabcde })), 12, {});

    expect(attributes[RTM.FLOWLABEL]).toEqual(['000abcde']);
  });

  test.each<[string, number, string]>([
    ['2001:db8::1', 0x100000, 'flowLabel: must be a whole number from 0 to 1048575, not 1048576'],
    ['10.0.0.1', 1, 'flowLabel: is a property of IPv6 packets only'],
  ])('to %s with %d is refused', (destination, flowLabel, message) => {
    expect(thrownBy(() => bytesOf(getRoute(destination, { flowLabel })))).toMatchObject({
      name: 'RangeError',
      message,
    });
  });
});

describe('metrics that the kernel would cut are refused', () => {
  test.each<[RouteOptions['metrics'], string]>([
    [{ hopLimit: 300 }, 'metrics.hopLimit: must be a whole number from 1 to 255, not 300'],
    [{ hopLimit: 0 }, 'metrics.hopLimit: must be a whole number from 1 to 255, not 0'],
    [{ mtu: 65521 }, 'metrics.mtu: must be a whole number from 0 to 65520, not 65521'],
    [{ advertisedMss: 65496 }, 'metrics.advertisedMss: must be a whole number from 0 to 65495, not 65496'],
  ])('%j', (metrics, message) => {
    expect(thrownBy(() => bytesOf(newRoute({ destination: '10.0.0.0/8', metrics }, 'add')))).toMatchObject({
      name: 'RangeError',
      message,
    });
  });
});

describe('requests of iproute2 are read', () => {
  const all = captures('route-wire-requests');

  function reads(command: string, expected: object): void {
    littleEndianTest(command, () => {
      const message = captured(all, command);

      const route = decodeRoute(sourceOf(message), HEADER_SIZE, message.length);

      expect(route).toMatchObject(expected);
      expect(Object.keys(route!)).not.toContain('unknownAttributes');
    });
  }

  reads('ip -6 route add 2001:db8:5::/48 dev v0 expires 600', { destination: '2001:db8:5::/48', expires: 600 });
  reads('ip route add 10.7.0.0/16 as to 10.8.0.0 dev v0', { destination: '10.7.0.0/16', newDestination: '10.8.0.0' });
  reads('ip route add 10.7.0.0/16 ttl-propagate disabled dev v0', { ttlPropagate: false });
  reads('ip route add 10.7.0.0/16 via inet6 fe80::1 dev v0', { gateway: 'fe80::1' });
});
