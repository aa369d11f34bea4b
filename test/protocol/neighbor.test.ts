import fc from 'fast-check';

import { sourceOf } from '../../lib/codec';
import {
  decodeNeighbor,
  deleteNeighbor,
  getNeighbor,
  listNeighbors,
  newNeighbor,
  type Neighbor,
  type NeighborFilter,
  type NeighborOptions,
} from '../../lib/protocol/neighbor';
import { HEADER_SIZE, type Request } from '../../lib/protocol/netlink';
import { amidst, attribute, bytes, encoded, thrownBy, u16, u32 } from '../support/bytes';
import { bytesOf, captured, captures, littleEndianTest, messageOf } from '../support/golden';

const NDMSG = 12;
const NDA = { DST: 1, LLADDR: 2, CACHEINFO: 3, IFINDEX: 8, MASTER: 9, FLAGS_EXT: 15 } as const;

const add = (options: NeighborOptions) => newNeighbor(options, 'add');
const linkLayerAddress = '02:00:00:00:00:01';
const encode = (request: Request) =>
  encoded((writer) => {
    request.encode(writer);
  });

describe('requests are those of iproute2', () => {
  const all = captures('neighbor-requests');

  /** Our request says what the captured one of the command says. */
  function golden(command: string, request: Request): void {
    littleEndianTest(command, () => {
      const theirs = messageOf(captured(all, command), NDMSG, {});

      const ours = messageOf(bytesOf(request), NDMSG, {});

      expect(withoutState(ours)).toEqual(withoutState({ ...theirs, flags: theirs.flags | 4 }));
    });
  }

  golden(
    'ip neigh add 10.1.1.1 lladdr 02:00:00:00:00:01 dev eth1',
    add({ device: 10, destination: '10.1.1.1', linkLayerAddress }),
  );
  golden(
    'ip neigh replace 10.1.1.1 lladdr 02:00:00:00:00:02 nud reachable dev eth1',
    newNeighbor(
      { device: 10, destination: '10.1.1.1', linkLayerAddress: '02:00:00:00:00:02', state: 'reachable' },
      'replace',
    ),
  );
  golden(
    'ip neigh add 2001:db8::1 lladdr 02:00:00:00:00:01 router extern_learn protocol static nud stale dev eth1',
    add({
      device: 10,
      destination: '2001:db8::1',
      linkLayerAddress,
      state: 'stale',
      flags: ['router', 'extern_learn'],
      protocol: 'static',
    }),
  );
  golden('ip neigh add 10.1.1.2 managed dev eth1', add({ device: 10, destination: '10.1.1.2', flags: ['managed'] }));
  golden('ip neigh add 10.1.1.3 use dev eth1', add({ device: 10, destination: '10.1.1.3', flags: ['use'] }));
  golden('ip neigh add proxy 10.1.1.9 dev eth1', add({ device: 10, destination: '10.1.1.9', flags: ['proxy'] }));
  golden('ip neigh get 10.1.1.1 dev eth1', getNeighbor({ device: 10, destination: '10.1.1.1' }));
  golden(
    'ip neigh del proxy 10.1.1.9 dev eth1',
    deleteNeighbor({ device: 10, destination: '10.1.1.9', flags: ['proxy', 'router'] }),
  );
  golden('ip neigh del 10.1.1.1 dev eth1', deleteNeighbor({ device: 10, destination: '10.1.1.1' }));

  /** iproute2 says 'permanent' also where the kernel asks for no state: of proxies, of what is to be found, or deleted. */
  function withoutState(message: ReturnType<typeof messageOf>): ReturnType<typeof messageOf> {
    const { header, type } = message;
    const RTM_NEWNEIGH = 28;
    const USE_OR_PROXY = 0x09;
    const hasState = type === RTM_NEWNEIGH && (Number.parseInt(header.slice(20, 22), 16) & USE_OR_PROXY) === 0;
    return hasState ? message : { ...message, header: `${header.slice(0, 16)}0000${header.slice(20)}` };
  }
});

// The expectations are what `ip -s neigh` said at that moment, in this library's words.
describe('replies are what iproute2 shows', () => {
  const all = captures('neighbor-replies');
  const times = { confirmed: expect.any(Number) as number, used: expect.any(Number) as number };

  golden('10.1.1.1', {
    destination: '10.1.1.1',
    family: 'inet',
    linkLayerAddress,
    device: 10,
    state: 'permanent',
    flags: [],
    type: 'unicast',
    probes: 0,
    references: 0,
    updated: 0.29,
    ...times,
  });
  golden('10.1.1.2', {
    destination: '10.1.1.2',
    family: 'inet',
    device: 10,
    state: 'incomplete',
    flags: ['managed'],
    type: 'unicast',
    probes: 4,
    references: 1,
    updated: 0.15,
    ...times,
  });
  golden('2001:db8::1', {
    destination: '2001:db8::1',
    family: 'inet6',
    linkLayerAddress,
    device: 10,
    state: 'stale',
    flags: ['extern_learn', 'router'],
    protocol: 'static',
    type: 'unicast',
    probes: 0,
    references: 0,
    updated: 0.15,
    ...times,
    confirmed: 60.15,
  });
  golden('10.1.1.9', {
    destination: '10.1.1.9',
    family: 'inet',
    device: 10,
    state: 'none',
    flags: ['proxy'],
    type: 'unicast',
  });

  function golden(title: string, expected: Neighbor): void {
    littleEndianTest(title, () => {
      const message = captured(all, title);

      const neighbor = decodeNeighbor(sourceOf(message), HEADER_SIZE, message.length);

      expect(neighbor).toEqual(expected);
    });
  }
});

describe('what a neighbor is made of', () => {
  test.each<[string, Partial<NeighborOptions>, number]>([
    ['permanent with a link-layer address', { linkLayerAddress }, 0x80],
    ['nothing without one', {}, 0],
    ['nothing where the kernel shall find out', { linkLayerAddress, flags: ['managed'] }, 0],
    ['what is said', { linkLayerAddress, state: 'noarp' }, 0x40],
    ['a number, if it is said so', { state: 0x20 }, 0x20],
  ])('the state is %s', (_name, options, state) => {
    const message = encode(add({ device: 1, destination: '10.0.0.1', ...options }));

    expect(message.subarray(8, 10)).toEqual(u16(state));
  });

  test('flags are in the header, and behind its eight bits in an attribute', () => {
    const message = encode(add({ device: 1, destination: '10.0.0.1', flags: ['use', 'managed'] }));

    expect(message).toEqual(
      bytes([2, 0, 0, 0], u32(1), u16(0), 1, 0, attribute(NDA.DST, [10, 0, 0, 1]), attribute(NDA.FLAGS_EXT, u32(1))),
    );
  });

  test('flags behind those that fit one number of 32 bits are kept as they are', () => {
    const read = (...flags: Uint8Array[]) => {
      const row = bytes([2, 0, 0, 0], u32(1), u16(0), 1, 0, attribute(NDA.FLAGS_EXT, ...flags));
      const { source, start, end } = amidst(row);
      return decodeNeighbor(source, start, end);
    };
    const kept = (...flags: Uint8Array[]) => [{ type: NDA.FLAGS_EXT, data: bytes(...flags) }];

    expect(read(u32(1))).toMatchObject({ flags: ['use', 'managed'] });
    expect(read(u32(1))).not.toHaveProperty('unknownAttributes');
    expect(read(u32(0x800001))).toMatchObject({ flags: ['use', 'managed', 0x80000000] });
    expect(read(u32(0x1000001))).toMatchObject({
      flags: ['use', 'managed'],
      unknownAttributes: kept(u32(0x1000001)),
    });
    expect(read(u32(1), u32(0))).toMatchObject({ unknownAttributes: kept(u32(1), u32(0)) });
  });

  test('a dump asks for a family, a device, a master and proxies', () => {
    const ask = (filter?: NeighborFilter) => encode(listNeighbors(filter));
    const nothing = bytes(u32(0), u16(0));

    expect(ask()).toEqual(bytes([0, 0, 0, 0], nothing, [0, 0]));
    expect(ask({ family: 'inet6', proxy: true })).toEqual(bytes([10, 0, 0, 0], nothing, [8, 0]));
    expect(ask({ device: 7, master: 8 })).toEqual(
      bytes([0, 0, 0, 0], nothing, [0, 0], attribute(NDA.IFINDEX, u32(7)), attribute(NDA.MASTER, u32(8))),
    );
  });

  test.each<[string, unknown, string]>([
    [
      'TypeError',
      undefined,
      "neighbor: must be an object such as { device: 'eth0', destination: '10.1.1.2' }, not undefined",
    ],
    ['TypeError', { destination: '10.0.0.1' }, 'device: must be the name or index of a link, not undefined'],
    ['TypeError', { device: 1 }, 'destination: must be an IP address, not undefined'],
    [
      'RangeError',
      { device: 1, destination: '10.0.0.1/24' },
      "destination: must be an IP address without a prefix length, not '10.0.0.1/24'",
    ],
    ['RangeError', { device: -1, destination: '::1' }, 'device: must be a whole number from 1 to 2147483647, not -1'],
    [
      'RangeError',
      { device: 1, destination: '::1', linkLayerAddress: '02:00:00:00:00:0g' },
      "linkLayerAddress: must be a link-layer address such as 02:00:00:00:00:01, not '02:00:00:00:00:0g'",
    ],
    [
      'RangeError',
      { device: 1, destination: '::1', state: 'dead' },
      'state: must be one of none, incomplete, reachable, stale, delay, probe, failed, noarp, permanent, ' +
        "or a number, not 'dead'",
    ],
    [
      'RangeError',
      { device: 1, destination: '::1', state: 256 },
      'state: must be a whole number from 0 to 255, not 256',
    ],
    ['TypeError', { device: 1, destination: '::1', flags: 'use' }, "flags: must be an array of words, not 'use'"],
    [
      'RangeError',
      { device: 1, destination: '::1', address: '::1' },
      "address: is not a property known here: did you mean 'destination'?",
    ],
  ])('%s for %j', (name, options, message) => {
    const error = thrownBy(() => encode(add(options as NeighborOptions)));

    expect(error).toMatchObject({ name, message, property: message.split(':')[0] });
  });

  test.each<[string, object, string]>([
    ['RangeError', { color: 'red' }, 'color'],
    ['RangeError', { state: 'dead' }, 'state'],
    ['RangeError', { family: 'ipx' }, 'family'],
    ['TypeError', { proxy: 1 }, 'proxy'],
  ])('%s for the filter %j', (name, filter, property) => {
    const error = thrownBy(() => encode(listNeighbors(filter)));

    expect(error).toMatchObject({ name, property });
  });

  test('the kernel points at a property', () => {
    const request = add({ device: 1, destination: '10.0.0.1', linkLayerAddress });
    const { source, start, end } = amidst(encode(request));

    const at = (offset: number) => request.locate?.(source, start, end, start + offset);

    expect([at(4), at(8), at(12), at(20)]).toEqual(['device', 'state', 'destination', 'linkLayerAddress']);
  });
});

describe('decoding', () => {
  const header = bytes([2, 0, 0, 0], u32(7), u16(0x80), [0x10, 1]);
  const decode = (...content: Uint8Array[]) => {
    const { source, start, end } = amidst(bytes(...content));
    return decodeNeighbor(source, start, end)!;
  };

  test('what is listed can be added again, and deleted', () => {
    const listed = decode(
      header,
      attribute(NDA.DST, [10, 0, 0, 1]),
      attribute(NDA.LLADDR, [2, 0, 0, 0, 0, 1]),
      attribute(NDA.CACHEINFO, u32(100), u32(200), u32(300), u32(1)),
      attribute(99, [1, 2, 3]),
    );

    expect(listed).toMatchObject({ confirmed: 1, used: 2, updated: 3, references: 1, flags: ['extern_learn'] });
    expect(listed.unknownAttributes).toEqual([{ type: 99, data: Uint8Array.of(1, 2, 3) }]);
    expect(encode(add(listed)).subarray(4, 20)).toEqual(
      bytes(u32(7), u16(0x80), [0x10, 0], attribute(NDA.DST, [10, 0, 0, 1])),
    );
    expect(() => encode(deleteNeighbor(listed))).not.toThrow();
  });

  test('random bytes are decoded without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (content) => {
        expect(typeof decode(Uint8Array.of(2), content).destination).toBe('string');
      }),
    );
  });
});
