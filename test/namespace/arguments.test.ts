import { once } from 'node:events';
import net from 'node:net';

import { attachNamespace, createNamespace, deleteNamespace, hostNamespace, openNamespace } from '../../lib';
import type { NamespaceTarget } from '../../lib';

// Whatever is wrong is said before anything is asked of the system: the addon is not even loaded.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: () => {
    throw new Error('the addon was loaded');
  },
}));

test.each<[() => Promise<unknown>, string, string]>([
  [() => createNamespace('a/b'), 'RangeError', "name: must not contain '/': 'a/b'"],
  [() => createNamespace(5 as never), 'TypeError', 'name: must be a string, not 5'],
  [() => deleteNamespace('..'), 'RangeError', "name: must be a file name, not '..'"],
  [() => openNamespace(''), 'RangeError', 'target: must not be empty'],
  [() => openNamespace({ pid: 0 }), 'RangeError', 'pid: must be a whole number from 1 to 2147483647, not 0'],
  [() => openNamespace({ pid: '1' as never }), 'TypeError', "pid: must be a number, not '1'"],
  [() => openNamespace({ fd: -1 }), 'RangeError', 'fd: must be a whole number from 0 to 2147483647, not -1'],
  [() => openNamespace({ fd: 0.5 }), 'RangeError', 'fd: must be a whole number from 0 to 2147483647, not 0.5'],
  [() => openNamespace({ pid: 1, fd: 3 }), 'RangeError', 'target: must have either pid or fd, not { pid: 1, fd: 3 }'],
  [
    () => attachNamespace('a', { pidfd: 4, fd: 3 }),
    'RangeError',
    'target: must have either pidfd or fd, not { pidfd: 4, fd: 3 }',
  ],
  [
    () => openNamespace(7 as never),
    'TypeError',
    'target: must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not 7',
  ],
  [
    () => openNamespace({} as NamespaceTarget),
    'TypeError',
    'target: must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not {}',
  ],
])('%s', async (call, name, message) => {
  await expect(call()).rejects.toMatchObject({ name, message });
});

test('a good argument would have reached the addon', async () => {
  await expect(createNamespace('blue')).rejects.toThrow('the addon was loaded');
});

describe('sockets inside a namespace', () => {
  const host = hostNamespace();

  test.each<[object, string]>([
    [{ host: '10.0.0.1' }, 'port: must be a number, not undefined'],
    [{ port: 0, host: '10.0.0.1' }, 'port: must be a whole number from 1 to 65535, not 0'],
    [{ port: 65536, host: '10.0.0.1' }, 'port: must be a whole number from 1 to 65535, not 65536'],
    [{ port: 80 }, 'host: must be a name or an address, not undefined'],
    [{ port: 80, host: '' }, 'host: must not be empty'],
    [{ port: 80, host: '::1', localPort: -1 }, 'localPort: must be a whole number from 0 to 65535, not -1'],
    [{ port: 80, host: '::1', localAddress: 'x' }, "localAddress: must be an IP address, not 'x'"],
    [
      { port: 80, host: '::1', localAddress: '10.0.0.1' },
      "localAddress: must be of the family of the host '::1', not '10.0.0.1'",
    ],
  ])('connecting with %j', async (options, message) => {
    await expect(host.connect(options as never)).rejects.toMatchObject({ message });
  });

  test.each<[unknown, object, string]>([
    [{}, {}, 'server: must be a server, not {}'],
    [net.createServer(), { port: -1 }, 'port: must be a whole number from 0 to 65535, not -1'],
    [net.createServer(), { port: 80, host: 'localhost' }, "host: must be an IP address, not 'localhost'"],
  ])('listening with %p, %j', async (server, options, message) => {
    await expect(host.listen(server as net.Server, options)).rejects.toMatchObject({ message });
  });

  test('a server that listens already', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');

    await expect(host.listen(server)).rejects.toMatchObject({ message: 'server: listens already' });

    server.close();
    await once(server, 'close');
  });

  test('an abort signal that fired already', async () => {
    const options = { port: 80, host: '127.0.0.1', signal: AbortSignal.abort(new Error('enough')) };

    await expect(host.connect(options)).rejects.toThrow('enough');
  });
});

describe('waits', () => {
  const { links, addresses, namespaceIds } = hostNamespace();
  const words = 'must be one of present, carrier, up, gone, or a function';

  test.each<[string, () => Promise<unknown>, string, string]>([
    ['a link without a name', () => links.waitFor('', 'up'), 'RangeError', 'device: must not be empty'],
    [
      'link 0',
      () => links.waitFor(0, 'up'),
      'RangeError',
      'device: must be a whole number from 1 to 2147483647, not 0',
    ],
    [
      'no link',
      () => links.waitFor(undefined as never, 'up'),
      'TypeError',
      'device: must be the name or index of a link, not undefined',
    ],
    ['no condition', () => links.waitFor('lo', undefined as never), 'TypeError', `condition: ${words}, not undefined`],
    ['another condition', () => links.waitFor('lo', 'down' as never), 'RangeError', `condition: ${words}, not 'down'`],
    [
      'no time',
      () => links.waitFor('lo', 'up', { timeout: 0 }),
      'RangeError',
      'timeout: must be a whole number from 1 to 2147483647, not 0',
    ],
    [
      'time as a text',
      () => links.waitFor('lo', 'gone', { timeout: '1s' as never }),
      'TypeError',
      "timeout: must be a number, not '1s'",
    ],
    [
      'a signal that is none',
      () => links.waitFor('lo', 'up', { signal: {} as never }),
      'TypeError',
      'signal: must be an AbortSignal, not {}',
    ],
    [
      'options',
      () => links.waitFor('lo', 'up', 5 as never),
      'TypeError',
      'options: must be an object such as { timeout: 5000 }, not 5',
    ],
    [
      'addresses of nothing',
      () => addresses.waitFor({} as never),
      'TypeError',
      'device: must be the name or index of a link, not undefined',
    ],
    [
      'addresses',
      () => addresses.waitFor('lo' as never),
      'TypeError',
      "addresses: must be an object such as { device: 'eth0' }, not 'lo'",
    ],
    [
      'an address that is none',
      () => addresses.waitFor({ device: 'lo', address: 'x' }),
      'RangeError',
      "address: must be an IP address, not 'x'",
    ],
    [
      'an address of another family',
      () => addresses.waitFor({ device: 'lo', address: '10.0.0.1', family: 'inet6' }),
      'RangeError',
      "family: must be the family of the address 10.0.0.1, not 'inet6'",
    ],
    [
      'another property',
      () => addresses.waitFor({ device: 'lo', scope: 'link' } as never),
      'RangeError',
      'scope: is not a property of addresses that are waited for; known are device, address, family',
    ],
    [
      'an id',
      () => namespaceIds.waitFor(-1, 'gone'),
      'RangeError',
      'id: must be a whole number from 0 to 2147483647, not -1',
    ],
    ['an id to come', () => namespaceIds.waitFor(1, 'up' as never), 'RangeError', "condition: must be gone, not 'up'"],
    [
      'a namespace',
      () => hostNamespace().delete({ wait: 5 as never }),
      'TypeError',
      'wait: must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not 5',
    ],
    [
      'the host namespace',
      () => hostNamespace().delete({ wait: true }),
      'NamespaceError',
      'delete: EBUSY, this process is in it, and it has no name that could be removed (the host namespace)',
    ],
  ])('for %s', async (_name, call, name, message) => {
    await expect(call()).rejects.toMatchObject({ name, message });
  });

  test('with a signal that has fired', async () => {
    const signal = AbortSignal.abort(new Error('enough'));

    await expect(links.waitFor('lo', 'up', { signal })).rejects.toThrow('enough');
    await expect(addresses.waitFor({ device: 'lo' }, { signal })).rejects.toThrow('enough');
  });
});
