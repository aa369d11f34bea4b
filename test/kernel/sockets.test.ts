import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { inspect } from 'node:util';

import { createNamespace, type ConnectOptions, type ListenOptions, type RawSocketOptions } from '../../lib';
import { describeKernel } from '../support/kernel';
import { namespaceWithLoopback } from '../support/networks';
import { ss } from '../support/oracle';
import { lastFound } from '../support/until';
import { openDescriptors } from '../support/process';
import { scratchNamespace } from '../support/scratch';

describeKernel('servers and connections', () => {
  test('have the options that they were asked for', async () => {
    await using a = await namespaceWithLoopback();
    const server = net.createServer((socket) => socket.resume());
    await a.listen(server, { port: 80, ipv6Only: true, device: 'lo', mark: 7, backlog: 17 });
    const other = net.createServer();
    await a.listen(other, { host: '192.0.2.1', port: 80, freebind: true });
    const proxy = net.createServer();
    await a.listen(proxy, { host: '2001:db8::1', port: 81, transparent: true });
    const socket = await a.connect({
      ...{ host: '::1', port: 80, localAddress: '::1', localPort: 4000, device: 1, mark: 0xffffffff },
      ...{ noDelay: true, keepAlive: true, keepAliveInitialDelay: 90_000 },
    });

    const listening = await ss(a, '-tlne');
    const connected = await ss(a, '-tnoe state established dport = :80');

    expect(listening).toMatch(/0 +17 +\[::\]%lo:80 .*fwmark:0x7.*v6only:1/);
    expect(listening).toContain('192.0.2.1:80 ');
    expect(listening).toContain('[2001:db8::1]:81 ');
    expect(connected).toMatch(/\[::1\](%lo)?:4000 +\[::1\]:80 +timer:\(keepalive,1min(2\d|30).*fwmark:0xffffffff/);
    await expect(a.connect({ host: '127.0.0.1', port: 80 })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    socket.destroy();
    for (const one of [server, other, proxy]) one.close();
  });

  test('share a port by reusePort, and only so', async () => {
    await using a = await namespaceWithLoopback();
    const counts = [0, 0];
    const servers = counts.map((_, number) =>
      net.createServer((socket) => {
        counts[number]!++;
        socket.end();
      }),
    );
    for (const server of servers) await a.listen(server, { host: '127.0.0.1', port: 80, reusePort: true });

    for (let count = 0; count < 64; count++) {
      const socket = await a.connect({ host: '127.0.0.1', port: 80 });
      await once(socket.resume(), 'close');
    }

    expect((await ss(a, '-tln')).trim().split('\n')).toHaveLength(2);
    expect(counts[0]! + counts[1]!).toBe(64);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    await expect(a.listen(net.createServer(), { host: '127.0.0.1', port: 80 })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    for (const server of servers) server.close();
  });

  test('fail with the errors of Node', async () => {
    await using a = await namespaceWithLoopback();
    const taken = net.createServer();
    await a.listen(taken, { host: '127.0.0.1', port: 80 });
    const bare = net.createServer();
    await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
    const { port } = bare.address() as net.AddressInfo;
    const nodes = await errorOf(
      new Promise((_, reject) => net.createServer().on('error', reject).listen(port, '127.0.0.1')),
    );
    const free = net.createServer();
    const namespace = { name: undefined, inode: a.inode };

    const inUse = await errorOf(a.listen(free, { host: '127.0.0.1', port: 80 }));
    const notHere = await errorOf(a.connect({ host: '127.0.0.1', port: 80, localAddress: '192.0.2.1', localPort: 5 }));
    const refused = await errorOf(a.connect({ host: '127.0.0.1', port: 81 }));

    expect({ ...inUse, port }).toEqual({ ...nodes, namespace });
    expect(inUse.message).toBe(nodes.message.replace(String(port), '80'));
    expect(notHere).toMatchObject({
      message: 'bind EADDRNOTAVAIL 192.0.2.1:5',
      ...{ code: 'EADDRNOTAVAIL', errno: -99, syscall: 'bind', address: '192.0.2.1', port: 5, namespace },
    });
    expect(refused).toMatchObject({
      message: 'connect ECONNREFUSED 127.0.0.1:81',
      ...{ code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address: '127.0.0.1', port: 81, namespace },
    });
    // The server that failed is as it was.
    expect(free.eventNames()).toEqual(net.createServer().eventNames());
    await a.listen(free, { host: '127.0.0.1', port: 81 });
    for (const server of [taken, bare, free]) server.close();
  });

  test('say that IPv6 is disabled', async () => {
    await using a = await namespaceWithLoopback();
    await a.sysctl.set('net.ipv6.conf.all.disable_ipv6', 1);

    const reason = 'IPv6 is disabled in the namespace';
    await expect(a.listen(net.createServer(), { host: '::1', port: 80 })).rejects.toMatchObject({
      message: `listen EADDRNOTAVAIL: ${reason} ::1:80`,
    });
    await expect(a.connect({ host: '::1', port: 80 })).rejects.toThrow(reason);
    await expect(a.createSocket({ type: 'udp6', address: '::1' })).rejects.toThrow(reason);
    const server = net.createServer((socket) => socket.end('by IPv4'));
    await a.listen(server, { port: 80 });
    const socket = await a.connect({ host: '127.0.0.1', port: 80 });
    expect(String((await once(socket, 'data'))[0])).toBe('by IPv4');
    server.close();
  });

  test('reach link-local addresses by the name of a device that is inside alone', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'red', up: true, peer: { name: 'blue', namespace: b, up: true } });
    await a.addresses.add('red', { address: 'fe80::a/64', flags: ['nodad'] });
    await b.addresses.add('blue', { address: 'fe80::b/64', flags: ['nodad'] });
    await Promise.all([a.links.waitFor('red', 'up'), b.links.waitFor('blue', 'up')]);
    const server = net.createServer((socket) => socket.end('near'));
    await a.listen(server, { host: 'fe80::a%red', port: 80 });
    const { index } = await b.links.get('blue');

    for (const host of ['fe80::a%blue', `fe80::a%${index}`]) {
      const socket = await b.connect({ host, port: 80 });
      expect(String((await once(socket, 'data'))[0])).toBe('near');
    }

    expect(await ss(a, '-tln')).toMatch(/\[fe80::a\]%red:80 /);
    await expect(b.connect({ host: 'fe80::a%red', port: 80 })).rejects.toMatchObject({
      ...{ code: 'ENODEV', syscall: 'setsockopt', subject: "device 'red'" },
    });
    server.close();
  });

  test.each(['red', 'x'.repeat(40), 4711])('of a device that is not there, %j, are refused alike', async (device) => {
    await using a = await namespaceWithLoopback();
    const before = openDescriptors();
    const server = net.createServer();
    const refused = {
      ...{ name: 'NamespaceError', code: 'ENODEV', property: 'device' },
      ...{ subject: `device ${inspect(device)}`, namespace: { name: undefined, inode: a.inode } },
    };

    const ofOption: Promise<unknown>[] = [
      a.listen(server, { device }),
      a.connect({ host: '127.0.0.1', port: 80, device }),
      a.createSocket({ type: 'udp4', device }),
      a.openSocket({ family: 'inet', type: 'dgram', device }),
      a.openSocket({ family: 'inet', type: 'dgram', port: 53, device }),
      a.openSocket({ family: 'netlink', type: 'raw', device }),
    ];
    for (const one of ofOption) await expect(one).rejects.toMatchObject({ ...refused, syscall: 'setsockopt' });
    const packet = a.openSocket({ family: 'packet', type: 'raw', device });
    await expect(packet).rejects.toMatchObject({ ...refused, syscall: 'bind' });
    await expect(a.createSocket({ type: 'udp6', address: `fe80::1%${device}` })).rejects.toMatchObject({
      ...{ ...refused, property: undefined },
    });
    expect(server.listening).toBe(false);
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });

  test('by abstract names belong to their namespace', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    const server = http.createServer((_, response) => response.end('by name'));
    const path = '\0rtnetlink/a';
    await a.listen(server, { path });

    const socket = await a.connect({ path });
    socket.write('GET / HTTP/1.0\r\n\r\n');
    let text = '';
    for await (const piece of socket) text += String(piece);

    expect(text).toMatch(/by name$/);
    expect(await ss(a, '-xl')).toContain('@rtnetlink/a ');
    expect(await ss(b, '-xl')).not.toContain('@rtnetlink/a ');
    await expect(b.connect({ path })).rejects.toMatchObject({
      ...{ code: 'ECONNREFUSED', syscall: 'connect', address: path, namespace: { name: undefined, inode: b.inode } },
    });
    expect(await errorOf(a.listen(net.createServer(), { path }))).toMatchObject({
      message: `listen EADDRINUSE: address already in use ${path}`,
      ...{ code: 'EADDRINUSE', syscall: 'listen', address: path, port: -1 },
    });
    const longest = net.createServer();
    await b.listen(longest, { path: `\0${'x'.repeat(107)}` });
    server.close();
    longest.close();
  });

  test('refuse wrong arguments before anything is made', async () => {
    await using a = await namespaceWithLoopback();
    const closed = await createNamespace();
    await closed.close();
    const server = net.createServer();
    const before = openDescriptors();
    const toListen: [object, string][] = [
      [{ port: -1 }, 'port: must be a whole number from 0 to 65535'],
      [{ port: '80' }, 'port: must be a number'],
      [{ host: 'fe80::1%' }, 'host: must not be empty'],
      [{ host: '::1%lo' }, 'host: only a link-local IPv6 address has a zone'],
      [{ host: 'fe80::1%a', device: 'b' }, "device: must be the zone 'a', not 'b'"],
      [{ host: '127.0.0.1', ipv6Only: true }, 'ipv6Only: is for IPv6 sockets'],
      [{ ipv6Only: 1 }, 'ipv6Only: must be true or false'],
      [{ backlog: -1 }, 'backlog: must be a whole number'],
      [{ signal: true }, 'signal: must be an AbortSignal'],
      [{ signal: AbortSignal.abort(new Error('no more')) }, 'no more'],
      [{ path: '/run/x' }, "path: must begin with '\\0': sockets with a path are no namespace's"],
      [{ path: '\0' }, 'path: must have a name'],
      [{ path: `\0${'x'.repeat(108)}` }, 'path: must be at most 108 bytes long'],
      [{ path: '\0x', port: 80 }, 'port: does not go with a path'],
      [{ path: '\0x', mark: 1 }, 'mark: does not go with a path'],
    ];
    const toConnect: [object, string][] = [
      [{ port: 0 }, 'port: must be a whole number from 1'],
      [{ localPort: 65536 }, 'localPort: must be'],
      [{ localAddress: '::1' }, 'localAddress: must be of the family of the host'],
      [{ noDelay: 'yes' }, 'noDelay: must be true or false'],
      [{ keepAlive: 1 }, 'keepAlive: must be true or false'],
      [{ keepAliveInitialDelay: -1 }, 'keepAliveInitialDelay: must be a whole number'],
      [{ allowHalfOpen: 1 }, 'allowHalfOpen: must be true or false'],
      [{ timeout: 0.5 }, 'timeout: must be a whole number'],
      [{ path: '/run/x' }, "path: must begin with '\\0'"],
      [{ path: '\0x' }, 'does not go with a path'],
    ];

    for (const [options, message] of toListen) {
      await expect(a.listen(server, options as ListenOptions)).rejects.toThrow(message);
    }
    for (const [options, message] of toConnect) {
      const given = { host: '127.0.0.1', port: 80, ...options };
      await expect(a.connect(given as ConnectOptions)).rejects.toThrow(message);
    }
    await expect(a.listen({} as never)).rejects.toThrow('server: must be a server');
    await expect(closed.listen(server)).rejects.toMatchObject({ code: 'EBADF', syscall: 'use' });
    await expect(closed.connect({ host: '::1', port: 1 })).rejects.toMatchObject({ code: 'EBADF' });
    expect(server.listening).toBe(false);
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });

  test('outlive the handle, and end by their signals', async () => {
    const a = await namespaceWithLoopback();
    const closing = new AbortController();
    const server = net.createServer((socket) => socket.end('still here'));
    await a.listen(server, { host: '127.0.0.1', port: 80, signal: closing.signal });
    const socket = await a.connect({ host: '127.0.0.1', port: 80, timeout: 1 });
    await a.close();

    expect(String((await once(socket, 'data'))[0])).toBe('still here');
    socket.destroy();
    closing.abort();
    await once(server, 'close');
  });

  test.each([[null], ['enough'], [new Error('enough')]])('give up connecting with the reason %p', async (reason) => {
    await using a = await namespaceWithLoopback();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'far', namespace: b, up: true } });
    await a.addresses.add('eth0', '10.1.1.1/24');
    await a.neighbors.add({ device: 'eth0', destination: '10.1.1.2', linkLayerAddress: '02:00:00:00:00:02' });
    const before = openDescriptors();
    const stop = new AbortController();

    // Nobody answers.
    const connecting = a.connect({ host: '10.1.1.2', port: 80, signal: stop.signal });
    while (!(await ss(a, '-tan')).includes('SYN-SENT')) await new Promise(setImmediate);
    stop.abort(reason);

    await expect(connecting).rejects.toBe(reason);
    while (openDescriptors() > before) await new Promise(setImmediate);
    expect(await ss(a, '-tan')).not.toContain('SYN-SENT');
  });

  test('go on connecting when the handle is closed', async () => {
    const a = await namespaceWithLoopback();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'far', namespace: b, up: true } });
    await a.addresses.add('eth0', '10.1.1.1/24');
    await a.neighbors.add({ device: 'eth0', destination: '10.1.1.2', linkLayerAddress: '02:00:00:00:00:02' });
    const stop = new AbortController();
    const connecting = a.connect({ host: '10.1.1.2', port: 80, signal: stop.signal });
    while (!(await ss(a, '-tan')).includes('SYN-SENT')) await new Promise(setImmediate);

    await a.close();
    const ended = await Promise.race([
      connecting.then(String, String),
      new Promise((resolve) => setTimeout(resolve, 100)),
    ]);
    stop.abort('enough');

    expect(ended).toBeUndefined();
    await expect(connecting).rejects.toBe('enough');
  });

  test('of a server that two calls want, one gets it', async () => {
    await using a = await namespaceWithLoopback();
    const server = net.createServer();

    const ended = await Promise.allSettled([a.listen(server, { port: 80 }), a.listen(server, { port: 81 })]);

    // Which, is not ordered.
    const refused = ended.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toMatchObject([{ reason: { code: 'ERR_SERVER_ALREADY_LISTEN' } }]);
    expect((await ss(a, '-tln')).trim().split('\n')).toHaveLength(1);
    server.close();
  });
});

describeKernel('sockets as descriptors', () => {
  test('are of the kind, protocol and device that was asked for', async () => {
    await using a = await namespaceWithLoopback();
    const opened: [RawSocketOptions, string, RegExp][] = [
      [{ family: 'packet', type: 'raw', protocol: 'arp', device: 'lo' }, '-0n', /p_raw .*(arp|\[2054\]):lo /],
      [{ family: 'packet', type: 'dgram', protocol: 0x0800 }, '-0n', /p_dgr .*(ip|\[2048\]):\* /],
      [{ family: 'inet', type: 'raw', protocol: 'icmp', address: '127.0.0.1' }, '-wan', /127\.0\.0\.1:(icmp|1) /],
      [{ family: 'inet6', type: 'raw', protocol: 'icmpv6', mark: 9 }, '-wan', /:(ipv6-icmp|58) /],
      [{ family: 'inet', type: 'dgram', port: 53 }, '-uan', /0\.0\.0\.0:53 /],
      [{ family: 'netlink', type: 'raw', protocol: 'route' }, '-an -f netlink', new RegExp(`:\\S*/${process.pid} `)],
    ];

    for (const [options, listing, expected] of opened) {
      const fd = await a.openSocket(options);
      const inode = fs.readlinkSync(`/proc/self/fd/${fd}`);
      expect(inode).toMatch(/^socket:/);
      if (options.family !== 'netlink') expect(await ss(a, listing)).toMatch(expected);
      fs.closeSync(fd);
    }
  });

  test('receive what passes a device', async () => {
    await using a = await namespaceWithLoopback();
    const fd = await a.openSocket({ family: 'packet', type: 'dgram', protocol: 'ip', device: 'lo' });
    const buffer = Buffer.alloc(2048);
    expect(() => fs.readSync(fd, buffer)).toThrow(expect.objectContaining({ code: 'EAGAIN' }) as Error);

    await using sender = await a.createSocket('udp4');
    await new Promise((resolve) => {
      sender.send('7e57', 9, '127.0.0.1', resolve);
    });
    const size = fs.readSync(fd, buffer);

    expect(buffer.readUInt8(0)).toBe(0x45);
    expect(buffer.toString('latin1', 28, size)).toBe('7e57');
    fs.closeSync(fd);
  });

  test('refuse wrong arguments, and say what the kernel refused', async () => {
    await using a = await namespaceWithLoopback();
    const before = openDescriptors();
    const wrong: [object, string][] = [
      [{ family: 'ip' }, "family: must be 'inet', 'inet6', 'packet', 'unix', 'netlink' or a number, not 'ip'"],
      [{ family: null }, 'family: must be'],
      [{ type: 'constructor' }, "type: must be 'stream', 'dgram', 'raw', 'seqpacket' or a number"],
      [{ protocol: 'ip' }, 'protocol: must be'],
      [{ family: 'unix', protocol: 'x' }, "protocol: must be a number, not 'x'"],
      [{ family: 'packet', protocol: 65536 }, 'protocol: must be a whole number from 0 to 65535'],
      [{ family: 'packet', address: '::1' }, 'address: does not go with the family packet'],
      [{ family: 'packet', device: '' }, 'device: must not be empty'],
      [{ family: 'netlink', transparent: true }, "transparent: does not go with the family 'netlink'"],
      [{ address: '::1' }, 'address: must be of the family of the socket'],
      [{ port: 70000 }, 'port: must be'],
    ];

    for (const [options, message] of wrong) {
      await expect(a.openSocket({ family: 'inet', type: 'raw', ...options })).rejects.toThrow(message);
    }
    await expect(a.openSocket(7 as never)).rejects.toThrow('options: must be an object');
    await expect(a.openSocket({ family: 'inet', type: 'raw' })).rejects.toMatchObject({
      ...{ code: 'EPROTONOSUPPORT', syscall: 'socket' },
    });
    await expect(a.openSocket({ family: 'inet', type: 'stream', address: '192.0.2.1' })).rejects.toMatchObject({
      ...{ code: 'EADDRNOTAVAIL', syscall: 'bind', address: '192.0.2.1' },
    });
    // The socket by which a name was looked up rests before it is closed.
    expect(await lastFound(openDescriptors, (count) => count <= before)).toBeLessThanOrEqual(before);
  });
});

async function errorOf(promise: Promise<unknown>): Promise<NodeJS.ErrnoException> {
  return await promise.then(
    () => {
      throw new Error('did not fail');
    },
    (error: unknown) => error as NodeJS.ErrnoException,
  );
}
