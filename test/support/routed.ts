import type dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';

import { createNamespace, type NetworkNamespace, type NftRule } from '../../lib';
import { run, type Held, type Row } from './oracle';
import { lastFound, until } from './until';

/** The addresses of one family: those of the router are towards the client and towards the server. */
export interface Addresses {
  readonly family: 'ip' | 'ip6';
  readonly udp: 'udp4' | 'udp6';
  readonly client: string;
  readonly inside: string;
  readonly outside: string;
  readonly server: string;
  /** A further address of the router, towards the server. */
  readonly spare: string;
}

export const ip: Addresses = {
  ...{ family: 'ip', udp: 'udp4', client: '10.1.1.2', inside: '10.1.1.1' },
  ...{ outside: '10.1.2.1', server: '10.1.2.2', spare: '10.1.2.9' },
};
export const ip6: Addresses = {
  ...{ family: 'ip6', udp: 'udp6', client: '2001:db8:1::2', inside: '2001:db8:1::1' },
  ...{ outside: '2001:db8:2::1', server: '2001:db8:2::2', spare: '2001:db8:2::9' },
};
/** Rows of `test.each`. */
export const families: ['ip' | 'ip6', Addresses][] = [
  ['ip', ip],
  ['ip6', ip6],
];

/** A client and a server, each with its eth0, and between them a router, whose links are 'inner' and 'outer'. */
export interface Routed extends AsyncDisposable {
  readonly client: NetworkNamespace;
  readonly router: NetworkNamespace;
  readonly server: NetworkNamespace;
}

/** Makes them; packets of both families pass when it resolves. */
export async function routed(): Promise<Routed> {
  const [client, server] = await Promise.all([namespaceWithoutChecks(), namespaceWithoutChecks()]);
  const router = await namespaceWithoutChecks();
  await router.sysctl.set({ 'net.ipv4.ip_forward': 1, 'net.ipv6.conf.all.forwarding': 1 });
  // Each packet that is refused is answered, not one a second.
  await router.sysctl.set({ 'net.ipv4.icmp_ratelimit': 0, 'net.ipv6.icmp.ratelimit': 0 });
  for (const [name, guest] of Object.entries({ inner: client, outer: server })) {
    await router.links.add({ kind: 'veth', name, up: true, peer: { name: 'eth0', namespace: guest, up: true } });
  }
  await router.addresses.add(
    [ip, ip6].flatMap(({ inside, outside, spare, family }) => {
      const length = family === 'ip' ? '24' : '64';
      return [
        { device: 'inner', address: `${inside}/${length}` },
        { device: 'outer', address: `${outside}/${length}` },
        { device: 'outer', address: `${spare}/${length}` },
      ];
    }),
  );
  await client.addresses.add('eth0', [`${ip.client}/24`, `${ip6.client}/64`]);
  await server.addresses.add('eth0', [`${ip.server}/24`, `${ip6.server}/64`]);
  await client.routes.add([everythingBy(ip.inside), everythingBy(ip6.inside)]);
  await server.routes.add([everythingBy(ip.outside), everythingBy(ip6.outside)]);
  await Promise.all([ready(client, 'eth0'), ready(server, 'eth0'), ready(router, 'inner'), ready(router, 'outer')]);
  return {
    ...{ client, router, server },
    async [Symbol.asyncDispose]() {
      await Promise.all([client.close(), router.close(), server.close()]);
    },
  };
}

const everythingBy = (gateway: string) => ({ destination: gateway.includes(':') ? '::/0' : '0.0.0.0/0', gateway });

/** Waits until a link sends and receives: its own IPv6 address, by which neighbors are asked for, comes after its carrier. */
export async function ready(inside: NetworkNamespace, device: string): Promise<void> {
  await inside.links.waitFor(device, 'up');
  await until(async () => {
    const addresses = await inside.addresses.list({ device, family: 'inet6' });
    return addresses.some(({ address }) => address.startsWith('fe80:')) ? true : undefined;
  });
  await inside.addresses.waitFor({ device, family: 'inet6' });
}

/** A namespace where IPv6 addresses are there at once, and whose loopback is up. */
export function namespaceWithoutChecks(): Promise<NetworkNamespace> {
  return createNamespace(undefined, (made) => [
    made.sysctl.set({ 'net.ipv6.conf.default.accept_dad': 0, 'net.ipv6.conf.all.accept_dad': 0 }),
    made.links.set('lo', { up: true }),
  ]);
}

/** A TCP server that says who it sees, and what it is called. */
export async function answering(
  inside: NetworkNamespace,
  port: number,
  name = 'server',
  host = '::',
): Promise<AsyncDisposable> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${name} ${String(socket.remoteAddress).replace('::ffff:', '')} ${String(socket.remotePort)}`);
  });
  await inside.listen(server, { host, port });
  return {
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** What a server of {@link answering} says to whom connects: its name, the address and the port that it sees. */
export async function ask(client: NetworkNamespace, host: string, port: number): Promise<string[]> {
  const socket = await client.connect({ host, port, signal: AbortSignal.timeout(20_000) });
  return (await text(socket)).split(' ');
}

/** A UDP socket, and what it has heard. */
export interface Heard extends AsyncDisposable {
  readonly socket: dgram.Socket;
  readonly texts: string[];
  /** The addresses that they came from. */
  readonly sources: string[];
  /** Waits for a text. */
  heard(text: string): Promise<void>;
}

/** Listens to UDP. */
export async function listening(
  inside: NetworkNamespace,
  { udp }: Pick<Addresses, 'udp'>,
  port: number,
): Promise<Heard> {
  const socket = await inside.createSocket({ type: udp, port });
  const texts: string[] = [];
  const sources: string[] = [];
  socket.on('message', (message, { address }) => {
    texts.push(String(message));
    sources.push(address);
  });
  return {
    ...{ socket, texts, sources },
    async heard(expected) {
      const found = await lastFound(
        () => [...texts],
        (all) => all.includes(expected),
      );
      expect(found).toContain(expected);
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** Sends a text by UDP, and resolves when the kernel has taken it. Refusals of earlier ones are passed over. */
export async function say(from: dgram.Socket, address: string, port: number, what: string): Promise<void> {
  await new Promise<void>((resolve) => {
    from.send(what, port, address, () => {
      resolve();
    });
  });
}

/** What the counters of a chain have counted, in the order of its rules. */
export async function counted(
  inside: NetworkNamespace,
  chain: Pick<NftRule, 'family' | 'table' | 'chain'>,
): Promise<{ packets?: number | undefined; bytes?: number | undefined }[]> {
  const rules = await inside.nftables.rules.list(chain);
  return rules.flatMap(({ statements }) =>
    statements.flatMap((one) =>
      typeof one === 'object' && 'counter' in one && typeof one.counter === 'object' && !('key' in one.counter)
        ? [one.counter]
        : [],
    ),
  );
}

/** The packets of {@link counted}, once that are so many, or patience has ended. */
export async function packetsCounted(
  inside: NetworkNamespace,
  chain: Pick<NftRule, 'family' | 'table' | 'chain'>,
  expected: readonly number[],
): Promise<(number | undefined)[]> {
  return lastFound(
    async () => (await counted(inside, chain)).map(({ packets }) => packets),
    (found) => found.every((packets, index) => packets === expected[index]),
  );
}

/** What `nft -j list ruleset` shows, without its heading. */
export async function ruleset(namespace: Held): Promise<Row[]> {
  const { nftables } = JSON.parse(await run(namespace, 'nft', ['-j', 'list', 'ruleset'])) as { nftables: Row[] };
  return nftables.slice(1);
}
