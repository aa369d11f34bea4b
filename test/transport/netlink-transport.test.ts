import { hostOrder, sourceOf } from '../../lib/codec';
import { NamespaceError } from '../../lib/errors';
import { changeLink, listLinks, newLink } from '../../lib/protocol/link';
import { NetlinkTransport } from '../../lib/transport/netlink-transport';
import { RequestSockets } from '../../lib/transport/request-sockets';
import { bytes, u32, thrownBy } from '../support/bytes';
import { mockAddon } from '../support/mocked-native';
import type * as Support from '../support/mocked-native';
import { cappedError, fullError, message, type Sent } from '../support/native-double';
import {
  SOCKET,
  endings,
  notOpened,
  place,
  query,
  request,
  sequencesOf,
  words,
  playedSource,
  type PlayedSource,
} from '../support/transport';

jest.mock('../../lib/native', () => jest.requireActual<typeof Support>('../support/mocked-native').mockedNative);

const REQUEST_AND_ACK = 0x5;

let source: PlayedSource;
let transport: NetlinkTransport;

beforeEach(() => {
  mockAddon.forget();
  source = playedSource();
  transport = new NetlinkTransport(new RequestSockets(source));
});

describe('requests', () => {
  test('of one turn are sent together, in order', async () => {
    const calls = [
      transport.send(request(1)),
      transport.send(request(2, { flags: 0x600 })),
      transport.send(request(3)),
    ];

    const sent = await mockAddon.sent(0);
    mockAddon.settle(sent);

    expect(await endings(calls)).toEqual(['done', 'done', 'done']);
    expect(sent.socket).toBe(SOCKET);
    expect(sent.messages).toEqual([
      { type: 16, flags: REQUEST_AND_ACK, sequence: 1, payload: u32(1) },
      { type: 16, flags: REQUEST_AND_ACK | 0x600, sequence: 2, payload: u32(2) },
      { type: 16, flags: REQUEST_AND_ACK, sequence: 3, payload: u32(3) },
    ]);
    expect(mockAddon.sends).toHaveLength(1);
    expect(source.open).toHaveBeenCalledTimes(1);
  });

  test('of another turn are sent by themselves, with the numbers that follow', async () => {
    void transport.send(request());
    const first = await mockAddon.sent(0);
    void transport.send(request());
    void transport.send(request());

    const second = await mockAddon.sent(1);

    expect(sequencesOf(first, second)).toEqual([1, 2, 3]);
    expect(source.open).toHaveBeenCalledTimes(1);
  });

  test('begin with number 1 again before the numbers end, never with 0', async () => {
    const sockets = new RequestSockets(source);
    transport = new NetlinkTransport(sockets);
    sockets.of().takeSequences(0x7fff0000 - 1);
    void transport.send(request());
    void transport.send(request());
    const last = await mockAddon.sent(0);
    void transport.send(request());

    const next = await mockAddon.sent(1);

    expect(sequencesOf(last, next)).toEqual([0x7fff0000, 0x7fff0001, 1]);
  });

  test('are padded, and their length does not count that', async () => {
    const odd = request(0, {
      encode: (writer) => {
        writer.append(bytes(1, 2, 3));
      },
    });
    void transport.send(odd);
    void transport.send(request(9));

    const { bytes: content, messages } = await mockAddon.sent(0);

    expect(sourceOf(content).view.getUint32(0, hostOrder)).toBe(19);
    expect(messages.map(({ payload }) => payload)).toEqual([bytes(1, 2, 3), u32(9)]);
  });

  test('that fail reject alone', async () => {
    const calls = [transport.send(request()), transport.send(request()), transport.send(request())];
    const sent = await mockAddon.sent(0);

    mockAddon.settle(sent, { data: cappedError(2, 17) });

    expect(await endings(calls)).toEqual(['done', 'EEXIST', 'done']);
  });

  test('that the socket could not send reject with the system call', async () => {
    const call = transport.send(request());

    mockAddon.settle(await mockAddon.sent(0), { errno: 105, call: 'sendmsg' });

    await expect(call).rejects.toMatchObject({ code: 'ENOBUFS', syscall: 'sendmsg', request: 'RTM_TEST' });
  });

  test('that the kernel answered have its answer, whatever happened to the socket after', async () => {
    const calls = [transport.send(request()), transport.send(request())];
    const sent = await mockAddon.sent(0);

    mockAddon.settle(sent, { errno: 105, call: 'recvmsg', data: cappedError(1, 17) });

    expect(await endings(calls)).toEqual(['EEXIST', 'ENOBUFS']);
  });

  test('are cut when acknowledgements might overrun the receive buffer', async () => {
    const calls = Array.from({ length: 600 }, (_, index) => transport.send(request(index)));

    const [first, second, third] = [await mockAddon.sent(0), await mockAddon.sent(1), await mockAddon.sent(2)];
    for (const sent of mockAddon.sends) mockAddon.settle(sent);

    await Promise.all(calls);
    expect(mockAddon.sends).toHaveLength(3);
    expect(first.messages.length).toBeLessThanOrEqual((208 * 1024) / 768);
    expect(sequencesOf(first, second, third)).toEqual(calls.map((_, index) => index + 1));
  });

  test('are cut when they are long', async () => {
    const long = request(0, { encode: (writer) => void writer.reserve(100_000) });
    void transport.send(long);
    void transport.send(long);
    void transport.send(request());

    const first = await mockAddon.sent(0);
    const second = await mockAddon.sent(1);

    expect([first.messages.length, second.messages.length]).toEqual([2, 1]);
  });

  test('with answers weigh more', async () => {
    for (let index = 0; index < 30; index++) void transport.query(query());

    const { messages } = await mockAddon.sent(0);

    expect(messages.length).toBeLessThan(30);
  });
});

describe('what the kernel says', () => {
  const bridge = () => newLink({ kind: 'bridge', name: 'br0', ageingTime: 30 });
  const AGEING_TIME = 16 + 16 + 8 + 4 + 12 + 4;

  test.each<[string, (sent: Sent) => Uint8Array]>([
    ['capped', () => cappedError(2, 34, words('out of range'), place(AGEING_TIME))],
    ['with the whole request', (sent) => fullError(sent.messages[1]!, 34, words('out of range'), place(AGEING_TIME))],
  ])('is told together with the property: %s', async (_name, answer) => {
    const calls = [transport.send(request()), transport.send(bridge())];
    const sent = await mockAddon.sent(0);

    mockAddon.settle(sent, { data: answer(sent) });

    await calls[0];
    await expect(calls[1]).rejects.toMatchObject({
      name: 'NetlinkError',
      message: "RTM_NEWLINK: ERANGE, out of range, at ageingTime (link 'br0', namespace 'blue')",
      code: 'ERANGE',
      kernelMessage: 'out of range',
      property: 'ageingTime',
      subject: "link 'br0'",
      namespace: { name: 'blue', inode: undefined },
    });
  });

  test('of a link that has no such name is that', async () => {
    const call = transport.send(changeLink(7, { master: 'br9' }));
    const sent = await mockAddon.sent(0);

    mockAddon.settle(sent, { data: cappedError(1, 19, place(16 + 16 + 4)) });

    await expect(call).rejects.toMatchObject({
      code: 'ENODEV',
      kernelMessage: "there is no link 'br9'",
      property: 'master',
    });
  });

  test('on success is a warning of the process', async () => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const call = transport.send(request());

    mockAddon.settle(await mockAddon.sent(0), { data: cappedError(1, 0, words('deprecated')) });

    await call;
    expect(warning).toHaveBeenCalledWith('RTM_TEST: deprecated', 'NetlinkWarning');
    warning.mockRestore();
  });
});

describe('queries', () => {
  test('resolve with their own replies', async () => {
    const calls = [transport.query(query()), transport.send(request()), transport.query(query())];
    const sent = await mockAddon.sent(0);

    const data = bytes(message(16, 0, 3, u32(33)), message(16, 0, 1, u32(11)), message(16, 0, 3, u32(34)));
    mockAddon.settle(sent, { data });

    expect(await Promise.all(calls)).toEqual([[11], undefined, [33, 34]]);
  });

  test('leave out what decodes to nothing, messages of others, and control messages', async () => {
    const call = transport.query(query({ decode: (from, start) => from.view.getUint8(start) || undefined }));
    const sent = await mockAddon.sent(0);

    const data = bytes(
      message(16, 0, 1, u32(0)),
      message(16, 0, 99, [5]),
      message(1, 0, 1, [5]),
      message(16, 0, 1, [7]),
    );
    mockAddon.settle(sent, { data });

    expect(await call).toEqual([7]);
  });

  test('that fail reject, whatever came before', async () => {
    const call = transport.query(query());

    mockAddon.settle(await mockAddon.sent(0), { data: bytes(message(16, 0, 1, u32(1)), cappedError(1, 19)) });

    await expect(call).rejects.toMatchObject({ code: 'ENODEV' });
  });
});

describe('a request that cannot be encoded', () => {
  test('is refused at once and leaves no trace in the batch', async () => {
    const before = transport.send(request(1));
    const refused = () => transport.send(changeLink('eth0', { alias: 'x', mtu: -1 }));
    expect(thrownBy(refused)).toMatchObject({ name: 'RangeError', property: 'mtu' });
    const after = transport.send(request(2));

    const sent = await mockAddon.sent(0);
    mockAddon.settle(sent);
    await Promise.all([before, after]);

    expect(sent.messages.map(({ payload }) => payload)).toEqual([u32(1), u32(2)]);
    expect(sequencesOf(sent)).toEqual([1, 2]);
    expect(sent.fixups).toBeUndefined();
  });

  test('alone sends nothing, and opens nothing', async () => {
    expect(() => transport.send(changeLink(7, { mtu: -1 }))).toThrow(RangeError);
    await new Promise(setImmediate);

    expect(source.open).not.toHaveBeenCalled();
    expect(mockAddon.sends).toEqual([]);
  });

  test('of a dump sends nothing', async () => {
    await expect(transport.list(listLinks({ master: 'a/b' }))).rejects.toMatchObject({ property: 'master' });

    expect(mockAddon.dumps).toEqual([]);
  });

  test('of a stream rejects too, and keeps no socket', async () => {
    const { calls } = source.open.mock;
    const first = transport.stream(listLinks({ master: 'a/b' })).next();

    const ending = await Promise.race([first.catch((error: unknown) => error), soon('it never ends')]);

    expect(ending).toMatchObject({ name: 'RangeError', property: 'master' });
    expect(mockAddon.closed).toHaveLength(calls.length);
  });
});

describe('the socket', () => {
  test('that cannot be opened rejects all, and the next call tries again', async () => {
    const error = new NamespaceError({ errno: 24, syscall: 'socket', where: source.where });
    source.open.mockReturnValueOnce(notOpened(error));

    const calls = [transport.send(request()), transport.query(query()), transport.list(query())];
    await expect(Promise.allSettled(calls)).resolves.toEqual(calls.map(() => ({ status: 'rejected', reason: error })));
    mockAddon.forget();
    const again = transport.send(request());
    mockAddon.settle(await mockAddon.sent(0));

    await again;
    expect(source.open).toHaveBeenCalledTimes(2);
  });

  test('that was given is used', async () => {
    void new NetlinkTransport(new RequestSockets(source, 5)).send(request());

    expect((await mockAddon.sent(0)).socket).toBe(5);
    expect(source.open).not.toHaveBeenCalled();
  });

  test('is closed behind the requests that were made', async () => {
    void transport.send(request());
    transport.close();

    await mockAddon.sent(0);
    await new Promise(setImmediate);

    expect(mockAddon.closed).toEqual([SOCKET]);
  });

  test('that was never opened needs no closing', async () => {
    transport.close();
    await new Promise(setImmediate);

    expect(source.open).not.toHaveBeenCalled();
    expect(mockAddon.closed).toEqual([]);
  });
});

test('a reply that cannot be decoded rejects its query, and that alone', async () => {
  const failing = query({
    decode: () => {
      throw new Error('broken');
    },
  });
  const calls = [transport.query(failing), transport.send(request())];
  const sent = await mockAddon.sent(0);

  mockAddon.settle(sent, { data: message(16, 0, 1, u32(1)) });

  const ending = await Promise.race([Promise.allSettled(calls), soon('it never ends')]);
  expect(ending).toMatchObject([{ status: 'rejected', reason: { message: 'broken' } }, { status: 'fulfilled' }]);
});

/** Resolves once everything that could happen without waiting has happened. */
async function soon<T>(value: T): Promise<T> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  return value;
}
