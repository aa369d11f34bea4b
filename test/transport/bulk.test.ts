import { hostOrder, linkIndexType, sourceOf, type NamespaceReference, type Writer } from '../../lib/codec';
import { ERRNO } from '../../lib/errno';
import { wrongValue } from '../../lib/errors';
import { changeLink, listLinks } from '../../lib/protocol/link';
import type { Request } from '../../lib/protocol/netlink';
import { NetlinkTransport } from '../../lib/transport/netlink-transport';
import { RequestSockets } from '../../lib/transport/request-sockets';
import { ascii, attribute, bytes, u32 } from '../support/bytes';
import { mockAddon } from '../support/mocked-native';
import type * as Support from '../support/mocked-native';
import { cappedError, type Sent } from '../support/native-double';
import { playedSource, type PlayedSource } from '../support/transport';

jest.mock('../../lib/native', () => jest.requireActual<typeof Support>('../support/mocked-native').mockedNative);

const REQUEST = 0x1;
const ACK = 0x4;
const IN_A_CHUNK = 256;
const WINDOW = 8;

let source: PlayedSource;
let transport: NetlinkTransport;

beforeEach(() => {
  mockAddon.forget();
  source = playedSource();
  transport = new NetlinkTransport(new RequestSockets(source));
});

/** A request whose payload is one u32. */
function request(value = 0, more: Partial<Request> = {}): Request {
  const encode = (writer: Writer) => {
    writer.uint32(value);
  };
  return { name: 'RTM_TEST', type: 16, flags: 0x600, subject: `number ${value}`, encode, ...more };
}

/** One that cannot be encoded. */
const wrong = () =>
  request(0, {
    encode: (writer) => {
      writer.uint32(1);
      throw wrongValue('must be right', 'gateway');
    },
  });

const valuesOf = (...sends: Sent[]) =>
  sends.flatMap(({ messages }) => messages.map(({ payload }) => sourceOf(payload).view.getUint32(0, hostOrder)));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Answers each chunk as it comes, until the call has ended. */
async function played<Result>(call: Promise<Result>, dataOf: (sent: Sent) => Uint8Array | undefined): Promise<Result> {
  let ended = false;
  const end = call.finally(() => {
    ended = true;
  });
  end.catch(() => undefined);
  for (let index = 0; !ended;) {
    for (; index < mockAddon.sends.length; index++) {
      const sent = mockAddon.sends[index]!;
      const data = dataOf(sent);
      mockAddon.settle(sent, data && { data });
    }
    await new Promise(setImmediate);
  }
  return await end;
}

describe('the requests of many elements', () => {
  test('go out in order, and ask for no acknowledgement, which the addon does once for all', async () => {
    const call = transport.sendAll(3, request);

    const sent = await mockAddon.sent(0);
    mockAddon.settle(sent);

    await call;
    expect(sent.messages).toEqual(
      upTo(3).map((value) => ({ type: 16, flags: REQUEST | 0x600, sequence: 1 + value, payload: u32(value) })),
    );
    expect(sent.messages.every(({ flags }) => (flags & ACK) === 0)).toBe(true);
  });

  test('are sent in chunks, whose failures fit the receive buffer', async () => {
    const count = 12 * IN_A_CHUNK + 5;

    await played(transport.sendAll(count, request), () => undefined);

    expect(mockAddon.sends.map(({ messages }) => messages.length)).toEqual([
      ...new Array<number>(12).fill(IN_A_CHUNK),
      5,
    ]);
    expect(valuesOf(...mockAddon.sends)).toEqual(upTo(count));
  });

  test('are sent in smaller chunks where they are large', async () => {
    const large = (value: number) =>
      request(0, {
        encode: (writer) => {
          writer.uint32(value);
          writer.reserve(20000);
        },
      });

    await played(transport.sendAll(10, large), () => undefined);

    expect(mockAddon.sends.map(({ messages }) => messages.length)).toEqual([4, 4, 2]);
    expect(valuesOf(...mockAddon.sends)).toEqual(upTo(10));
  });

  test('wait for each other: a few chunks are on their way at a time', async () => {
    const call = transport.sendAll(20 * IN_A_CHUNK, request);
    await mockAddon.sent(WINDOW - 1);
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(mockAddon.sends).toHaveLength(WINDOW);

    await played(call, () => undefined);

    expect(mockAddon.sends).toHaveLength(20);
  });

  test('are nothing where there are none', async () => {
    await transport.sendAll(0, request);

    expect(source.open).not.toHaveBeenCalled();
  });

  test('have numbers of their own among others', async () => {
    void transport.send(request(1));
    const many = transport.sendAll(2, (index) => request(2 + index));
    void transport.send(request(4));
    const sends = [await mockAddon.sent(0), await mockAddon.sent(1), await mockAddon.sent(2)];

    for (const sent of sends) mockAddon.settle(sent);

    await many;
    const numbers = sends.flatMap(({ messages }) => messages.map(({ sequence }) => sequence));
    expect(new Set(numbers).size).toBe(4);
    expect(valuesOf(...sends)).toEqual([1, 2, 3, 4]);
  });

  test('are padded', async () => {
    const odd = (value: number) =>
      request(0, {
        encode: (writer) => {
          writer.uint32(value);
          writer.append(bytes(7));
        },
      });
    void transport.sendAll(2, odd);

    const { bytes: content, messages } = await mockAddon.sent(0);

    expect(content).toHaveLength(48);
    expect(messages.map(({ payload }) => payload)).toEqual([bytes(u32(0), 7), bytes(u32(1), 7)]);
  });
});

describe('what is asked behind many elements', () => {
  const count = 50_000;

  test('goes behind them, though they take long to encode', async () => {
    const many = transport.sendAll(count, request);
    const after = transport.send(request(count));
    await new Promise(setImmediate);
    const later = transport.send(request(count + 1));

    await played(Promise.all([many, after, later]), () => undefined);

    expect(valuesOf(...mockAddon.sends)).toEqual(upTo(count + 2));
  });

  test('many others, and a listing', async () => {
    const first = transport.sendAll(count, request);
    const second = transport.sendAll(3, (index) => request(count + index));
    void transport.list(listLinks()).catch(() => undefined);
    await new Promise(setImmediate);
    expect(mockAddon.dumps).toHaveLength(0);

    await played(Promise.all([first, second]), () => undefined);

    expect(valuesOf(...mockAddon.sends)).toEqual(upTo(count + 3));
    await mockAddon.dumped(0);
  });

  test('is not kept by those that are wrong', async () => {
    const many = transport.sendAll(count, (index) => (index === count - 1 ? wrong() : request(index)));
    const after = transport.send(request(7));

    await expect(many).rejects.toThrow(RangeError);
    mockAddon.settle(await mockAddon.sent(0));

    await after;
    expect(valuesOf(...mockAddon.sends)).toEqual([7]);
  });

  test('the event loop has its turns meanwhile', async () => {
    let turns = 0;
    const turn = () => {
      turns++;
      timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);

    await expect(
      transport.sendAll(count, (index) => (index === count - 1 ? wrong() : request(index))),
    ).rejects.toThrow();

    clearImmediate(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('an element that cannot be encoded', () => {
  test.each([0, 1, 3 * IN_A_CHUNK])('is named, and nothing is sent: %d', async (bad) => {
    const call = transport.sendAll(3 * IN_A_CHUNK + 1, (index) => (index === bad ? wrong() : request(index)));

    await expect(call).rejects.toMatchObject({
      name: 'RangeError',
      property: `[${bad}].gateway`,
      message: `[${bad}].gateway: must be right`,
    });
    expect(mockAddon.sends).toEqual([]);
    expect(source.open).not.toHaveBeenCalled();
  });

  test('lets go of the namespaces that those before it name', async () => {
    let open = 0;
    const namespace: NamespaceReference = {
      [Symbol.toStringTag]: 'NetworkNamespace',
      retain: () => ++open,
      release: () => {
        open--;
      },
    };
    const move = (index: number) => (index === 500 ? wrong() : changeLink(7, { namespace }));

    await expect(transport.sendAll(501, move)).rejects.toThrow(RangeError);

    expect(open).toBe(0);
  });
});

describe('elements that the kernel refuses', () => {
  const refusing = (sequences: number[]) => (sent: Sent) =>
    bytes(
      ...sent.messages
        .filter(({ sequence }) => sequences.includes(sequence))
        .map(({ sequence }) => cappedError(sequence, ERRNO.EEXIST)),
    );

  test('are all told of, and the others are sent', async () => {
    const call = played(transport.sendAll(2 * IN_A_CHUNK, request), refusing([18, IN_A_CHUNK + 3]));

    await expect(call).rejects.toMatchObject({
      name: 'NetlinkError',
      code: 'EEXIST',
      element: 17,
      property: '[17]',
      subject: 'number 17',
      refused: [
        { element: 17, code: 'EEXIST' },
        { element: IN_A_CHUNK + 2, code: 'EEXIST' },
      ],
      message: "RTM_TEST: EEXIST, File exists, at [17], the first of 2 (number 17, namespace 'blue')",
    });
    expect(valuesOf(...mockAddon.sends)).toEqual(upTo(2 * IN_A_CHUNK));
  });

  test('have the property that the kernel points at, behind messages of any length', async () => {
    const uneven = (index: number) =>
      request(0, {
        encode: (writer) => {
          writer.reserve(5 * index + 1);
        },
        locate: (_, start, end, offset) => `${end - start} bytes, the ${offset - start}th`,
      });
    const error = cappedError(4, 22, attribute(1, ascii('no\0')), attribute(2, u32(16 + 9)));

    const call = played(transport.sendAll(5, uneven), () => error);

    await expect(call).rejects.toMatchObject({
      property: '[3].16 bytes, the 9th',
      kernelMessage: 'no',
      message: "RTM_TEST: EINVAL, no, at [3].16 bytes, the 9th (number 0, namespace 'blue')",
    });
  });

  test('name the link that is not there, and come in the order of their elements', async () => {
    const named = (index: number) =>
      request(0, {
        encode: (writer) => {
          linkIndexType.encode(writer, index === 3 ? 'nothing' : 'eth0');
        },
      });
    const call = transport.sendAll(4, named);
    const sent = await mockAddon.sent(0);
    expect(sent.fixups).toHaveLength(4 * 32);

    // The addon tells of names before it sends the rest.
    const absent = cappedError(4, 19, attribute(2, u32(16)));
    mockAddon.settle(sent, { data: bytes(absent, cappedError(2, ERRNO.EEXIST)) });

    await expect(call).rejects.toMatchObject({
      code: 'EEXIST',
      element: 1,
      refused: [
        { element: 1, code: 'EEXIST' },
        { element: 3, code: 'ENODEV' },
      ],
    });
    const again = transport.sendAll(4, named);
    const next = await mockAddon.sent(1);
    mockAddon.settle(next, { data: cappedError(next.messages[3]!.sequence, 19, attribute(2, u32(16))) });
    await expect(again).rejects.toMatchObject({ kernelMessage: "there is no link 'nothing'", element: 3 });
  });

  test('are not those that succeed with a word of the kernel', async () => {
    await played(transport.sendAll(2, request), () => cappedError(2, 0, attribute(1, ascii('beware\0'))));
  });
});

describe('a socket that fails', () => {
  test('ends it: what was not sent is not sent', async () => {
    const call = transport.sendAll(30 * IN_A_CHUNK, request);
    const first = await mockAddon.sent(0);
    mockAddon.settle(first, { data: cappedError(3, 17) });
    mockAddon.settle(await mockAddon.sent(1), { errno: 105, call: 'recvmsg' });
    const others = mockAddon.sends.slice(2);
    for (const sent of others) mockAddon.settle(sent);
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    for (const sent of mockAddon.sends.slice(2 + others.length)) mockAddon.settle(sent);

    await expect(call).rejects.toMatchObject({
      code: 'ENOBUFS',
      syscall: 'recvmsg',
      element: undefined,
      refused: [{ element: 2, code: 'EEXIST' }],
    });
    expect(mockAddon.sends.length).toBeLessThan(30);
  });

  test('to open rejects, and lets go of namespaces', async () => {
    source.open.mockImplementationOnce(() => ({ socket: 77, opened: Promise.reject(new Error('closed')) }));
    let open = 0;
    const namespace: NamespaceReference = {
      [Symbol.toStringTag]: 'NetworkNamespace',
      retain: () => ++open,
      release: () => {
        open--;
      },
    };

    const call = transport.sendAll(3, () => changeLink(7, { namespace }));

    await expect(call).rejects.toThrow('closed');
    expect(open).toBe(0);
  });
});
