import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';

import { createNamespace, type NetworkNamespace } from '../../lib';
import { dnsServer } from '../support/dns-server';
import { etcFiles } from '../support/etc';
import { describeKernel, requiresOracle } from '../support/kernel';
import { looped, silent } from '../support/served';
import { uniqueName } from '../support/scratch';

const HERE = 'nameserver 127.0.0.1\n';

describeKernel('a name', [requiresOracle('dnsmasq')], () => {
  test('is asked of the server of the namespace, both families side by side', async () => {
    await using blue = await named();
    await using red = await named();
    using _blue = etcFiles(blue.name!, { 'resolv.conf': HERE });
    using _red = etcFiles(red.name!, { 'resolv.conf': HERE });
    await using ofBlue = await dnsServer(blue, '127.0.0.1', ['host-record=web.example,10.0.0.1,2001:db8::1']);
    await using ofRed = await dnsServer(red, '127.0.0.1', ['host-record=web.example,10.0.0.2']);

    expect(await blue.lookup('web.example', { all: true, order: 'ipv4first' })).toEqual([
      { address: '10.0.0.1', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ]);
    expect(await red.lookup('web.example')).toEqual({ address: '10.0.0.2', family: 4 });
    expect((await ofBlue.asked(2)).sort()).toEqual(['A web.example', 'AAAA web.example']);
    expect((await ofRed.asked(2)).sort()).toEqual(['A web.example', 'AAAA web.example']);
  });

  test('is asked for one family where one is wanted', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { 'resolv.conf': HERE });
    await using server = await dnsServer(a, '127.0.0.1', ['host-record=web.example,10.0.0.1,2001:db8::1']);

    expect(await a.lookup('web.example', { family: 6 })).toEqual({ address: '2001:db8::1', family: 6 });
    expect(await a.lookup('web.example', { family: 'IPv4', all: true })).toEqual([{ address: '10.0.0.1', family: 4 }]);
    expect(await server.asked(2)).toEqual(['AAAA web.example', 'A web.example']);
  });

  test('comes with IPv6 first where the namespace has a route there', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { hosts: '10.0.0.1 web\n2001:db8::1 web\n' });

    expect((await a.lookup('web')).address).toBe('10.0.0.1');
    expect((await a.lookup('web', { order: 'ipv6first' })).address).toBe('2001:db8::1');
    await a.addresses.add('lo', { address: '2001:db8::2/64', flags: ['nodad'] });
    expect((await a.lookup('web')).address).toBe('2001:db8::1');
    expect((await a.lookup('web', { verbatim: false })).address).toBe('10.0.0.1');
  });

  test('has its aliases followed', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { 'resolv.conf': HERE });
    const records = [
      'host-record=real.example,10.0.0.1',
      'cname=middle.example,real.example',
      'cname=web.example,middle.example',
    ];
    await using _server = await dnsServer(a, '127.0.0.1', records);

    expect(await a.lookup('web.example', { all: true })).toEqual([{ address: '10.0.0.1', family: 4 }]);
  });

  test('has an answer that is too long for a datagram fetched over TCP', async () => {
    await using a = await named();
    using files = etcFiles(a.name!, { 'resolv.conf': HERE });
    const addresses = Array.from({ length: 60 }, (_, number) => `10.0.0.${number + 1}`);
    const records = addresses.map((address) => `host-record=many.example,${address}`);
    await using server = await dnsServer(a, '127.0.0.1', records);
    const lookUp = async () => (await a.lookup('many.example', { all: true, family: 4 })).map(({ address }) => address);

    expect((await lookUp()).sort()).toEqual([...addresses].sort());
    expect(await server.asked(2)).toEqual(['A many.example', 'A many.example']);

    files.write('resolv.conf', `${HERE}options use-vc\n`);
    expect(await lookUp()).toHaveLength(60);
    expect(await server.asked(3)).toHaveLength(3);
  });

  test('is tried with the search domains, in their order', async () => {
    await using a = await named();
    using files = etcFiles(a.name!, { 'resolv.conf': `${HERE}search no.example yes.example\n` });
    await using server = await dnsServer(a, '127.0.0.1', [
      'host-record=web.yes.example,10.0.0.1',
      'host-record=x.example,10.0.0.2',
    ]);

    expect((await a.lookup('web', { family: 4 })).address).toBe('10.0.0.1');
    expect((await a.lookup('x.example', { family: 4 })).address).toBe('10.0.0.2');
    expect(await server.asked(3)).toEqual(['A web.no.example', 'A web.yes.example', 'A x.example']);
    files.write('resolv.conf', `${HERE}search yes.example\noptions ndots:2\n`);
    expect((await a.lookup('x.example', { family: 4 })).address).toBe('10.0.0.2');
    expect((await server.asked(5)).slice(3)).toEqual(['A x.example.yes.example', 'A x.example']);
    await expect(a.lookup('web.', { family: 4 })).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  });

  test('that the hosts file has is asked of nobody, nor is localhost', async () => {
    await using a = await named();
    using files = etcFiles(a.name!, { 'resolv.conf': HERE, hosts: '10.0.0.9 web.example\n' });
    const records = ['host-record=web.example,10.0.0.1', 'host-record=last.example,10.0.0.2'];
    await using server = await dnsServer(a, '127.0.0.1', records);

    expect(await a.lookup('WEB.example.', { all: true })).toEqual([{ address: '10.0.0.9', family: 4 }]);
    expect(await a.lookup('localhost', { all: true })).toEqual([
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]);
    expect(await a.lookup('a.localhost', { family: 4 })).toEqual({ address: '127.0.0.1', family: 4 });
    files.write('hosts', '127.0.0.8 localhost\n');
    expect(await a.lookup('localhost', { all: true })).toEqual([{ address: '127.0.0.8', family: 4 }]);
    await a.lookup('last.example', { family: 4 });
    expect(await server.asked(1)).toEqual(['A last.example']);
  });

  test('is asked of the next server where one is silent, or has no port open', async () => {
    await using a = await silent(await named());
    using files = etcFiles(a.name!, { 'resolv.conf': `nameserver 10.9.9.9\n${HERE}options timeout:1\n` });
    await using _server = await dnsServer(a, '127.0.0.1', ['host-record=web.example,10.0.0.1']);

    expect((await a.lookup('web.example')).address).toBe('10.0.0.1');
    files.write('resolv.conf', `nameserver 127.0.0.2\n${HERE}`);
    expect((await a.lookup('web.example')).address).toBe('10.0.0.1');
  });

  test('is asked of the servers by turns with the option rotate', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { 'resolv.conf': `${HERE}nameserver 127.0.0.2\noptions rotate\n` });
    await using first = await dnsServer(a, '127.0.0.1', ['host-record=web.example,10.0.0.1']);
    await using second = await dnsServer(a, '127.0.0.2', ['host-record=web.example,10.0.0.1']);

    for (let round = 0; round < 4; round++) await a.lookup('web.example', { family: 4 });

    expect(await first.asked(2)).toHaveLength(2);
    expect(await second.asked(2)).toHaveLength(2);
  });

  test('is looked up as the machine has it where the namespace has no files of its own', async () => {
    await using a = await looped();
    const [, server = '127.0.0.1'] = /^nameserver\s+(\S+)/m.exec(readFileSync('/etc/resolv.conf', 'utf8')) ?? [];
    const address = `${server}/${net.isIPv6(server) ? 128 : 32}`;
    if (!/^(127|::1)/.test(server)) await a.addresses.add('lo', { address, flags: ['nodad'] });
    await using _server = await dnsServer(a, server, ['host-record=web.example,10.0.0.1']);

    expect((await a.lookup('web.example.')).address).toBe('10.0.0.1');
  });

  test('that does not exist, or cannot be asked for, is an error of dns.lookup', async () => {
    await using a = await silent(await named());
    using files = etcFiles(a.name!, { 'resolv.conf': HERE });
    await using server = await dnsServer(a, '127.0.0.1', ['host-record=ipv4.example,10.0.0.1']);
    const rejection = { syscall: 'getaddrinfo', namespace: { name: a.name, inode: a.inode } };

    await expect(a.lookup('none.example')).rejects.toMatchObject({
      ...rejection,
      ...{ code: 'ENOTFOUND', errno: -3008, hostname: 'none.example', message: 'getaddrinfo ENOTFOUND none.example' },
    });
    await expect(a.lookup('ipv4.example', { family: 6 })).rejects.toMatchObject({ ...rejection, code: 'ENOTFOUND' });
    await expect(a.lookup('elsewhere.test')).rejects.toMatchObject({
      ...rejection,
      ...{ code: 'EAI_AGAIN', errno: -3001, hostname: 'elsewhere.test', cause: { message: '127.0.0.1: REFUSED' } },
    });
    for (const name of ['a..b', `${'a'.repeat(64)}.example`, 'a.'.repeat(150), '.', 'b\u0000\u00e4']) {
      await expect(a.lookup(name)).rejects.toMatchObject({ ...rejection, code: 'ENOTFOUND' });
    }
    // Two for none.example, one for ipv4.example, two attempts of two for elsewhere.test, and none for what is no name.
    expect(await server.asked(7)).toHaveLength(7);
    files.write('resolv.conf', 'nameserver 10.9.9.9\noptions timeout:1 attempts:1\nsearch x y z\n');
    await expect(a.lookup('web')).rejects.toMatchObject({
      ...{ code: 'EAI_AGAIN', cause: { message: '10.9.9.9: no answer in 1000 ms' } },
    });
  });

  test('is given up when the signal is aborted', async () => {
    await using a = await silent(await named());
    using _files = etcFiles(a.name!, { 'resolv.conf': 'nameserver 10.9.9.9\n' });

    await expect(a.lookup('web.example', { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expect(a.lookup('web.example', { signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow(
      'no more',
    );
    await expect(a.connect({ host: 'web.example', port: 80, signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('can be looked up with a callback, as dns.lookup does it', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { hosts: '10.0.0.1 web\n2001:db8::1 web\n' });
    const { lookup } = a;
    const call = (...args: unknown[]) =>
      new Promise<unknown[]>((resolve) => {
        (lookup as (...all: unknown[]) => void)(...args, (...results: unknown[]) => {
          resolve(results);
        });
      });

    expect(await call('web')).toEqual([null, '10.0.0.1', 4]);
    expect(await call('web', 6)).toEqual([null, '2001:db8::1', 6]);
    expect(await call('192.0.2.1', { all: true, hints: 32 })).toEqual([null, [{ address: '192.0.2.1', family: 4 }]]);
    expect(await call('192.0.2.1', 4)).toEqual([null, '192.0.2.1', 4]);
    expect(await call('no.localhost', { family: 4, all: true })).toEqual([null, [{ address: '127.0.0.1', family: 4 }]]);
    expect(await call('a..b')).toEqual([expect.objectContaining({ code: 'ENOTFOUND' })]);
    expect(() => {
      lookup('web', {}, 7 as never);
    }).toThrow('callback: must be a function');
    expect(() => {
      lookup(7 as never, () => undefined);
    }).toThrow('hostname: must be a name or an address, not 7');
  });

  test('that a datagram is sent to is looked up inside', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { hosts: '127.0.0.9 web\n' });
    const receiver = await a.createSocket({ type: 'udp4', address: '127.0.0.9', port: 7 });
    const sender = await a.createSocket('udp4');

    sender.send('hello', 7, 'web');

    expect(String((await once(receiver, 'message'))[0])).toBe('hello');
    sender.close();
    receiver.close();
  });

  test('is not looked up with wrong arguments, nor in a namespace that is closed', async () => {
    await using a = await looped();

    await expect(a.lookup(undefined as never)).rejects.toThrow('hostname: must be a name or an address, not undefined');
    await expect(a.lookup('')).rejects.toThrow('hostname: must not be empty');
    await expect(a.lookup('web', null as never)).rejects.toThrow('options: must be an object');
    await expect(a.lookup('web', { family: 5 as never })).rejects.toThrow('family: must be 0, 4 or 6, not 5');
    await expect(a.lookup('web', { order: 'any' as never })).rejects.toThrow('order: must be one of verbatim');
    await expect(a.lookup('web', { all: 1 as never })).rejects.toThrow('all: must be true or false, not 1');
    await expect(a.lookup('web', { signal: 1 as never })).rejects.toThrow('signal: must be an AbortSignal');
    await a.close();
    await expect(a.lookup('localhost')).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBADF' });
    await expect(a.connect({ host: 'localhost', port: 80 })).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('that is being looked up when the namespace is closed ends with that', async () => {
    const a = await silent(await named());
    using _files = etcFiles(a.name!, { 'resolv.conf': 'nameserver 10.9.9.9\noptions timeout:30\n' });

    const looking = Promise.allSettled([a.lookup('web.example'), a.connect({ host: 'web.example', port: 80 })]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await a.delete();

    const closed = { reason: { name: 'NamespaceError', code: 'EBADF', namespace: { name: a.name } } };
    expect(await looking).toMatchObject([closed, closed]);
  });
});

describeKernel('connect to a name', () => {
  test('looks it up inside, and tries its addresses in turn', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { hosts: '::1 web\n127.0.0.2 web\n127.0.0.3 web\n' });
    const server = net.createServer((socket) => socket.end());
    await a.listen(server, { host: '127.0.0.3', port: 80 });

    const socket = await a.connect({ host: 'web', port: 80 });

    expect(socket.remoteAddress).toBe('127.0.0.3');
    await ended(socket, server);
  });

  test('does not wait for an address that is silent', async () => {
    await using a = await silent(await named());
    using _files = etcFiles(a.name!, { hosts: '10.9.9.9 web\n127.0.0.1 web\n' });
    const server = net.createServer((socket) => socket.end());
    await a.listen(server, { host: '127.0.0.1', port: 80 });

    const socket = await a.connect({ host: 'web', port: 80, signal: AbortSignal.timeout(50_000) });

    expect(socket.remoteAddress).toBe('127.0.0.1');
    await ended(socket, server);
  });

  test('tries the families by turns, and those of one where one is wanted', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { hosts: '::1 web\n::2 web\n127.0.0.1 web\n127.0.0.2 web\n' });
    await a.addresses.add('lo', { address: '::2/128', flags: ['nodad'] });
    const tried = async (options: object) => {
      const error = await a.connect({ host: 'web', port: 80, ...options }).catch((failure: unknown) => failure);
      return (error as AggregateError).errors.map(({ address }: { address: string }) => address);
    };

    expect(await tried({})).toEqual(['::1', '127.0.0.1', '::2', '127.0.0.2']);
    expect(await tried({ order: 'ipv4first' })).toEqual(['127.0.0.1', '::1', '127.0.0.2', '::2']);
    expect(await tried({ family: 4 })).toEqual(['127.0.0.1', '127.0.0.2']);
    expect(await tried({ localAddress: '::1' })).toEqual(['::1', '::2']);
  });

  test('fails as Node does', async () => {
    await using a = await named();
    using _files = etcFiles(a.name!, { hosts: '127.0.0.1 one\n127.0.0.1 two\n127.0.0.2 two\n' });
    const namespace = { name: a.name, inode: a.inode };
    const refused = { code: 'ECONNREFUSED', port: 80, syscall: 'connect', namespace };

    await expect(a.connect({ host: 'one', port: 80 })).rejects.toMatchObject({ ...refused, address: '127.0.0.1' });
    const failure = await a.connect({ host: 'two', port: 80 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AggregateError);
    expect(failure).toMatchObject({
      ...{ code: 'ECONNREFUSED', namespace },
      message: 'connect ECONNREFUSED 127.0.0.1:80; connect ECONNREFUSED 127.0.0.2:80',
      errors: [
        { ...refused, address: '127.0.0.1' },
        { ...refused, address: '127.0.0.2' },
      ],
    });
    await expect(a.connect({ host: 'a..b', port: 80 })).rejects.toMatchObject({ code: 'ENOTFOUND', namespace });
    await expect(a.connect({ host: 'one', port: 80, family: 6 })).rejects.toMatchObject({ syscall: 'getaddrinfo' });
    await expect(a.connect({ host: 'one', port: 0 })).rejects.toThrow('port: must be a whole number');
    await expect(a.connect({ host: '', port: 80 })).rejects.toThrow('host: must not be empty');
    await expect(a.connect({ port: 80 } as never)).rejects.toThrow('host: must be a name or an address, not undefined');
  });

  test('ends all its attempts when the signal is aborted', async () => {
    await using a = await silent(await named());
    await a.neighbors.add({ device: 'eth0', destination: '10.9.9.8', linkLayerAddress: '02:00:00:00:00:98' });
    using _files = etcFiles(a.name!, { hosts: '10.9.9.8 web\n10.9.9.9 web\n' });

    await expect(a.connect({ host: 'web', port: 80, signal: AbortSignal.timeout(350) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});

/** A namespace with a name, so that it can have files in /etc, and a loopback. */
async function named(): Promise<NetworkNamespace> {
  const namespace = await createNamespace(uniqueName());
  await namespace.links.set('lo', { up: true });
  return namespace;
}

async function ended(socket: net.Socket, server: net.Server): Promise<void> {
  socket.destroy();
  server.close();
  await once(server, 'close');
}
