import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

import type { Connection, ConnectionFilter, NetworkNamespace } from '../../lib';
import { linesOf, shownBy, tracking } from '../support/conntrack';
import { describeKernel, requiresOracle } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { bothFound, until } from '../support/until';

/** A router between two networks, of which that outside has no route to the one inside: packets appear as the router's own. */
interface Networks {
  router: NetworkNamespace;
  inner: NetworkNamespace;
  outer: NetworkNamespace;
}

const INNER = ['10.1.0.2', '2001:db8:1::2'] as const;
const OUTER = ['192.0.2.2', '2001:db8:2::2'] as const;
const ROUTER = ['192.0.2.1', '2001:db8:2::1'] as const;

async function networks({ router, inner, outer }: Networks): Promise<void> {
  await router.sysctl.set({ 'net.ipv4.ip_forward': 1, 'net.ipv6.conf.all.forwarding': 1 });
  const sides = [
    { name: 'in', guest: inner, ours: ['10.1.0.1', '2001:db8:1::1'], theirs: INNER },
    { name: 'out', guest: outer, ours: ROUTER, theirs: OUTER },
  ];
  for (const { name, guest, ours, theirs } of sides) {
    await router.links.add({ kind: 'veth', name, up: true, peer: { name: 'eth0', namespace: guest, up: true } });
    const of = ([ip, ip6]: readonly string[]) => [
      { address: `${ip}/24` },
      { address: `${ip6}/64`, flags: ['nodad'] as const },
    ];
    await router.addresses.add(of(ours).map((one) => ({ device: name, ...one })));
    await guest.addresses.add(of(theirs).map((one) => ({ device: 'eth0', ...one })));
    await guest.links.waitFor('eth0', 'up');
  }
  await inner.routes.add([
    { destination: 'default', gateway: '10.1.0.1' },
    { destination: '::/0', gateway: '2001:db8:1::1' },
  ]);
  await router.sysctl.set({ 'net.netfilter.nf_conntrack_acct': 1, 'net.netfilter.nf_conntrack_timestamp': 1 });
  await run(router, 'nft', [
    `add table inet nat
     add chain inet nat post { type nat hook postrouting priority srcnat ; }
     add rule inet nat post oifname out masquerade
     add chain inet nat pre { type nat hook prerouting priority dstnat ; }`,
  ]);
}

/** Answers to each connection with a name, and to each line of it with the same. */
async function serve(namespace: NetworkNamespace, host: string, port: number, name: string) {
  const server = net.createServer((socket) => {
    // What was cut lasts at its other end.
    server.on('ended', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.write(`${name} sees ${String(socket.remoteAddress)}\n`);
    socket.on('data', (data) => socket.write(`${name}: ${data.toString()}`));
  });
  await namespace.listen(server, { host, port });
  return server;
}

/** Asks for an echo once, over a raw socket, and prints who answered. */
const ping = `
import socket, struct, sys
host = sys.argv[1]
v6 = ':' in host
s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW, 58 if v6 else 1)
s.settimeout(30)
body = struct.pack('!BBHHH', 128 if v6 else 8, 0, 0, 4242, 1)
if not v6:
    total = sum(struct.unpack('!4H', body))
    total = (total & 0xffff) + (total >> 16)
    body = body[:2] + struct.pack('!H', ~total & 0xffff) + body[4:]
s.sendto(body, (host, 0))
while True:
    data, who = s.recvfrom(1024)
    if (data[0] if v6 else data[20]) == (129 if v6 else 0):
        print(who[0])
        break
`;

async function closing(server: net.Server, ...sockets: net.Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.close();
  server.emit('ended');
  await once(server, 'close');
}

describeKernel('connections of packets', [...tracking(), requiresOracle('python3')], () => {
  test('of TCP, UDP and ping by IPv4 and IPv6 are listed as they are, translated', async () => {
    await using router = await scratchNamespace();
    await using inner = await scratchNamespace();
    await using outer = await scratchNamespace();
    await networks({ router, inner, outer });
    const server = await serve(outer, '::', 80, 'outer');
    const sockets: net.Socket[] = [];
    for (const index of [0, 1] as const) {
      const socket = await inner.connect({ host: OUTER[index], port: 80 });
      expect(String((await once(socket, 'data')) as unknown[])).toContain(ROUTER[index]);
      sockets.push(socket);
      expect(await run(inner, 'python3', ['-c', ping, OUTER[index]])).toBe(`${OUTER[index]}\n`);
      const udp = await inner.createSocket(index === 0 ? 'udp4' : 'udp6');
      udp.send('hello', 53, OUTER[index]);
      // Nobody listens there: an ICMP error is no answer.
      await until(
        async () => (await router.conntrack.list({ protocol: 'udp', original: { destination: OUTER[index] } }))[0],
      );
      udp.close();
    }

    const found = await bothFound(
      async () => linesOf((await router.conntrack.list()).filter(isOfTest)),
      async () => (await shownBy(router)).filter((line) => /(src|dst)=(192\.0\.2\.2|2001:db8:2::2) /.test(line)),
    );

    expect(found[0]).toEqual(found[1]);
    expect(found[0].length).toBeGreaterThanOrEqual(6);
    for (const [index, family] of (['inet', 'inet6'] as const).entries()) {
      const [tcp] = await router.conntrack.list({ protocol: 'tcp', family });
      expect(tcp).toMatchObject({
        original: { source: INNER[index], destination: OUTER[index], destinationPort: 80 },
        reply: { source: OUTER[index], destination: ROUTER[index], sourcePort: 80 },
        tcp: { state: 'established' },
      });
      expect(tcp!.status).toEqual(expect.arrayContaining(['seenReply', 'assured', 'sourceNat']));
      expect(tcp!.original.sourcePort).toBe((sockets[index]!.address() as AddressInfo).port);
      const seconds = Date.now() / 1000;
      expect(tcp!.times!.start).toBeGreaterThan(seconds - 600);
      expect(tcp!.times!.start).toBeLessThan(seconds + 1);
      const [ping] = await router.conntrack.list({
        protocol: index === 0 ? 'icmp' : 'icmpv6',
        original: { icmpId: 4242 },
      });
      expect(ping).toMatchObject({
        original: { icmpType: index === 0 ? 8 : 128, icmpCode: 0 },
        counters: { original: { packets: 1 }, reply: { packets: 1, bytes: index === 0 ? 28 : 48 } },
      });
    }
    await closing(server, ...sockets);

    function isOfTest({ original, reply }: Connection): boolean {
      return [original, reply].some(({ source, destination }) =>
        [source, destination].some((one) => OUTER.includes(one as never)),
      );
    }
  });

  test('follow a rule that changed when they are flushed by the server behind it, and others stay', async () => {
    await using router = await scratchNamespace();
    await using inner = await scratchNamespace();
    await using outer = await scratchNamespace();
    await networks({ router, inner, outer });
    const dnat = (port: number) =>
      run(router, 'nft', [`flush chain inet nat pre; add rule inet nat pre udp dport 80 dnat ip to 10.1.0.2:${port}`]);
    const receivers = await Promise.all(
      [81, 82].map((port) => inner.createSocket({ type: 'udp4', address: INNER[0], port })),
    );
    const [first, second] = receivers.map((socket) => {
      const seen: string[] = [];
      socket.on('message', (data) => seen.push(data.toString()));
      return seen;
    });
    const sender = await outer.createSocket({ type: 'udp4', address: OUTER[0], port: 5000 });
    await dnat(81);
    sender.send('one', 80, ROUTER[0]);
    await until(() => Promise.resolve(first!.includes('one') || undefined));
    const other = await outer.createSocket('udp4');
    other.send('other', 7, ROUTER[0]);
    const filter: ConnectionFilter = { protocol: 'udp', reply: { source: INNER[0], sourcePort: 81 } };
    await until(async () => (await router.conntrack.list({ original: { destinationPort: 7 } }))[0]);
    // Without the flush the connection goes on as it began.
    await dnat(82);
    sender.send('two', 80, ROUTER[0]);
    await until(() => Promise.resolve(first!.includes('two') || undefined));
    expect(await router.conntrack.list(filter)).toHaveLength(1);

    await router.conntrack.flush({ protocol: 'udp', reply: { source: INNER[0], sourcePort: 81 } });
    sender.send('three', 80, ROUTER[0]);
    await until(() => Promise.resolve(second!.includes('three') || undefined));

    expect(first).toEqual(['one', 'two']);
    expect(await router.conntrack.list(filter)).toEqual([]);
    expect(await router.conntrack.list({ original: { destinationPort: 7 } })).toHaveLength(1);
    for (const socket of [...receivers, sender, other]) socket.close();
  });

  test('of TCP whose address is translated are cut when they are deleted', async () => {
    await using router = await scratchNamespace();
    await using inner = await scratchNamespace();
    await using outer = await scratchNamespace();
    await networks({ router, inner, outer });
    // What does not begin with SYN is no connection then.
    await router.sysctl.set('net.netfilter.nf_conntrack_tcp_loose', 0);
    await run(router, 'nft', [
      'add chain inet nat onward { type filter hook forward priority 0 ; }; add rule inet nat onward ct state invalid reject with tcp reset',
    ]);
    const server = await serve(outer, OUTER[0], 80, 'outer');
    const [cut, left] = [
      await inner.connect({ host: OUTER[0], port: 80 }),
      await inner.connect({ host: OUTER[0], port: 80 }),
    ];
    await Promise.all([once(cut, 'data'), once(left, 'data')]);
    const [row] = await router.conntrack.list({ original: { sourcePort: (cut.address() as AddressInfo).port } });

    await router.conntrack.delete(row!);
    const ended = once(cut, 'error') as Promise<[NodeJS.ErrnoException]>;
    cut.write('is anybody there?');
    left.write('still here');

    expect((await ended)[0].code).toBe('ECONNRESET');
    expect(String((await once(left, 'data')) as unknown[])).toBe('outer: still here');
    await closing(server, cut, left);
  });

  test('have the marks that rules give them, and rules see the marks that they are given', async () => {
    await using router = await scratchNamespace();
    await using inner = await scratchNamespace();
    await using outer = await scratchNamespace();
    await networks({ router, inner, outer });
    await run(router, 'nft', [
      `add chain inet nat onward { type filter hook forward priority 0 ; }
       add rule inet nat onward ct state new ct mark set 7
       add rule inet nat onward ct mark 9 reject with tcp reset`,
    ]);
    const server = await serve(outer, OUTER[0], 80, 'outer');
    const socket = await inner.connect({ host: OUTER[0], port: 80 });
    await once(socket, 'data');

    const [row] = await router.conntrack.list({ mark: 7 });
    await router.conntrack.set({ ...row!, mark: 9 });
    const ended = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
    socket.write('hello');

    expect((await ended)[0].code).toBe('ECONNRESET');
    await closing(server, socket);
  });
});
