import type { NetworkNamespace, NftBatch, NftStatement } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import { answering, ask, families, listening, routed, say } from '../support/routed';

const nat = feature(
  'nf_tables with NAT of both families',
  'nft add table inet t; nft add chain inet t c "{ type nat hook postrouting priority 100; }"; nft add rule inet t c masquerade',
);

const hooks = {
  post: { name: 'post', type: 'nat', hook: 'postrouting', priority: 'srcnat' },
  pre: { name: 'pre', type: 'nat', hook: 'prerouting', priority: 'dstnat' },
} as const;

/** A table of both families with a chain that changes addresses, of these rules. */
function changing(
  namespace: NetworkNamespace,
  hook: keyof typeof hooks,
  ...rules: (readonly NftStatement[])[]
): Promise<void> {
  return namespace.nftables.batch((nft: NftBatch) => {
    const table = nft.tables.add({ family: 'inet', name: 't' });
    table.chains.add(hooks[hook]);
    for (const statements of rules) table.rules.add({ chain: hook, statements });
  });
}

describeKernel('addresses of packets', [nat], () => {
  describe.each(families)('of %s', (family, at) => {
    test('are the address of the link that they leave by', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      const [, before] = await ask(net.client, at.server, 80);

      await changing(net.router, 'post', [{ match: { outputDevice: 'outer' } }, 'masquerade']);

      expect(before).toBe(at.client);
      // The newest of several addresses of IPv6 is chosen there.
      expect([at.outside, at.spare]).toContain((await ask(net.client, at.server, 80))[1]);
    });

    test('are of the ports that masquerading may take', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);

      await changing(net.router, 'post', [
        { match: { transportProtocol: 'tcp' } },
        { masquerade: { port: { from: 4000, to: 4063 }, flags: ['random'] } },
      ]);
      const ports = [];
      for (let count = 0; count < 4; count++) ports.push(Number((await ask(net.client, at.server, 80))[2]));

      expect(ports.every((port) => port >= 4000 && port <= 4063)).toBe(true);
    });

    test('are those that were given', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      await using _other = await answering(net.server, 81);

      await changing(
        net.router,
        'post',
        [{ match: { tcp: { destinationPort: 80 } } }, { snat: { family, address: at.spare, port: 7000 } }],
        [{ match: { tcp: { destinationPort: 81 } } }, { snat: { family, address: at.spare } }],
      );

      expect(await ask(net.client, at.server, 80)).toEqual(['server', at.spare, '7000']);
      expect((await ask(net.client, at.server, 81))[1]).toBe(at.spare);
    });

    test('are of a range that a map gives, with the ports', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      const [address, key] = [
        family === 'ip' ? 'ipv4_addr' : 'ipv6_addr',
        { [family]: 'source' } as { ip: 'source' },
      ] as const;
      const range = { from: at.spare, to: at.spare };

      await net.router.nftables.batch((nft) => {
        const table = nft.tables.add({ family: 'inet', name: 't' });
        table.sets.add({ name: 'addresses', key: address, data: { interval: address } });
        table.sets.add({ name: 'both', key: address, data: { interval: [address, 'inet_service'] } });
        table.elements.add({ set: 'addresses', elements: [{ key: at.client, data: range }] });
        table.elements.add({ set: 'both', elements: [{ key: at.client, data: [range, { from: 7000, to: 7003 }] }] });
        table.chains.add(hooks.post);
        table.rules.add({
          chain: 'post',
          statements: [{ snat: { family, addressAndPort: { map: { key, set: 'both' } }, interval: true } }],
        });
      });
      const ports = [];
      for (let count = 0; count < 3; count++) ports.push(await ask(net.client, at.server, 80));
      const { rules } = net.router.nftables;
      const [both] = await rules.list();
      await rules.replace(both!);
      const [again] = await rules.list();
      await rules.replace({
        ...again!,
        statements: [{ snat: { family, address: { map: { key, set: 'addresses' } }, interval: true } }],
      });

      expect(ports.map(([, seen]) => seen)).toEqual([at.spare, at.spare, at.spare]);
      expect(ports.map(([, , port]) => Number(port)).every((port) => port >= 7000 && port <= 7003)).toBe(true);
      expect(again!.statements).toEqual(both!.statements);
      expect(again!.statements).toContainEqual({
        snat: { family, addressAndPort: { map: { key, set: 'both' } }, interval: true },
      });
      expect((await ask(net.client, at.server, 80))[1]).toBe(at.spare);
    });

    test('are of a range', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      const to = at.spare.replace(/9$/, '8');

      await changing(net.router, 'post', [
        { snat: { family, address: { from: at.server.replace(/2$/, '7'), to }, flags: ['persistent'] } },
      ]);
      // The server sends answers to an address that nobody has here: the router takes them all.
      await net.router.addresses.add('outer', [
        `${to}/${family === 'ip' ? '32' : '128'}`,
        `${at.server.replace(/2$/, '7')}/${family === 'ip' ? '32' : '128'}`,
      ]);
      const seen = [await ask(net.client, at.server, 80), await ask(net.client, at.server, 80)].map(([, one]) => one);

      expect([to, at.server.replace(/2$/, '7')]).toContain(seen[0]);
      expect(seen[1]).toBe(seen[0]);
    });

    test('lead to a server behind the router, at another port', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 8080);

      await changing(net.router, 'pre', [
        { match: { inputDevice: 'inner' } },
        { match: { tcp: { destinationPort: 80 } } },
        { dnat: { family, address: at.server, port: 8080 } },
      ]);

      expect((await ask(net.client, at.inside, 80)).slice(0, 2)).toEqual(['server', at.client]);
      await expect(ask(net.client, at.inside, 81)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    });

    test('lead to another port alone', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 8080);

      await changing(net.router, 'pre', [{ match: { tcp: { destinationPort: 80 } } }, { dnat: { port: 8080 } }]);

      expect((await ask(net.client, at.server, 80))[1]).toBe(at.client);
    });

    test('lead to the router itself', async () => {
      await using net = await routed();
      await using _server = await answering(net.router, 8080, 'router');
      const redirect = { redirect: { port: 8080 } };

      await changing(net.router, 'pre', [{ match: { tcp: { destinationPort: [80, 81] } } }, redirect]);

      expect((await ask(net.client, at.server, 80)).slice(0, 2)).toEqual(['router', at.client]);
      expect((await ask(net.client, at.server, 81)).slice(0, 2)).toEqual(['router', at.client]);
    });

    test('are those of UDP and back', async () => {
      await using net = await routed();
      await using server = await listening(net.server, at, 53);
      await using client = await listening(net.client, at, 5353);
      server.socket.on('message', (message, { address, port }) => {
        server.socket.send(`re: ${String(message)}`, port, address);
      });

      await changing(net.router, 'pre', [
        { match: { udp: { destinationPort: 5300 } } },
        { dnat: { family, address: at.server, port: 53 } },
      ]);
      await say(client.socket, at.inside, 5300, 'question');
      await client.heard('re: question');

      expect(server.sources).toEqual([at.client]);
      expect(client.sources).toEqual([at.inside]);
    });
  });
});
