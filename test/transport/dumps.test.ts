import { hostOrder, sourceOf } from '../../lib/codec';
import { listLinks } from '../../lib/protocol/link';
import { NetlinkTransport } from '../../lib/transport/netlink-transport';
import { RequestSockets } from '../../lib/transport/request-sockets';
import { u32 } from '../support/bytes';
import { mockAddon } from '../support/mocked-native';
import type * as Support from '../support/mocked-native';
import { cappedError, done, message } from '../support/native-double';
import {
  SOCKET,
  endings,
  notOpened,
  opened,
  place,
  query,
  request,
  sequencesOf,
  words,
  playedSource,
  type PlayedSource,
} from '../support/transport';

jest.mock('../../lib/native', () => jest.requireActual<typeof Support>('../support/mocked-native').mockedNative);

let source: PlayedSource;
let transport: NetlinkTransport;

beforeEach(() => {
  mockAddon.forget();
  source = playedSource();
  transport = new NetlinkTransport(new RequestSockets(source));
});

const INTERRUPTED = 0x12;
const ROW = 0x2;
const row = (value: number, flags = ROW) => message(16, flags, 1, u32(value));

describe('dumps', () => {
  test('are whole, in the order of the kernel', async () => {
    const call = transport.list(query());
    const dump = await mockAddon.dumped(0);

    mockAddon.chunk(dump, row(1), row(2));
    mockAddon.chunk(dump, row(3), done(1, 0));
    mockAddon.settle(dump);

    expect(await call).toEqual([1, 2, 3]);
    expect(dump.messages).toEqual([{ type: 16, flags: 0x301, sequence: 1, payload: u32(0) }]);
    expect(mockAddon.resumed).toEqual([dump.id, dump.id]);
  });

  test('see what was asked for before them', async () => {
    void transport.send(request());
    void transport.list(query());

    const dump = await mockAddon.dumped(0);

    expect(mockAddon.sends).toHaveLength(1);
    expect(sequencesOf(mockAddon.sends[0]!, dump)).toEqual([1, 2]);
  });

  test('that were interrupted are repeated, and only the last one counts', async () => {
    const call = transport.list(query());
    const first = await mockAddon.dumped(0);
    mockAddon.chunk(first, row(1), row(2, INTERRUPTED), done(1, 0));
    mockAddon.settle(first);
    const second = await mockAddon.dumped(1);
    mockAddon.chunk(second, row(3), done(1, 0));
    mockAddon.settle(second);

    expect(await call).toEqual([3]);
    expect(sequencesOf(first, second)).toEqual([1, 2]);
  });

  test('that were interrupted at their end are repeated too', async () => {
    const call = transport.list(query());
    const first = await mockAddon.dumped(0);
    mockAddon.chunk(first, row(1));
    mockAddon.chunk(first, message(3, INTERRUPTED, 1, u32(0)));
    mockAddon.settle(first);
    mockAddon.settle(await mockAddon.dumped(1));

    expect(await call).toEqual([]);
  });

  test('that are interrupted again and again reject with EINTR', async () => {
    const call = endings([transport.list(query())]);
    const attempts = 10;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const dump = await mockAddon.dumped(attempt);
      mockAddon.chunk(dump, row(1, INTERRUPTED), done(1, 0));
      mockAddon.settle(dump);
    }

    expect(await call).toEqual(['EINTR']);
    expect(mockAddon.dumps).toHaveLength(attempts);
  });

  test.each<[string, Uint8Array[], object]>([
    ['in NLMSG_DONE', [row(1), done(1, 105)], { code: 'ENOBUFS' }],
    [
      'in NLMSG_DONE with words',
      [done(1, 22, words('no such table'))],
      { code: 'EINVAL', kernelMessage: 'no such table' },
    ],
    ['in NLMSG_ERROR', [cappedError(1, 1)], { code: 'EPERM' }],
  ])('with an error %s reject', async (_name, messages, error) => {
    const call = expect(transport.list(query())).rejects.toMatchObject({ name: 'NetlinkError', ...error });
    const dump = await mockAddon.dumped(0);

    mockAddon.chunk(dump, ...messages);
    mockAddon.settle(dump);

    await call;
  });

  test('that end without a payload are whole', async () => {
    const call = transport.list(query());
    const dump = await mockAddon.dumped(0);

    mockAddon.chunk(dump, row(1), done(1));
    mockAddon.settle(dump);

    expect(await call).toEqual([1]);
  });

  test('that the socket breaks off reject', async () => {
    const call = expect(transport.list(query())).rejects.toMatchObject({ code: 'ENOBUFS', syscall: 'recvmsg' });
    const dump = await mockAddon.dumped(0);

    mockAddon.chunk(dump, row(1));
    mockAddon.settle(dump, { errno: 105, call: 'recvmsg' });

    await call;
  });

  test('filtered by a link that is not there say so', async () => {
    const call = expect(transport.list(listLinks({ master: 'br9' }))).rejects.toMatchObject({
      code: 'ENODEV',
      kernelMessage: "there is no link 'br9'",
      property: 'master',
    });
    const dump = await mockAddon.dumped(0);
    const hole = sourceOf(dump.fixups!).view.getUint32(4, hostOrder);

    mockAddon.chunk(dump, cappedError(1, 19, place(hole)));
    mockAddon.settle(dump);

    await call;
  });

  test('are decoded a slice in each turn of the event loop, and no chunk is asked for before', async () => {
    // Each look at the clock finds the slice over.
    let now = 0;
    const clock = jest.spyOn(process, 'hrtime').mockImplementation(() => [(now += 100), 0]);
    const turns: number[] = [];
    const rows = Array.from({ length: 100 }, (_, index) => index);
    const call = transport.list(query());
    const dump = await mockAddon.dumped(0);

    mockAddon.chunk(dump, ...rows.map((value) => row(value)));
    mockAddon.chunk(dump, done(1, 0));
    mockAddon.settle(dump);
    while (mockAddon.resumed.length < 2) {
      turns.push(mockAddon.resumed.length);
      await new Promise(setImmediate);
    }
    clock.mockRestore();

    expect(await call).toEqual(rows);
    expect(turns.length).toBeGreaterThan(3);
  });

  test('never have number 0', async () => {
    Object.assign(transport, { sequence: 2 ** 32 });
    void transport.list(query());

    const { messages } = await mockAddon.dumped(0);

    expect(messages[0]?.sequence).toBeGreaterThan(0);
  });
});

describe('streams', () => {
  test('hand on what arrives, and ask for more when it was read', async () => {
    const rows = transport.stream(query());
    const first = rows.next();
    const dump = await mockAddon.dumped(0);
    mockAddon.chunk(dump, row(1), row(2));

    expect(await first).toEqual({ done: false, value: 1 });
    expect(await rows.next()).toEqual({ done: false, value: 2 });
    expect(mockAddon.resumed).toEqual([]);
    const third = rows.next();
    mockAddon.chunk(dump, row(3), done(1, 0));
    mockAddon.settle(dump);

    expect(await third).toEqual({ done: false, value: 3 });
    expect(await rows.next()).toEqual({ done: true, value: undefined });
    expect(mockAddon.resumed).toEqual([dump.id, dump.id]);
    expect(mockAddon.cancelled).toEqual([]);
    expect(mockAddon.closed).toEqual([SOCKET]);
  });

  test('leave the event loop its turns, however much there is to read', async () => {
    const rows = Array.from({ length: 2000 }, (_, index) => index);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const value of transport.stream(query())) seen.push(value);
    })();
    const dump = await mockAddon.dumped(0);
    mockAddon.chunk(dump, ...rows.map((value) => row(value)), done(1, 0));
    mockAddon.settle(dump);

    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const soFar = seen.length;
    await reading;

    expect(soFar).toBeLessThan(rows.length);
    expect(seen).toEqual(rows);
  });

  test('that the reader leaves are cancelled, and their socket is closed', async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const value of transport.stream(query())) {
        seen.push(value);
        break;
      }
    })();
    const dump = await mockAddon.dumped(0);
    mockAddon.chunk(dump, row(1), row(2));
    await new Promise(setImmediate);
    expect(mockAddon.cancelled).toEqual([dump.id]);
    expect(mockAddon.closed).toEqual([]);

    mockAddon.settle(dump, { errno: 125, call: 'recvmsg' });

    await reading;
    expect(seen).toEqual([1]);
    expect(mockAddon.closed).toEqual([SOCKET]);
  });

  test('keep nothing alive while their reader does not come back', async () => {
    const rows = transport.stream(query());
    const first = rows.next();
    const dump = await mockAddon.dumped(0);
    expect(mockAddon.keptAlive).toEqual([]);
    mockAddon.chunk(dump, row(1));
    await first;
    expect(mockAddon.keptAlive).toEqual([[dump.id, false]]);

    const second = rows.next();
    mockAddon.chunk(dump, row(2), done(1, 0));
    expect((await second).value).toBe(2);
    expect(mockAddon.keptAlive.slice(1)).toEqual([
      [dump.id, true],
      [dump.id, false],
    ]);
    mockAddon.settle(dump);
    await rows.return();
    expect(mockAddon.keptAlive.slice(3)).toEqual([[dump.id, true]]);
  });

  test('that cannot be begun reject, and their socket is closed', async () => {
    jest.spyOn(mockAddon, 'dump').mockImplementationOnce(() => {
      throw new TypeError('no dump');
    });

    await expect(transport.stream(query()).next()).rejects.toThrow('no dump');
    expect(mockAddon.cancelled).toEqual([]);
    expect(mockAddon.closed).toEqual([SOCKET]);
  });

  test('have a socket of their own', async () => {
    void transport.send(request());
    await mockAddon.sent(0);
    source.open.mockReturnValueOnce(opened(78));
    const next = transport.stream(query()).next();

    const dump = await mockAddon.dumped(0);
    mockAddon.settle(dump);

    await next;
    expect(dump.socket).toBe(78);
    expect(mockAddon.closed).toEqual([78]);
  });

  test('of a table that changed meanwhile reject with EINTR behind the last row', async () => {
    const rows = transport.stream(query());
    const first = rows.next();
    const dump = await mockAddon.dumped(0);
    mockAddon.chunk(dump, row(1, INTERRUPTED), done(1, 0));
    mockAddon.settle(dump);

    expect(await first).toEqual({ done: false, value: 1 });
    await expect(rows.next()).rejects.toMatchObject({ code: 'EINTR' });
    expect(mockAddon.closed).toEqual([SOCKET]);
  });

  test('that fail reject, and their socket is closed', async () => {
    const next = expect(transport.stream(query()).next()).rejects.toMatchObject({ code: 'EINVAL' });
    const dump = await mockAddon.dumped(0);

    mockAddon.chunk(dump, done(1, 22));
    mockAddon.settle(dump);

    await next;
    expect(mockAddon.closed).toEqual([SOCKET]);
  });

  test('reject when there is no socket', async () => {
    source.open.mockReturnValueOnce(notOpened(new Error('closed')));

    await expect(transport.stream(query()).next()).rejects.toThrow('closed');
    expect(mockAddon.dumps).toEqual([]);
  });
});
