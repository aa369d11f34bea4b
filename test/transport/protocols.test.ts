import { hostOrder, type Source } from '../../lib/codec';
import { genericFamily, genlmsghdr } from '../../lib/protocol/generic/generic';
import { message as declared } from '../../lib/codec';
import { NETLINK } from '../../lib/protocol/netlink';
import { NetlinkTransport } from '../../lib/transport/netlink-transport';
import { RequestSockets } from '../../lib/transport/request-sockets';
import { ascii, attribute, u16, u32 } from '../support/bytes';
import { mockAddon } from '../support/mocked-native';
import type * as Support from '../support/mocked-native';
import { cappedError, done, message } from '../support/native-double';
import { playedSource, query, request, type PlayedSource } from '../support/transport';

jest.mock('../../lib/native', () => jest.requireActual<typeof Support>('../support/mocked-native').mockedNative);

const GETFAMILY = 16;
const FAMILY_ID = 1;
const FAMILY_NAME = 2;

let source: PlayedSource;
let transport: NetlinkTransport;

beforeEach(() => {
  mockAddon.forget();
  source = playedSource();
  let socket = 100;
  source.open.mockImplementation(() => ({ socket: socket++, opened: Promise.resolve() }));
  transport = new NetlinkTransport(new RequestSockets(source));
});

const generic = genericFamily('played', 1).request(declared(genlmsghdr, {}), {
  name: 'PLAYED',
  command: 7,
  values: {},
});
const answerOfControl = (sequence: number, id: number) =>
  message(
    GETFAMILY,
    0,
    sequence,
    [1, 2, 0, 0],
    attribute(FAMILY_ID, u16(id)),
    attribute(FAMILY_NAME, ascii('played\0')),
  );

test('each protocol has a socket of its own, opened when it is first needed', async () => {
  void transport.send(request());
  await mockAddon.sent(0);
  expect(source.open.mock.calls).toEqual([[NETLINK.ROUTE, true]]);

  void transport.send(request(0, { protocol: NETLINK.NETFILTER }));
  const sent = await mockAddon.sent(1);

  expect(source.open.mock.calls).toEqual([
    [NETLINK.ROUTE, true],
    [NETLINK.NETFILTER, true],
  ]);
  expect(sent.socket).toBe(101);
});

test('what is asked of several protocols in one tick is handed over in the order in which it was asked', async () => {
  void transport.send(request(1));
  void transport.send(request(2, { protocol: NETLINK.NETFILTER }));
  void transport.send(request(3, { protocol: NETLINK.NETFILTER }));
  void transport.send(request(4));
  await mockAddon.sent(2);

  const values = mockAddon.sends.map(({ messages }) => messages.map(({ payload }) => payload[0]));

  expect(values).toEqual([[1], [2, 3], [4]]);
});

test('a family is looked up in front of the first request that names it, and known from then on', async () => {
  void transport.send(generic);
  void transport.send(generic);
  const first = await mockAddon.sent(0);
  expect(first.messages.map(({ type }) => type)).toEqual([GETFAMILY, 0, 0]);
  // Two fixups of the type: record of 32 bytes, whose third word are flags.
  const { fixups } = first;
  const view = new DataView(fixups!.buffer, fixups!.byteOffset, fixups!.byteLength);
  expect([view.getUint32(8, hostOrder), view.getUint32(40, hostOrder)]).toEqual([2, 2]);

  mockAddon.settle(first, { data: answerOfControl(first.messages[0]!.sequence, 42) });
  await new Promise(setImmediate);
  void transport.send(generic);
  const second = await mockAddon.sent(1);

  expect(second.messages.map(({ type }) => type)).toEqual([42]);
  expect(second.fixups).toBeUndefined();
});

test('a family that the kernel no longer knows by its number is looked up again', async () => {
  const asked = transport.send(generic);
  const first = await mockAddon.sent(0);
  mockAddon.settle(first, { data: answerOfControl(first.messages[0]!.sequence, 42) });
  await asked;
  const refused = transport.send(generic);
  const second = await mockAddon.sent(1);
  mockAddon.settle(second, { data: cappedError(second.messages[0]!.sequence, 2) });
  await expect(refused).rejects.toMatchObject({ code: 'ENOENT', request: 'PLAYED' });

  void transport.send(generic);

  expect((await mockAddon.sent(2)).messages.map(({ type }) => type)).toEqual([GETFAMILY, 0]);
});

describe('an answer of several messages', () => {
  interface Part {
    key: number;
    parts: number[];
  }
  const parts = {
    ...query(),
    decode: ({ view }: Source, start: number): Part => ({
      key: view.getUint32(start, hostOrder),
      parts: [view.getUint32(start + 4, hostOrder)],
    }),
    merge: (before: Part, next: Part) =>
      before.key === next.key ? { key: next.key, parts: [...before.parts, ...next.parts] } : undefined,
  };
  const rows = [
    { key: 1, parts: [10, 11, 12] },
    { key: 2, parts: [20] },
    { key: 1, parts: [13] },
  ];
  const messages = (sequence: number) =>
    rows.flatMap(({ key, parts: each }) => each.map((part) => message(20, 2, sequence, u32(key), u32(part))));

  test('is one row of a query', async () => {
    const asked = transport.query(parts);
    const sent = await mockAddon.sent(0);

    mockAddon.settle(sent, { data: Buffer.concat(messages(sent.messages[0]!.sequence)) });

    expect(await asked).toEqual(rows);
  });

  test('is one row of a list, wherever the chunks are cut', async () => {
    const all = messages(1);
    for (let cut = 0; cut <= all.length; cut++) {
      mockAddon.forget();
      transport = new NetlinkTransport(new RequestSockets(source));
      const asked = transport.list(parts);
      const dump = await mockAddon.dumped(0);
      const sequence = dump.messages[0]!.sequence;
      const given = messages(sequence);
      mockAddon.chunk(dump, ...given.slice(0, cut));
      await new Promise(setImmediate);
      mockAddon.chunk(dump, ...given.slice(cut), done(sequence, 0));
      mockAddon.settle(dump);

      expect(await asked).toEqual(rows);
    }
  });
});
