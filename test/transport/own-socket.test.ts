import { ERRNO } from '../../lib/errno';
import { NETLINK } from '../../lib/protocol/netlink';
import { OwnTransport } from '../../lib/transport/own-socket';
import { mockAddon } from '../support/mocked-native';
import type * as Support from '../support/mocked-native';
import { SOCKET, playedSource, query, request, type PlayedSource } from '../support/transport';

jest.mock('../../lib/native', () => jest.requireActual<typeof Support>('../support/mocked-native').mockedNative);

let source: PlayedSource;
let transport: OwnTransport;
const lost = jest.fn();

beforeEach(() => {
  mockAddon.forget();
  lost.mockClear();
  source = playedSource();
  transport = OwnTransport.over(source, NETLINK.ROUTE, SOCKET, lost);
});

test('a socket of its own is used for all, and closed behind that', async () => {
  const sent = transport.send(request());
  const ended = transport.end();
  const first = await mockAddon.sent(0);
  const last = await mockAddon.sent(1);

  expect([first.socket, last.socket]).toEqual([SOCKET, SOCKET]);
  expect(last.bytes).toHaveLength(0);
  expect(mockAddon.closed).toEqual([SOCKET]);
  mockAddon.settle(first);
  mockAddon.settle(last);
  await Promise.all([sent, ended]);
  expect(source.open).not.toHaveBeenCalled();
  expect(lost).not.toHaveBeenCalled();
});

test('a dump that does not end has it looked at, and what is lost with it is told at once', async () => {
  const call = transport.list(query());
  mockAddon.settle(await mockAddon.dumped(0), { errno: ERRNO.EMSGSIZE, call: 'recvmsg' });
  await expect(call).rejects.toMatchObject({ code: 'EMSGSIZE' });

  const look = await mockAddon.sent(0);
  expect(look).toMatchObject({ socket: SOCKET, messages: [] });
  expect(lost).not.toHaveBeenCalled();
  mockAddon.settle(look, { errno: ERRNO.EBADF, call: 'socket' });
  await new Promise(setImmediate);

  expect(lost).toHaveBeenCalledTimes(1);
  expect(source.open).not.toHaveBeenCalled();
});

test('what is refused by the kernel, and what takes too long, loses nothing', async () => {
  const call = transport.send(request());
  mockAddon.settle(await mockAddon.sent(0), { errno: ERRNO.ETIMEDOUT, call: 'recvmsg' });
  await expect(call).rejects.toMatchObject({ code: 'ETIMEDOUT' });

  mockAddon.settle(await mockAddon.sent(1));
  await new Promise(setImmediate);

  expect(lost).not.toHaveBeenCalled();
});

test('a call over one that is gone says so', async () => {
  const call = transport.send(request());
  mockAddon.settle(await mockAddon.sent(0), { errno: ERRNO.EBADF, call: 'sendmsg' });

  await expect(call).rejects.toThrow('its socket is lost, and with it what the kernel had tied to it');
  expect(lost).toHaveBeenCalledTimes(1);
});
