import { closeSync } from 'node:fs';

import type { NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { bridge, ip, ss } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

/** Longer than a name may be, so that only a look-up tells whose it is. */
const long = 'the-bridge-of-the-whole-laboratory';

/** A bridge that has a long alternative name as well, up, in a namespace of its own. */
async function withBridge(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.add({ kind: 'bridge', name: 'br0', up: true });
  await namespace.links.addAlternativeName('br0', long);
  return namespace;
}

describeKernel('a long alternative name stands for a link', () => {
  test('as the master of a new link, and of its peer', async () => {
    await using a = await withBridge();

    await a.links.add({ kind: 'veth', name: 'v0', master: long, peer: { name: 'v1' } });
    await a.links.add({ kind: 'veth', name: 'w0', peer: { name: 'w1', master: long } });

    expect((await ip(a, 'link show master br0')).map(({ ifname }) => ifname)).toEqual(['v0', 'w1']);
  });

  test('as the master of a link where it goes, or is made', async () => {
    await using a = await scratchNamespace();
    await using b = await withBridge();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await a.links.set('v0', { namespace: b, master: long });
    await a.links.add({ kind: 'veth', name: 'w0', peer: { name: 'w1', namespace: b, master: long } });
    await a.links.add({ kind: 'veth', name: 'u0', namespace: b, master: long, peer: { name: 'u1' } });

    expect((await ip(b, 'link show master br0')).map(({ ifname }) => ifname).sort()).toEqual(['u0', 'v0', 'w1']);
  });

  test('as the port that takes over', async () => {
    await using a = await withBridge();
    const port = 'the-port-that-takes-over-in-the-end';
    await a.links.add({ kind: 'veth', name: 'v0', master: 'br0', peer: { name: 'v1' } });
    await a.links.add({ kind: 'veth', name: 'w0', master: 'br0', peer: { name: 'w1' } });
    await a.links.addAlternativeName('w0', port);

    await a.links.set('v0', { bridgePort: { backupPort: port } });

    expect(await bridge(a, 'link show dev v0')).toMatchObject([{ backup_port: 'w0' }]);
  });

  test('as the device of next hops, alone and in an array', async () => {
    await using a = await withBridge();
    await a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } });
    const nexthops = [{ device: long }, { device: 'v0' }];

    await a.routes.add({ destination: '10.8.0.0/24', nexthops });
    await a.routes.add([{ destination: '10.9.0.0/24', nexthops }]);

    for (const destination of ['10.8.0.0/24', '10.9.0.0/24']) {
      expect(await ip(a, `route show ${destination}`)).toMatchObject([{ nexthops: [{ dev: 'br0' }, { dev: 'v0' }] }]);
    }
  });

  test('as the device of sockets', async () => {
    await using a = await withBridge();

    const socket = await a.createSocket({ type: 'udp4', device: long });
    socket.close();
    closeSync(await a.openSocket({ family: 'packet', type: 'raw', protocol: 'arp', device: long }));
  });

  test('as the zone of an address', async () => {
    await using a = await withBridge();
    await a.addresses.add('br0', { address: 'fe80::1/64', flags: ['nodad'] });

    const socket = await a.createSocket({ type: 'udp6', address: `fe80::1%${long}` });

    try {
      expect(await ss(a, '-uan')).toContain('fe80::1');
    } finally {
      socket.close();
    }
  });

  test('and one that no link has is ENODEV, wherever it stands', async () => {
    await using a = await withBridge();
    const none = 'a-name-that-no-link-has-anywhere';
    const missing = { code: 'ENODEV' };

    await expect(a.links.add({ kind: 'veth', peer: { master: none } })).rejects.toMatchObject(missing);
    await expect(a.links.set('br0', { master: none })).rejects.toMatchObject(missing);
    await expect(a.createSocket({ type: 'udp4', device: none })).rejects.toMatchObject(missing);
    await expect(a.routes.add({ destination: '10.8.0.0/24', device: none })).rejects.toMatchObject(missing);
    expect(await ip(a, 'link show type veth')).toEqual([]);
  });
});
