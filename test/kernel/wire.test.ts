import { feature, kernelTest } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const tun = feature('tun devices', 'ip tuntap add t0 mode tun');

kernelTest('what the kernel would cut of a metric is refused', async () => {
  await using a = await scratchNamespace();
  await a.links.add({ kind: 'bridge', name: 'd0', up: true });
  await run(a, 'ip', ['route', 'add', '10.0.0.0/8', 'dev', 'd0', 'mtu', '70000', 'advmss', '70000']);
  const route = { destination: '10.9.0.0/16', device: 'd0' };

  const [cut] = await a.routes.list({ device: 'd0' });
  expect(cut?.metrics).toEqual({ mtu: 65520, advertisedMss: 65495 });
  await expect(a.routes.add({ ...route, metrics: { mtu: 70000 } })).rejects.toBeInstanceOf(RangeError);
  await a.routes.add({ ...route, metrics: cut!.metrics! });

  const [one, other] = await ip(a, 'route show');
  expect(other?.metrics).toEqual(one?.metrics);
});

kernelTest('neighbors of a link without addresses of its own are listed, and added again', [tun], async () => {
  await using a = await scratchNamespace();
  await using b = await scratchNamespace();
  for (const namespace of [a, b]) {
    await run(namespace, 'ip', ['tuntap', 'add', 't0', 'mode', 'tun']);
    await namespace.links.set('t0', { up: true });
  }
  await a.neighbors.add({ device: 't0', destination: '2001:db8::2', linkLayerAddress: '' });
  // Of IPv4 there is one for all.
  await a.neighbors.add({ device: 't0', destination: '0.0.0.0', linkLayerAddress: '' });

  const list = await a.neighbors.list({ device: 't0', state: 'permanent' });
  await b.neighbors.add(list.map((one) => ({ ...one, device: 't0' })));

  expect(list).toMatchObject([
    { destination: '0.0.0.0', linkLayerAddress: '' },
    { destination: '2001:db8::2', linkLayerAddress: '' },
  ]);
  const shown = (namespace: typeof a) => ip(namespace, 'neigh show dev t0 nud permanent');
  expect(await shown(a)).toMatchObject([{ dst: '0.0.0.0' }, { dst: '2001:db8::2' }]);
  expect(await shown(b)).toEqual(await shown(a));
});
