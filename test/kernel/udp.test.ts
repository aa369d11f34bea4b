import type dgram from 'node:dgram';
import { once } from 'node:events';

import { createNamespace, type DatagramOptions, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { run, ss } from '../support/oracle';
import { openDescriptors } from '../support/process';
import { scratchNamespace } from '../support/scratch';

describeKernel('UDP sockets', () => {
  test('are bound inside and answer there', async () => {
    await using a = await withLoopback();
    await using server = await a.createSocket({ type: 'udp4', address: '127.0.0.1', port: 53 });
    server.on('message', (message, { address, port }) => {
      server.send(`${String(message)} heard`, port, address);
    });
    await using client = await a.createSocket('udp4');

    client.send('this', 53, '127.0.0.1');
    const [answer] = (await once(client, 'message')) as [Buffer];

    expect(String(answer)).toBe('this heard');
    expect(server.address()).toEqual({ address: '127.0.0.1', family: 'IPv4', port: 53 });
    expect(await ss(a, '-uln')).toMatch(/127\.0\.0\.1:53\s/);
    expect(client.address()).toMatchObject({ address: '0.0.0.0' });
  });

  test('of one address and port are each of their namespace', async () => {
    const namespaces = await Promise.all(Array.from({ length: 10 }, withLoopback));
    const servers = await Promise.all(
      namespaces.map(async (namespace, number) => {
        const server = await namespace.createSocket({ type: 'udp4', port: 53 });
        return server.on('message', (_, { address, port }) => {
          server.send(`this is ${number}`, port, address);
        });
      }),
    );
    const clients = await Promise.all(namespaces.map((namespace) => namespace.createSocket('udp4')));

    const answers = await Promise.all(
      clients.map(async (client) => {
        client.send('?', 53, '127.0.0.1');
        return String((await once(client, 'message'))[0]);
      }),
    );

    expect(answers).toEqual(namespaces.map((_, number) => `this is ${number}`));
    close(...servers, ...clients);
    await Promise.all(namespaces.map((namespace) => namespace.close()));
  });

  test('connect, over IPv6, and hear that nobody listens', async () => {
    await using a = await withLoopback();
    await using server = await a.createSocket({ type: 'udp6', address: '::1' });
    await using client = await a.createSocket({ type: 'udp6', address: '::1' });

    client.connect(server.address().port, '::1');
    await once(client, 'connect');
    client.send('connected');
    const [message, { port }] = (await once(server, 'message')) as [Buffer, dgram.RemoteInfo];

    expect(String(message)).toBe('connected');
    expect(port).toBe(client.address().port);
    expect(client.remoteAddress()).toMatchObject({ address: '::1', port: server.address().port });
    server.close();
    await once(server, 'close');
    client.send('anybody?');
    expect(((await once(client, 'error')) as [Error])[0]).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('broadcast, and join multicast groups', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await pair(a, b);
    await using receiver = await b.createSocket({ type: 'udp4', port: 5353 });
    await using sender = await a.createSocket({ type: 'udp4', address: '10.1.1.1' });
    const heard: string[] = [];
    receiver.on('message', (message) => heard.push(String(message)));

    receiver.addMembership('239.1.1.1', '10.1.1.2');
    expect(await run(b, 'ip', ['maddress', 'show', 'dev', 'eth0'])).toContain('239.1.1.1');
    sender.setMulticastInterface('10.1.1.1');
    sender.send('to the group', 5353, '239.1.1.1');
    await once(receiver, 'message');
    receiver.dropMembership('239.1.1.1', '10.1.1.2');
    sender.setBroadcast(true);
    sender.send('to all', 5353, '10.1.1.255');
    await once(receiver, 'message');

    expect(heard).toEqual(['to the group', 'to all']);
    expect(await run(b, 'ip', ['maddress', 'show', 'dev', 'eth0'])).not.toContain('239.1.1.1');
  });

  test('have the options that they were asked for', async () => {
    await using a = await withLoopback();
    await using socket = await a.createSocket({
      ...{ type: 'udp6', port: 5000, ipv6Only: true, device: 'lo', mark: 0x2a },
      ...{ recvBufferSize: 20_000, sendBufferSize: 30_000 },
    });
    await using _byIndex = await a.createSocket({ type: 'udp4', port: 5001, device: 1 });

    const shown = await ss(a, '-ulnem');

    expect(shown).toMatch(/\[::\]%lo:5000 .*fwmark:0x2a.*v6only:1.*\s+skmem:\(r\d+,rb40000,t\d+,tb60000/);
    expect(shown).toMatch(/0\.0\.0\.0%lo:5001 /);
    expect(socket.getRecvBufferSize()).toBe(40_000);
  });

  test('share a port only if they say so', async () => {
    await using a = await withLoopback();
    await using _one = await a.createSocket({ type: 'udp4', port: 2000, reusePort: true });
    await using _other = await a.createSocket({ type: 'udp4', port: 2000, reusePort: true });
    await using _first = await a.createSocket({ type: 'udp4', port: 3000, reuseAddr: true });
    await using _second = await a.createSocket({ type: 'udp4', port: 3000, reuseAddr: true });

    const error = await a
      .createSocket({ type: 'udp4', port: 2000, reuseAddr: true })
      .catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      message: 'bind EADDRINUSE 0.0.0.0:2000',
      ...{ code: 'EADDRINUSE', errno: -98, syscall: 'bind', address: '0.0.0.0', port: 2000 },
      namespace: { name: undefined, inode: a.inode },
    });
    await expect(a.createSocket({ type: 'udp4', port: 3000 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('find the device of a zone in their namespace', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'red', up: true, peer: { name: 'blue', namespace: b, up: true } });
    await a.addresses.add('red', { address: 'fe80::a/64', flags: ['nodad'] });
    await b.addresses.add('blue', { address: 'fe80::b/64', flags: ['nodad'] });
    await using receiver = await b.createSocket({ type: 'udp6', port: 5353 });
    await using sender = await a.createSocket({ type: 'udp6', address: 'fe80::a%red', port: 99 });

    receiver.addMembership('ff02::1234', '::%blue');
    const joined = await run(b, 'ip', ['maddress', 'show', 'dev', 'blue']);
    sender.setMulticastInterface('::%red');
    const refused = jest.fn();
    sender.send('?', 5353, 'fe80::b%blue', refused);
    receiver.dropMembership('ff02::1234', '::%blue');

    expect(joined).toContain('ff02::1234');
    expect(await ss(a, '-uln')).toMatch(/\[fe80::a\]%red:99 /);
    expect(await run(b, 'ip', ['maddress', 'show', 'dev', 'blue'])).not.toContain('ff02::1234');
    expect(refused).toHaveBeenCalledWith(
      expect.objectContaining({ message: "address: the option 'device' must name the device of 'fe80::b%blue'" }),
    );
    expect(() => {
      receiver.addMembership('ff02::1', '::%red');
    }).toThrow(expect.objectContaining({ code: 'ENODEV', syscall: 'addMembership' }) as Error);
    expect(() => {
      receiver.addMembership('239.1.1.1', '::%blue');
    }).toThrow('must be an IPv6 address');
    await receiver[Symbol.asyncDispose]();
    expect(() => {
      receiver.addMembership('ff02::1', '::%blue');
    }).toThrow('Not running');
  });

  test('end by their signal, and outlive the handle', async () => {
    const a = await withLoopback();
    const controller = new AbortController();
    await using socket = await a.createSocket({ type: 'udp4', signal: controller.signal });
    await a.close();

    socket.send('still here', socket.address().port, '127.0.0.1');
    expect(String(((await once(socket, 'message')) as [Buffer])[0])).toBe('still here');
    controller.abort();
    await once(socket, 'close');
    expect(() => socket.address()).toThrow();
  });

  test('refuse wrong arguments before anything is made', async () => {
    await using a = await withLoopback();
    const closed = await createNamespace();
    await closed.close();
    const before = openDescriptors();
    const wrong: [unknown, string][] = [
      [undefined, 'options: must be an object'],
      ['tcp', "type: must be 'udp4' or 'udp6', not 'tcp'"],
      [{ port: 53 }, "type: must be 'udp4' or 'udp6', not undefined"],
      [{ type: 'toString' }, "type: must be 'udp4' or 'udp6'"],
      [{ port: 65536 }, 'port: must be a whole number from 0 to 65535'],
      [{ address: 'localhost' }, 'address: must be an IP address'],
      [{ address: '::1' }, 'address: must be of the family of the socket'],
      [{ ipv6Only: true }, 'ipv6Only: is for IPv6 sockets'],
      [{ reuseAddr: 1 }, 'reuseAddr: must be true or false'],
      [{ reusePort: 'yes' }, 'reusePort: must be true or false'],
      [{ device: 'x'.repeat(128) }, 'device: must be at most 127 bytes long'],
      [{ device: 0 }, 'device: must be a whole number from 1'],
      [{ device: true }, 'device: must be'],
      [{ mark: -1 }, 'mark: must be a whole number from 0'],
      [{ recvBufferSize: 0 }, 'recvBufferSize: must be a whole number'],
      [{ sendBufferSize: '1' }, 'sendBufferSize: must be a number'],
      [{ lookup: 1 }, 'lookup: must be a function'],
      [{ signal: {} }, 'signal: must be an AbortSignal'],
      [{ signal: AbortSignal.abort(new Error('no more')) }, 'no more'],
    ];

    for (const [options, message] of wrong) {
      const given = typeof options === 'object' ? { type: 'udp4', ...options } : options;
      const asIs = (options as { port?: number } | undefined)?.port === 53 ? options : given;
      await expect(a.createSocket(asIs as DatagramOptions)).rejects.toThrow(message);
    }
    await expect(closed.createSocket('udp4')).rejects.toMatchObject({ code: 'EBADF' });
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });

  test('say which option the kernel refused', async () => {
    await using a = await withLoopback();

    await expect(a.createSocket({ type: 'udp4', mark: 1, device: 'eth7' })).rejects.toMatchObject({
      ...{ code: 'ENODEV', syscall: 'setsockopt', subject: "device 'eth7'" },
      message: `setsockopt: ENODEV, No such device (device 'eth7', namespace net:[${a.inode}])`,
    });
    await expect(a.createSocket({ type: 'udp4', address: '192.0.2.1' })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
    await using _free = await a.createSocket({ type: 'udp4', address: '192.0.2.1', port: 7, freebind: true });
    expect(await ss(a, '-uln')).toContain('192.0.2.1:7 ');
  });
});

async function withLoopback(): Promise<NetworkNamespace> {
  return await createNamespace(undefined, (made) => [made.links.set('lo', { up: true })]);
}

/** A pair of 10.1.1.1 and 10.1.1.2, both called eth0. */
async function pair(a: NetworkNamespace, b: NetworkNamespace): Promise<void> {
  await a.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'eth0', namespace: b, up: true } });
  await a.addresses.add('eth0', '10.1.1.1/24');
  await b.addresses.add('eth0', '10.1.1.2/24');
  await Promise.all([a.links.waitFor('eth0', 'up'), b.links.waitFor('eth0', 'up')]);
}

function close(...sockets: dgram.Socket[]): void {
  for (const socket of sockets) socket.close();
}
