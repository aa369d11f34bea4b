import { sourceOf } from '../../lib/codec';
import {
  deleteNexthop,
  getNexthop,
  listNexthops,
  newNexthop,
  newNumberedNexthop,
  type NexthopObjectFilter,
} from '../../lib/protocol/nexthop';
import { listNexthopBuckets } from '../../lib/protocol/nexthop-bucket';
import {
  decodeNexthop,
  nexthop as nexthopMessage,
  nexthopQuery,
  type NexthopObjectOptions,
} from '../../lib/protocol/nexthop-message';
import { HEADER_SIZE, type Request } from '../../lib/protocol/netlink';
import { attribute, bytes, encoded, thrownBy, u32 } from '../support/bytes';
import { bytesOf, captured, captures, littleEndianTest, messageOf } from '../support/golden';

const NHMSG = 8;
const ACK = 4;
const DUMP = 0x300;
const all = captures('nexthop-requests');

/** Our request says what the captured one of the command says; acknowledgements apart, which dumps have not. */
function expectSame(request: Request, theirs: Uint8Array): void {
  const shapes = { 12: { inside: {} }, 13: { inside: {} } };
  const { flags, ...ours } = messageOf(bytesOf(request), NHMSG, shapes);
  const { flags: theirFlags, ...other } = messageOf(theirs, NHMSG, shapes);
  expect(ours).toEqual(other);
  expect(flags | ACK).toBe(theirFlags | ACK);
}

describe('requests are those of iproute2', () => {
  /** ... and what is captured decodes to what was asked for. */
  function golden(command: string, nexthop: NexthopObjectOptions): void {
    const verb = command.includes(' replace ') ? 'replace' : 'add';
    littleEndianTest(command, () => {
      const theirs = captured(all, command);

      expectSame(newNexthop(nexthop, verb), theirs);
      expect(nexthopMessage.decode(sourceOf(theirs), HEADER_SIZE, theirs.length)).toMatchObject(nexthop);
    });
  }

  const device = 7;
  golden('ip nexthop add id 1 via 10.0.0.2 dev v0', { id: 1, gateway: '10.0.0.2', device });
  golden('ip nexthop add id 2 via 10.7.7.7 dev v0 onlink', { id: 2, gateway: '10.7.7.7', device, flags: ['onlink'] });
  golden('ip nexthop add id 3 dev v0', { id: 3, device });
  golden('ip -6 nexthop add id 4 dev v0', { id: 4, device, family: 'inet6' });
  golden('ip nexthop add id 5 blackhole', { id: 5, blackhole: true });
  golden('ip -6 nexthop add id 6 blackhole', { id: 6, blackhole: true, family: 'inet6' });
  golden('ip nexthop add id 7 via 2001:db8::2 dev v0', { id: 7, gateway: '2001:db8::2', device, family: 'inet6' });
  golden('ip nexthop add id 8 via 10.0.0.4 fdb', { id: 8, gateway: '10.0.0.4', fdb: true });
  golden('ip nexthop add id 9 via 2001:db8::4 fdb', { id: 9, gateway: '2001:db8::4', fdb: true });
  golden('ip nexthop add id 10 group 1,3/2', { id: 10, group: [{ id: 1, weight: 3 }, { id: 2 }] });
  golden('ip nexthop add id 11 group 8 fdb', { id: 11, group: [{ id: 8 }], fdb: true });
  golden('ip nexthop add id 12 group 1/2,256 type resilient buckets 32 idle_timer 60 unbalanced_timer 300', {
    id: 12,
    group: [{ id: 1 }, { id: 2, weight: 256 }],
    groupType: 'resilient',
    resilient: { buckets: 32, idleTimer: 60, unbalancedTimer: 300 },
  });
  golden('ip nexthop add id 13 group 1/2 type mpath', { id: 13, group: [{ id: 1 }, { id: 2 }], groupType: 'mpath' });
  golden('ip nexthop add id 14 group 1/2 type resilient buckets 8', {
    ...{ id: 14, group: [{ id: 1 }, { id: 2 }], resilient: { buckets: 8 } },
  });
  golden('ip nexthop add via 10.0.0.5 dev v0 protocol bgp', { gateway: '10.0.0.5', device, protocol: 'bgp' });
  golden('ip nexthop replace id 1 via 10.0.0.6 dev v0 protocol static', {
    ...{ id: 1, gateway: '10.0.0.6', device, protocol: 'static' },
  });
  golden('ip nexthop replace id 10 group 2', { id: 10, group: [{ id: 2 }] });

  golden('ip nexthop add id 15 encap ip id 42 dst 10.9.9.9 via 10.0.0.2 dev v0', {
    ...{ id: 15, gateway: '10.0.0.2', device, encap: { type: 'ip', id: 42, destination: '10.9.9.9' } },
  });

  littleEndianTest('ip nexthop del id 9', () => {
    expectSame(deleteNexthop({ id: 9 }), captured(all, 'ip nexthop del id 9'));
  });
});

describe('questions are those of iproute2', () => {
  const asks = (command: string, request: Request, asked: object) => {
    littleEndianTest(command, () => {
      const theirs = captured(all, command);

      expectSame(request, theirs);
      expect(nexthopQuery.decode(sourceOf(theirs), HEADER_SIZE, theirs.length)).toEqual(asked);
    });
  };
  const lists = (command: string, filter: NexthopObjectFilter, asked: object = filter) => {
    asks(command, listNexthops(filter), asked);
  };

  asks('ip nexthop get id 1', getNexthop(1), { id: 1 });
  lists('ip nexthop list', {});
  lists('ip nexthop list dev v0', { device: 7 });
  lists('ip nexthop list master br0', { master: 5 });
  lists('ip nexthop list groups', { groups: true });
  lists('ip nexthop list fdb', { fdb: true });
  lists('ip -6 nexthop list', { family: 6 }, { family: 'inet6' });

  littleEndianTest('of buckets', () => {
    expectSame(listNexthopBuckets(), captured(all, 'ip nexthop bucket list'));
    expectSame(listNexthopBuckets({ group: 12, nexthop: 1 }), captured(all, 'ip nexthop bucket list id 12 nhid 1'));
    expectSame(listNexthopBuckets({ device: 7 }), captured(all, 'ip nexthop bucket list dev v0'));
  });

  test('of counters', () => {
    const read = (request: Request) => {
      const sent = bytesOf(request);
      return nexthopQuery.decode(sourceOf(sent), HEADER_SIZE, sent.length);
    };

    expect(read(getNexthop(7, { statistics: true }))).toEqual({ id: 7, statistics: true });
    expect(read(listNexthops({ statistics: true, groups: true }))).toEqual({ groups: true, statistics: true });
    expect(read(getNexthop(7, { statistics: false }))).toEqual({ id: 7 });
    expect(listNexthops().flags).toBe(DUMP);
  });
});

test('a nexthop without an id asks to be told which it gets', () => {
  const ECHO = 8;

  expect(newNumberedNexthop({ blackhole: true }).flags).toBe(newNexthop({ blackhole: true }, 'add').flags | ECHO);
});

test('what is listed of a group is asked for as it is, and its type follows from what it has', () => {
  const group = [{ id: 1, weight: 1 }];
  const sent = (options: NexthopObjectOptions) => {
    const message = bytesOf(newNexthop(options, 'add'));
    return nexthopMessage.decode(sourceOf(message), HEADER_SIZE, message.length);
  };

  const resilient = { buckets: 8, idleTimer: 1.5, unbalancedTimer: 0 };
  expect(sent({ id: 1, group, resilient: { ...resilient, unbalancedTime: 3 } as typeof resilient })).toEqual({
    ...{ id: 1, group, groupType: 'resilient', resilient, protocol: 'unspecified', scope: 'global', flags: [] },
  });
  expect(sent({ id: 1, group, flags: ['offload', 'trap'] })).toMatchObject({ flags: [] });
  expect(sent({ device: 1, gateway: '10.0.0.1', flags: ['linkdown', 'onlink'] })).toMatchObject({ flags: ['onlink'] });
});

/** A group's message as kernels send it: `struct nhmsg`, then attributes. */
const grouped = (second: number, ...more: Uint8Array[]) =>
  bytes(
    new Uint8Array(NHMSG),
    attribute(1, u32(10)),
    attribute(3, [0, 0]),
    attribute(2, u32(7), [44, second, 0xee, 0xee]),
    ...more,
  );

test('the upper half of a weight counts where the kernel says so, as since 6.12', () => {
  const decode = (message: Uint8Array) => decodeNexthop(sourceOf(message), 0, message.length);
  const says = attribute(14, u32(0x80000000));

  expect(decode(grouped(1, says))).toMatchObject({ group: [{ id: 7, weight: 301 }] });
  expect(decode(grouped(0xee))).toMatchObject({ group: [{ id: 7, weight: 45 }] });
  expect(decode(grouped(1, says))).not.toHaveProperty('unknownAttributes');
});

test('counters of a group are numbers of four bytes or of eight', () => {
  const entry = (id: number, ...packets: Uint8Array[]) => attribute(0x8001, attribute(1, u32(id)), ...packets);
  const wide = new Uint8Array(8);
  new DataView(wide.buffer).setBigUint64(0, 2n ** 40n, bytes(u32(1))[0] === 1);
  const message = grouped(0, attribute(0x800f, entry(7, attribute(2, u32(5))), entry(8, attribute(2, wide))));

  expect(decodeNexthop(sourceOf(message), 0, message.length).statistics).toEqual([
    { id: 7, packets: 5 },
    { id: 8, packets: 2 ** 40 },
  ]);
});

describe('a bad argument is refused before it is sent', () => {
  const group = [{ id: 1 }];

  test.each<[name: string, nexthop: object, message: string]>([
    ['TypeError', {}, 'nexthop: must have a device or a group, or say blackhole: true'],
    ['TypeError', { gateway: '10.0.0.1' }, 'nexthop: must have a device or a group, or say blackhole: true'],
    ['TypeError', { fdb: true }, 'nexthop: must have a gateway or a group'],
    ['RangeError', { id: 0, blackhole: true }, 'id: must be a whole number from 1 to 4294967295, not 0'],
    ['TypeError', { id: '1', blackhole: true }, "id: must be a number, not '1'"],
    ['RangeError', { blackhole: true, gateway: '10.0.0.1' }, 'blackhole: cannot be combined with gateway'],
    ['RangeError', { blackhole: true, device: 'v0' }, 'blackhole: cannot be combined with device'],
    ['RangeError', { blackhole: true, fdb: true }, 'blackhole: cannot be combined with fdb'],
    ['RangeError', { fdb: true, gateway: '10.0.0.1', device: 1 }, 'fdb: cannot be combined with device'],
    ['RangeError', { group, device: 'v0' }, 'group: cannot be combined with device'],
    ['RangeError', { group, gateway: '10.0.0.1' }, 'group: cannot be combined with gateway'],
    ['RangeError', { group, blackhole: true }, 'group: cannot be combined with blackhole'],
    ['RangeError', { group, family: 'inet' }, 'group: cannot be combined with family'],
    ['RangeError', { group: [] }, 'group: must name at least one nexthop'],
    ['TypeError', { group: 1 }, 'group: must be an array, not 1'],
    ['TypeError', { group: [1] }, 'group[0]: must be an object, not 1'],
    ['TypeError', { group: [{ id: 1 }, {}] }, 'group[1].id: must be the id of a nexthop that exists'],
    ['RangeError', { group: [{ id: 0 }] }, 'group[0].id: must be a whole number from 1 to 4294967295, not 0'],
    ['RangeError', { group: [{ id: 1, weight: 0 }] }, 'group[0].weight: must be a whole number from 1 to 65535, not 0'],
    [
      'RangeError',
      { group: [{ id: 1, wieght: 2 }] },
      "group[0].wieght: is not a property known here: did you mean 'weight'?",
    ],
    ['TypeError', { device: 1, groupType: 'resilient' }, 'groupType: needs group'],
    ['TypeError', { device: 1, resilient: {} }, 'resilient: needs group'],
    ['TypeError', { device: 1, hardwareStatistics: true }, 'hardwareStatistics: needs group'],
    ['RangeError', { group, groupType: 'hash' }, "groupType: must be one of mpath, resilient, or a number, not 'hash'"],
    ['TypeError', { group, groupType: 'resilient' }, 'resilient.buckets: must be given for a new resilient group'],
    ['TypeError', { group, resilient: {} }, 'resilient.buckets: must be given for a new resilient group'],
    [
      'RangeError',
      { gateway: '10.0.0.1', fdb: true, flags: ['onlink'] },
      "flags: 'onlink' is not for forwarding tables",
    ],
    ['RangeError', { group, groupType: 'mpath', resilient: {} }, "resilient: is not for groups of type 'mpath'"],
    [
      'RangeError',
      { group, resilient: { buckets: 0 } },
      'resilient.buckets: must be a whole number from 1 to 65535, not 0',
    ],
    [
      'RangeError',
      { group, resilient: { buckets: 8, idleTimer: -1 } },
      'resilient.idleTimer: must be 0 seconds or more, not -1',
    ],
    ['RangeError', { device: 1, flags: ['onlink'] }, "flags: 'onlink' needs a gateway"],
    ['RangeError', { device: 1, flags: ['onlnk'] }, expect.stringContaining("not 'onlnk'") as never],
    ['RangeError', { device: 1, gateway: '10.0.0.256' }, "gateway: must be an IP address, not '10.0.0.256'"],
    ['RangeError', { device: 1, gateway: '::1', family: 4 }, "family: must be that of the gateway, 'inet6', not 4"],
    ['RangeError', { device: 1, family: 5 }, "family: must be 'inet' or 4, 'inet6' or 6, not 5"],
    [
      'TypeError',
      { device: 1, encap: { type: 'ip' } },
      'encap.destination: must be the address of the far end, not undefined',
    ],
    ['RangeError', { device: 1, gatway: '10.0.0.1' }, "gatway: is not a property known here: did you mean 'gateway'?"],
  ])('%s %j', (name, nexthop, message) => {
    expect(thrownBy(() => bytesOf(newNexthop(nexthop, 'add')))).toMatchObject({ name, message });
  });

  test('to replace and to delete take an id', () => {
    expect(thrownBy(() => bytesOf(newNexthop({ blackhole: true }, 'replace')))).toMatchObject({ property: 'id' });
    expect(thrownBy(() => bytesOf(deleteNexthop({} as { id: number })))).toMatchObject({ property: 'id' });
    expect(thrownBy(() => getNexthop(0))).toMatchObject({ property: 'id' });
    expect(thrownBy(() => getNexthop(1, { stats: true } as object))).toMatchObject({ property: 'stats' });
  });

  test.each<[filter: object, message: string]>([
    [
      { colour: 'red' },
      'colour: is not a filter of nexthops; the filters are master, groups, statistics, family, gateway, device, blackhole, fdb, groupType, protocol',
    ],
    [{ device: 0 }, 'device: must be the name of a link, or its index, which is 1 or more'],
    [{ protocol: 'bpg' }, expect.stringContaining("not 'bpg'") as never],
    [{ statistics: 1 }, 'statistics: must be true or false, not 1'],
    [{ groups: 1 }, 'groups: must be true or false, not 1'],
    [{ groupType: 'hash' }, "groupType: must be one of mpath, resilient, or a number, not 'hash'"],
  ])('of a filter: %j', (filter, message) => {
    expect(thrownBy(() => bytesOf(listNexthops(filter)))).toMatchObject({ message });
  });

  test.each<[filter: object, property: string]>([
    [{ group: 0 }, 'group'],
    [{ nexthop: '1' }, 'nexthop'],
    [{ id: 1 }, 'id'],
  ])('of a filter of buckets: %j', (filter, property) => {
    expect(thrownBy(() => bytesOf(listNexthopBuckets(filter)))).toMatchObject({ property });
  });
});

test.each<[object, string]>([
  [{ groupType: null }, 'groupType: must be one of mpath, resilient, or a number, not null'],
  [
    { resilient: { buckets: 8, unbalancedTimer: 42949672.95 } },
    'resilient.unbalancedTimer: is too many seconds: 42949672.95',
  ],
  [{ resilient: { buckets: 8, idleTimer: 4294967.3 } }, 'resilient.idleTimer: is too many seconds: 4294967.3'],
])('%j of a group is refused', (options, message) => {
  const request = newNexthop({ id: 1, group: [{ id: 2 }], ...options }, 'add');

  expect(thrownBy(() => encoded(request.encode))).toMatchObject({ message });
});
