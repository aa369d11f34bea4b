import type { NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const address = '02:00:00:00:00:01';

/** What `ip link` says, without timers. */
async function said(of: NetworkNamespace): Promise<unknown> {
  return (await ip(of, 'link show')).map(({ linkinfo: _, ...link }) => link);
}

type Call = (of: NetworkNamespace) => Promise<unknown>;

// The kernel takes it for no link, for all links of a group, or for that of another attribute.
describeKernel('index 0 names no link', () => {
  test.each<[string, string, Call]>([
    ['links.set', 'device', ({ links }) => links.set(0, { group: 0, mtu: 1400, alias: 'X' })],
    ['links.set of another namespace', 'device', ({ links }) => links.set(0, { group: 0, namespace: 1 as never })],
    ['links.set in two messages', 'device', ({ links }) => links.set(0, { group: 0, addressGenerationMode: 'none' })],
    ['links.get', 'device', ({ links }) => links.get(0)],
    ['links.peer', 'device', ({ links }) => links.peer(0)],
    ['links.delete', 'device', ({ links }) => links.delete(0)],
    ['links.delete of an identity', 'device', ({ links }) => links.delete({ index: 0, name: 'br0' })],
    ['links.delete of an array', '[0]', ({ links }) => links.delete([0])],
    ['links.addAlternativeName', 'device', ({ links }) => links.addAlternativeName(0, 'other')],
    ['links.deleteAlternativeName', 'device', ({ links }) => links.deleteAlternativeName(0, 'other')],
    ['a new master', 'master', ({ links }) => links.set('p0', { master: 0 })],
    ['a new backup port', 'bridgePort.backupPort', ({ links }) => links.set('p0', { bridgePort: { backupPort: 0 } })],
    ['the master of an entry', 'master', ({ fdb }) => fdb.add({ device: 'p0', master: 0, address })],
    [
      'a hop',
      'nexthops[0].device',
      ({ routes }) => routes.add({ destination: '10.1.0.0/16', nexthops: [{ device: 0, gateway: '10.0.0.2' }] }),
    ],
  ])('of %s', async (_verb, property, call) => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await a.links.add({ kind: 'veth', name: 'p0', master: 'br0' });
    await a.addresses.add('br0', '10.0.0.1/24');
    const before = await said(a);

    await expect(call(a)).rejects.toMatchObject({
      name: 'RangeError',
      property,
      message: expect.stringMatching(/from 1 to 2147483647, not 0$|is 1 or more; null is for none$/) as string,
    });

    expect(await said(a)).toEqual(before);
  });
});
