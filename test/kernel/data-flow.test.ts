import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';

import type { NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { wire } from '../support/networks';
import { bridge, ip, ss } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

describeKernel('data flows', () => {
  test('by TCP between two namespaces across a bridge, which learns both addresses', async () => {
    await using host = await scratchNamespace();
    await using red = await scratchNamespace();
    await using blue = await scratchNamespace();
    await host.links.add({ kind: 'bridge', name: 'br0', up: true });
    await wire(host, red, 'red', '10.1.1.1/24');
    await wire(host, blue, 'blue', '10.1.1.2/24');
    const server = net.createServer((socket) => socket.pipe(socket));
    await red.listen(server, { host: '10.1.1.1', port: 7 });

    const socket = await blue.connect({ host: '10.1.1.1', port: 7 });
    socket.write('across');
    const [echo] = (await once(socket, 'data')) as [Buffer];

    expect(echo.toString()).toBe('across');
    expect(socket.localAddress).toBe('10.1.1.2');
    expect(await ss(red, '-tnl')).toContain('10.1.1.1:7');
    expect(await ss(blue, '-tn')).toContain('10.1.1.1:7');
    const macOf = async (namespace: NetworkNamespace) => (await ip(namespace, 'link show eth0'))[0]?.address;
    const learned = (await bridge(host, 'fdb show br br0')).filter(({ state }) => state !== 'permanent');
    expect(learned.map(({ mac }) => mac)).toEqual(expect.arrayContaining([await macOf(red), await macOf(blue)]));
    socket.destroy();
    server.close();
  });

  test('not between namespaces that are not connected', async () => {
    await using host = await scratchNamespace();
    await using red = await scratchNamespace();
    await using alone = await scratchNamespace();
    await host.links.add({ kind: 'bridge', name: 'br0', up: true });
    await wire(host, red, 'red', '10.1.1.1/24');
    const server = net.createServer();
    await red.listen(server, { host: '10.1.1.1', port: 7 });

    await expect(alone.connect({ host: '10.1.1.1', port: 7 })).rejects.toMatchObject({ code: 'ENETUNREACH' });
    server.close();
  });

  test('in each namespace to its own server, on the same address and port', async () => {
    const namespaces = await Promise.all(Array.from({ length: 10 }, () => scratchNamespace()));
    const servers = await Promise.all(
      namespaces.map(async (namespace, number) => {
        await namespace.links.set('lo', { up: true });
        const server = http.createServer((_, response) => response.end(`this is ${number}`));
        await namespace.listen(server, { host: '127.0.0.1', port: 80 });
        return server;
      }),
    );

    const bodies = await Promise.all(
      namespaces.map(async (namespace) => {
        const socket = await namespace.connect({ host: '127.0.0.1', port: 80 });
        socket.write('GET / HTTP/1.0\r\n\r\n');
        let text = '';
        for await (const piece of socket) text += String(piece);
        return text.split('\r\n\r\n')[1];
      }),
    );

    expect(bodies).toEqual(namespaces.map((_, number) => `this is ${number}`));
    for (const server of servers) server.close();
    await Promise.all(namespaces.map((namespace) => namespace.close()));
  });

  test('over IPv6, and a server without a host takes both families', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    const server = net.createServer((socket) => socket.end('hello'));
    await a.listen(server, { port: 8080 });

    for (const host of ['127.0.0.1', '::1']) {
      const socket = await a.connect({ host, port: 8080 });
      expect(String((await once(socket, 'data'))[0])).toBe('hello');
      socket.destroy();
    }
    expect((server.address() as net.AddressInfo).port).toBe(8080);
    server.close();
  });

  test('errors are those of Node, with the namespace', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    const server = net.createServer();
    await a.listen(server, { host: '127.0.0.1', port: 80 });

    await expect(a.connect({ host: '127.0.0.1', port: 81 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      address: '127.0.0.1',
      port: 81,
      namespace: { name: undefined, inode: a.inode },
    });
    await expect(a.listen(net.createServer(), { host: '127.0.0.1', port: 80 })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      syscall: 'listen',
    });
    await expect(a.listen(net.createServer(), { host: '192.0.2.1', port: 80 })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
    await expect(a.listen(server)).rejects.toThrow('server: listens already');
    await expect(a.listen(net.createServer(), null as never)).rejects.toThrow('options: must be an object');
    await expect(a.connect(undefined as never)).rejects.toThrow('options: must be an object');
    await expect(a.listen(net.createServer(), { port: 70000 })).rejects.toThrow('port: must be a whole number');
    await expect(a.connect({ host: '::1', port: 80, localAddress: '127.0.0.1' })).rejects.toThrow(
      'localAddress: must be',
    );
    await expect(
      a.connect({ host: '127.0.0.1', port: 80, signal: AbortSignal.abort(new Error('no more')) }),
    ).rejects.toThrow('no more');
    server.close();
  });
});
