import { hostOrder, linkIndexType, sourceOf, type NamespaceReference } from '../../lib/codec';
import { NamespaceError } from '../../lib/errors';
import { newAddress } from '../../lib/protocol/address';
import { changeLink, deleteLink, newLink } from '../../lib/protocol/link';
import type { Request } from '../../lib/protocol/netlink';
import { NetlinkTransport } from '../../lib/transport/netlink-transport';
import { RequestSockets } from '../../lib/transport/request-sockets';
import { ascii, bytes, u32 } from '../support/bytes';
import { mockAddon } from '../support/mocked-native';
import type * as Support from '../support/mocked-native';
import { cappedError, type NativeDouble } from '../support/native-double';
import { notOpened, request, playedSource, type PlayedSource } from '../support/transport';
import { atPlace } from '../../lib/where';

jest.mock('../../lib/native', () => jest.requireActual<typeof Support>('../support/mocked-native').mockedNative);

let source: PlayedSource;
let transport: NetlinkTransport;

beforeEach(() => {
  mockAddon.forget();
  source = playedSource();
  transport = new NetlinkTransport(new RequestSockets(source));
});

describe('names of links', () => {
  const named = (name: string, more: Partial<Request> = {}) =>
    request(0, {
      encode: (writer) => {
        linkIndexType.encode(writer, name);
      },
      ...more,
    });

  test('go to the addon, with the place where their index belongs', async () => {
    void transport.send(request());
    void transport.send(changeLink('eth0', { master: 'br0' }));

    const { fixups, bytes: content } = await mockAddon.sent(0);

    const padded = (name: string) => bytes(ascii(name), new Uint8Array(16 - name.length));
    const start = 20;
    expect(fixups).toEqual(
      bytes(
        ...[u32(start), u32(start + 16 + 4), u32(0), u32(0), padded('eth0')],
        ...[u32(start), u32(start + 16 + 16 + 4), u32(0), u32(0), padded('br0')],
      ),
    );
    expect(content).toHaveLength(start + 16 + 16 + 8);
  });

  test('are looked up after earlier messages if those may change them', async () => {
    void transport.send(named('before'));
    void transport.send(newLink({ kind: 'dummy', name: 'dummy0' }));
    void transport.send(newAddress({ device: 'dummy0', address: '10.0.0.1/24' }, 'add'));
    void transport.send(newAddress({ device: 'dummy0', address: '10.0.0.2/24' }, 'add'));

    const { fixups } = await mockAddon.sent(0);

    const flagsOf = (index: number) => sourceOf(fixups!).view.getUint32(index * 32 + 8, hostOrder);
    expect(fixups).toHaveLength(3 * 32);
    expect([0, 1, 2].map(flagsOf)).toEqual([0, 1, 1]);
  });

  test('a message that changes names does not wait for itself', async () => {
    void transport.send(deleteLink('eth0'));

    const { fixups } = await mockAddon.sent(0);

    expect(sourceOf(fixups!).view.getUint32(8, hostOrder)).toBe(0);
  });

  test('none are nothing', async () => {
    void transport.send(request());

    expect((await mockAddon.sent(0)).fixups).toBeUndefined();
  });
});

describe('references to namespaces', () => {
  const counted = () => {
    const reference = {
      [Symbol.toStringTag]: 'NetworkNamespace' as const,
      open: 0,
      retain: () => ++reference.open,
      release: () => {
        reference.open--;
      },
    };
    return reference satisfies NamespaceReference;
  };
  const move = (namespace: NamespaceReference, more = {}) => changeLink(7, { namespace, ...more });

  test.each<[string, Parameters<NativeDouble['settle']>[1]]>([
    ['success', {}],
    ['failure', { data: cappedError(1, 17) }],
    ['failure of the socket', { errno: 105, call: 'sendmsg' }],
  ])('are kept until the answer, and released on %s', async (_name, ending) => {
    const namespace = counted();
    const call = transport.send(move(namespace));
    const sent = await mockAddon.sent(0);
    expect(namespace.open).toBe(1);

    mockAddon.settle(sent, ending);

    await Promise.allSettled([call]);
    expect(namespace.open).toBe(0);
  });

  test('are released when the socket cannot be opened', async () => {
    source.open.mockReturnValueOnce(notOpened(new Error('closed')));
    const namespace = counted();

    await expect(transport.send(move(namespace))).rejects.toThrow('closed');

    expect(namespace.open).toBe(0);
  });

  test('are released when the rest cannot be encoded', () => {
    const namespace = counted();

    expect(() => transport.send(move(namespace, { mtu: -1 }))).toThrow(RangeError);

    expect(namespace.open).toBe(0);
  });

  test('that are closed already refuse the request', () => {
    const error = new NamespaceError({ errno: 9, syscall: 'use', where: atPlace('x is closed') });
    const closed: NamespaceReference = {
      [Symbol.toStringTag]: 'NetworkNamespace',
      retain: () => {
        throw error;
      },
      release: () => {
        throw new Error('it was never retained');
      },
    };

    expect(() => transport.send(move(closed))).toThrow(
      expect.objectContaining({
        code: 'EBADF',
        property: 'namespace',
        message: error.message.replace(' (', ', at namespace ('),
      }) as Error,
    );
  });
});
