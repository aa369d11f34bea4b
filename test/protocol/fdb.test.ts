import fc from 'fast-check';

import { sourceOf } from '../../lib/codec';
import {
  deleteFdbEntry,
  flushFdb,
  getFdbEntry,
  listFdb,
  newFdbEntry,
  type FdbFilter,
  type FdbFlush,
} from '../../lib/protocol/fdb';
import { decodeFdbEntry, type FdbEntry, type FdbOptions } from '../../lib/protocol/fdb-message';
import { HEADER_SIZE, type Request } from '../../lib/protocol/netlink';
import { amidst, attribute, bytes, encoded, thrownBy, u16, u32 } from '../support/bytes';
import { bytesOf, captured, captures, littleEndianTest, messageOf } from '../support/golden';

const NDMSG = 12;
const NDA = { LLADDR: 2, VLAN: 5, MASTER: 9, NDM_STATE_MASK: 16 } as const;
const SELF = 2;
const MASTER = 4;

const address = '02:00:00:00:00:01';
const octets = [2, 0, 0, 0, 0, 1];
const add = (options: FdbOptions) => newFdbEntry(options, 'add');
const encode = (request: Request) =>
  encoded((writer) => {
    request.encode(writer);
  });

describe('requests are those of iproute2', () => {
  const all = captures('fdb-requests');
  const tunnel = {
    device: 12,
    address: '00:00:00:00:00:00',
    destination: '10.0.0.2',
    port: 8472,
    vni: 7,
    via: 10,
  };

  /** Our request says what the captured one of the command says. */
  function golden(command: string, request: Request): void {
    littleEndianTest(command, () => {
      const theirs = messageOf(captured(all, command), NDMSG, {});

      const ours = messageOf(bytesOf(request), NDMSG, {});

      expect(ours).toEqual({ ...theirs, flags: theirs.flags | 4 });
    });
  }

  golden('bridge fdb add 02:00:00:00:00:01 dev eth0 master static', add({ device: 9, address }));
  golden(
    'bridge fdb add 02:00:00:00:00:02 dev eth0 master permanent',
    add({ device: 9, address: '02:00:00:00:00:02', state: 'permanent' }),
  );
  golden(
    'bridge fdb replace 02:00:00:00:00:02 dev eth0 master dynamic',
    newFdbEntry({ device: 9, address: '02:00:00:00:00:02', state: 'dynamic' }, 'replace'),
  );
  golden(
    'bridge fdb add 02:00:00:00:00:03 dev eth0 master static sticky vlan 10',
    add({ device: 9, address: '02:00:00:00:00:03', flags: ['sticky'], vlan: 10 }),
  );
  golden(
    'bridge fdb add 02:00:00:00:00:04 dev eth1 self',
    add({ device: 10, address: '02:00:00:00:00:04', flags: ['self'] }),
  );
  golden('bridge fdb get 02:00:00:00:00:01 br br0', getFdbEntry(address, { device: 9, master: 5 }));
  golden('bridge fdb get 02:00:00:00:00:01 dev eth0 master', getFdbEntry(address, { device: 9 }));
  golden(
    'bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.2 port 8472 vni 7 via eth1',
    newFdbEntry(tunnel, 'append'),
  );
  golden('bridge fdb del 00:00:00:00:00:00 dev vx0 dst 10.0.0.2 port 8472 vni 7 via eth1', deleteFdbEntry(tunnel));
  golden('bridge fdb del 02:00:00:00:00:01 dev eth0 master static', deleteFdbEntry({ device: 9, address }));
  golden(
    'bridge fdb del 02:00:00:00:00:04 dev eth1 self',
    deleteFdbEntry({ device: 10, address: '02:00:00:00:00:04', flags: ['self'] }),
  );
});

// The expectations are what `bridge -s fdb` said at that moment, in this library's words.
describe('replies are what iproute2 shows', () => {
  const all = captures('fdb-replies');
  const port = { device: 9, master: 5, flags: [] };

  golden('02:00:00:00:00:01', { ...port, address, state: 'static', used: 0.22, updated: 0.22 });
  golden('02:00:00:00:00:02', {
    ...port,
    address: '02:00:00:00:00:02',
    state: 'dynamic',
    used: 0.21,
    updated: 0.21,
  });
  golden('02:00:00:00:00:04', { address: '02:00:00:00:00:04', device: 10, state: 'permanent', flags: ['self'] });
  golden('00:00:00:00:00:00 of a tunnel', {
    address: '00:00:00:00:00:00',
    device: 12,
    destination: '10.0.0.2',
    port: 8472,
    vni: 7,
    via: 10,
    state: 'permanent',
    flags: ['self'],
    used: 0.2,
    updated: 0.2,
  });

  function golden(title: string, expected: FdbEntry): void {
    littleEndianTest(title, () => {
      const message = captured(all, title);

      const { unknownAttributes, ...entry } = decodeFdbEntry(sourceOf(message), HEADER_SIZE, message.length)!;

      expect(entry).toEqual(expected);
      expect(unknownAttributes).toBeUndefined();
    });
  }
});

describe('which table an entry is in', () => {
  test.each<[string, Omit<FdbOptions, 'address'>, number, number]>([
    ['of a port, its bridge’s', { device: 9 }, 9, MASTER],
    ['of a port of a bridge that is named, that', { device: 9, master: 5 }, 9, MASTER],
    ['of a bridge itself, its own', { device: 5, master: 5 }, 5, SELF],
    ['of a bridge alone, its own', { master: 5 }, 5, SELF],
    ['of a tunnel, its own', { device: 9, vni: 7 }, 9, SELF],
    ['what flags say', { device: 9, flags: ['self'] }, 9, SELF],
    ['what flags say', { device: 9, vni: 7, master: 5, flags: ['self'] }, 9, SELF],
    ['what flags say', { device: 9, flags: ['master'] }, 9, MASTER],
    ['both, if flags say so', { device: 9, flags: ['self', 'master'] }, 9, SELF | MASTER],
  ])('%s: %j', (_name, options, device, table) => {
    for (const request of [add({ address, ...options }), deleteFdbEntry({ address, ...options })]) {
      const message = encode(request);
      const state = (table & SELF) === 0 ? 0x42 : 0xc0;

      expect(message.subarray(0, NDMSG)).toEqual(bytes([7, 0, 0, 0], u32(device), u16(state), table, 0));
    }
  });
});

test.each<[object, string]>([
  [{ vni: 7, master: 5 }, "vni: is for a link's own table: leave out `master`, or say 'self' among the flags"],
  [
    { port: 99, flags: ['master'] },
    "port: is for a link's own table: leave out `master`, or say 'self' among the flags",
  ],
  [{ destination: '10.0.0.1', vlan: 7 }, 'vlan: cannot be combined with destination'],
  [{ destination: '10.0.0.1', nexthopId: 7 }, 'nexthopId: cannot be combined with destination'],
  [{ vni: 7, nexthopId: 7 }, 'nexthopId: cannot be combined with vni'],
  [{ port: 0 }, 'port: must be a whole number from 1 to 65535, not 0'],
  [{ state: 256 }, 'state: must be a whole number from 0 to 255, not 256'],
])('%j would be passed over, and is refused', (options, message) => {
  for (const verb of [add, deleteFdbEntry]) {
    expect(thrownBy(() => encode(verb({ device: 9, address, ...options })))).toMatchObject({ message });
  }
});

describe('what an entry is made of', () => {
  test('a stale entry is added as a dynamic one', () => {
    expect(encode(add({ device: 1, address, state: 'stale' })).subarray(8, 10)).toEqual(u16(2));
  });

  test('a dump asks for a port and a bridge', () => {
    const ask = (filter?: FdbFilter) => encode(listFdb(filter));

    expect(ask()).toEqual(bytes([7, 0, 0, 0], u32(0), u32(0)));
    expect(ask({ device: 9, master: 5, vlan: 10, state: 'static' })).toEqual(
      bytes([7, 0, 0, 0], u32(9), u32(0), attribute(NDA.MASTER, u32(5))),
    );
  });

  test.each(['vlan', 'destination'] as const)('a deletion without %s is none with an undefined one', (name) => {
    const entry = { device: 9, address: '02:00:00:00:00:01' };

    expect(() => deleteFdbEntry(entry)).not.toThrow();
    expect(thrownBy(() => deleteFdbEntry({ ...entry, [name]: undefined }))).toMatchObject({
      name: 'TypeError',
      property: name,
    });
  });

  test.each<[FdbFlush, Uint8Array]>([
    [{ master: 5 }, bytes(u32(5), u16(0), SELF, 0, attribute(NDA.NDM_STATE_MASK, u16(0x80)))],
    [{ master: 5, device: 9 }, bytes(u32(9), u16(0), MASTER, 0, attribute(NDA.NDM_STATE_MASK, u16(0x80)))],
    [
      { master: 5, state: 'static', vlan: 10 },
      bytes(u32(5), u16(0x40), SELF, 0, attribute(NDA.VLAN, u16(10)), attribute(NDA.NDM_STATE_MASK, u16(0xc0))),
    ],
    [{ master: 5, state: 'dynamic' }, bytes(u32(5), u16(0), SELF, 0, attribute(NDA.NDM_STATE_MASK, u16(0xc0)))],
    [{ master: 5, state: 'permanent' }, bytes(u32(5), u16(0x80), SELF, 0, attribute(NDA.NDM_STATE_MASK, u16(0x80)))],
  ])('a bulk deletion asks for %j', (filter, message) => {
    expect(encode(flushFdb(filter))).toEqual(bytes([7, 0, 0, 0], message));
    expect(flushFdb(filter).flags).toBe(0x200);
  });

  test.each<[string, unknown, string]>([
    [
      'TypeError',
      undefined,
      "entry: must be an object such as { device: 'eth0', address: '02:00:00:00:00:01' }, not undefined",
    ],
    ['TypeError', { address }, 'device: must be the name or index of a link, or master that of a bridge'],
    ['TypeError', { device: 1 }, 'address: must be an Ethernet address, not undefined'],
    [
      'RangeError',
      { device: 1, address: '02:00:00:00:00' },
      "address: must be an Ethernet address such as 02:00:00:00:00:01, not '02:00:00:00:00'",
    ],
    [
      'RangeError',
      { device: 1, address: '2.0' },
      "address: must be a link-layer address such as 02:00:00:00:00:01, not '2.0'",
    ],
    ['RangeError', { device: 1, address, vlan: 4095 }, 'vlan: must be a whole number from 1 to 4094, not 4095'],
    [
      'RangeError',
      { device: 1, address, vni: 2 ** 24 },
      'vni: must be a whole number from 0 to 16777215, not 16777216',
    ],
    [
      'RangeError',
      { device: 1, address, state: 'learned' },
      "state: must be one of permanent, static, stale, dynamic, or a number, not 'learned'",
    ],
    ['TypeError', { device: 1, address, master: true }, 'master: must be the name or index of a link, not true'],
    ['RangeError', { device: 1, address, color: 'red' }, 'color: is not a property known here'],
  ])('%s for %j', (name, options, message) => {
    const error = thrownBy(() => encode(add(options as FdbOptions)));

    expect(error).toMatchObject({ name, message, property: message.split(':')[0] });
  });

  test.each<[object, string]>([
    [{ color: 'red' }, 'color'],
    [{ vlan: 0 }, 'vlan'],
    [{ state: 'learned' }, 'state'],
  ])('RangeError for the filter %j', (filter, property) => {
    for (const request of [listFdb, flushFdb]) {
      const error = thrownBy(() => request({ master: 5, ...filter }));

      expect(error).toMatchObject({ name: 'RangeError', property });
    }
  });
});

describe('decoding', () => {
  const decode = (...content: Uint8Array[]) => {
    const { source, start, end } = amidst(bytes(...content));
    return decodeFdbEntry(source, start, end)!;
  };

  test.each([
    [0x02, 'dynamic'],
    [0x04, 'stale'],
    [0x40, 'static'],
    [0x42, 'static'],
    [0x80, 'permanent'],
    [0xc0, 'permanent'],
    [0x01, 1],
  ])('state %i is %s', (number, state) => {
    expect(decode(bytes([7, 0, 0, 0], u32(1), u16(number), [0, 0])).state).toBe(state);
  });

  test('a table that is asked for by bridge has no rows of its ports’ own tables, and only the VLAN and state asked for', () => {
    const row = (master: Uint8Array, vlan: number, state: number) => {
      const content = bytes([7, 0, 0, 0], u32(9), u16(state), [0, 0], attribute(NDA.LLADDR, octets), master);
      const { source, start, end } = amidst(bytes(content, attribute(NDA.VLAN, u16(vlan))));
      return listFdb({ master: 5, vlan: 10, state: 'static' }).decode(source, start, end);
    };
    const master = attribute(NDA.MASTER, u32(5));

    expect(row(master, 10, 0x40)).toMatchObject({ address, master: 5, vlan: 10 });
    expect(row(master, 11, 0x40)).toBeUndefined();
    expect(row(master, 10, 0x80)).toBeUndefined();
    expect(row(new Uint8Array(), 10, 0x40)).toBeUndefined();
  });

  test('random bytes are decoded without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (content) => {
        expect(typeof decode(Uint8Array.of(7), content).address).toBe('string');
      }),
    );
  });
});
