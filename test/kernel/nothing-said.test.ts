import { scratchNamespace } from '../support/scratch';

// What says nothing to the kernel, which would take it without a look.

test('a kind is changed with options that all links have, and refused of another link', async () => {
  await using blue = await scratchNamespace();
  await blue.links.add({ kind: 'bridge', name: 'br0' });
  await blue.links.add({ kind: 'vxlan', name: 'vx0', vni: 7, port: 4789 });

  await blue.links.set('vx0', { kind: 'vxlan', up: true });
  await blue.links.set('br0', { kind: 'bridge', up: true });
  const ofAnother = [
    blue.links.set('vx0', { kind: 'bridge', mtu: 1400 }),
    blue.links.set('br0', { kind: 'vxlan', mtu: 1400 }),
  ];

  for (const change of ofAnother) await expect(change).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
  expect(await blue.links.get('vx0')).toMatchObject({ up: true, vni: 7, mtu: 1500 });
  expect(await blue.links.get('br0')).toMatchObject({ up: true, mtu: 1500 });
});

test('a link that is no port has nothing of one', async () => {
  await using blue = await scratchNamespace();
  await blue.links.add({ kind: 'bridge', name: 'br0' });
  await blue.links.add({ kind: 'veth', name: 'v0', master: 'br0' });
  await blue.links.add({ kind: 'veth', name: 'v1' });
  const hint = 'the link is no port of a bond';

  for (const device of ['v0', 'v1']) {
    const change = blue.links.set(device, { bondPort: {} });
    await expect(change).rejects.toMatchObject({ property: 'bondPort', hint });
  }
  await expect(blue.links.add({ kind: 'veth', name: 'v2', bondPort: {} })).rejects.toMatchObject({ hint });
  await expect(blue.links.set('v1', { vrfPort: {} })).rejects.toMatchObject({ property: 'vrfPort' });
  await expect(blue.links.set('v1', { masterPort: { kind: 'team' } })).rejects.toMatchObject({
    property: 'masterPort.data',
  });
});

test('what names too much or too little is not deleted by', async () => {
  await using blue = await scratchNamespace();
  await blue.links.add({ kind: 'veth', name: 'v0', group: 7 });

  const misspelt = { group: 7, knd: 'veth' };

  await expect(blue.links.delete(misspelt)).rejects.toMatchObject({ property: 'knd' });
  await expect(blue.nexthops.delete({ id: 1, devcie: 'v0' } as never)).rejects.toMatchObject({ property: 'devcie' });
});
