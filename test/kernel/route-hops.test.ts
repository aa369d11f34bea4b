import type { NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const to = { destination: 'fd01::/32', table: 50 };

async function furnished(): Promise<NetworkNamespace> {
  const a = await scratchNamespace();
  await a.links.set('lo', { up: true });
  await a.links.add([
    { kind: 'veth', name: 'a0', up: true, peer: { name: 'b0', up: true } },
    { kind: 'veth', name: 'a1', up: true, peer: { name: 'b1', up: true } },
  ]);
  await a.addresses.add('a0', { address: 'fd00:1::1/64', flags: ['nodad'] });
  await a.addresses.add('a1', { address: 'fd00:2::1/64', flags: ['nodad'] });
  await a.nexthops.add({ id: 2, gateway: 'fd00:1::9', device: 'a0' });
  await a.routes.append([
    { ...to, gateway: 'fd00:1::8' },
    { ...to, gateway: 'fd00:2::9', protocol: 'bgp' },
  ]);
  return a;
}

function left(a: NetworkNamespace): Promise<unknown> {
  return ip(a, '-6 route show table 50');
}

// In the kernel each is a route of its own; the row has the protocol of the first.
describeKernel('IPv6 hops of several protocols', () => {
  test.each<object>([{ table: 50 }, { table: 50, device: 'a1' }, { table: 50, type: 'unicast' }])(
    'are all deleted by a flush: %j',
    async (filter) => {
      await using a = await furnished();

      await a.routes.flush(filter);

      expect(await left(a)).toEqual([]);
    },
  );

  test('but not those of another protocol than is asked for', async () => {
    await using a = await furnished();

    await a.routes.flush({ table: 50, protocol: 'boot' });

    expect(await left(a)).toMatchObject([{ gateway: 'fd00:2::9', protocol: 'bgp' }]);
  });

  test('are deleted by their gateways where no protocol is said', async () => {
    await using a = await furnished();
    const [row] = await a.routes.list({ table: 50 });
    const { protocol: _, ...ofAny } = row!;

    await a.routes.delete(ofAny);

    expect(await left(a)).toEqual([]);
  });

  test('beside a route through a nexthop that shall stay, are refused', async () => {
    await using a = await furnished();
    await a.routes.append({ ...to, nexthopId: 2 });
    const before = await left(a);

    await expect(a.routes.flush({ table: 50, device: 'a1' })).rejects.toMatchObject({
      name: 'RangeError',
      property: 'filter',
    });
    expect(await left(a)).toEqual(before);

    await a.routes.flush({ table: 50 });
    expect(await left(a)).toEqual([]);
  });
});
