import { createNamespace } from '../../lib';
import { describeKernel, kernelTest, requiresOracle } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { scratchNamespace, uniqueName } from '../support/scratch';

describeKernel('veth', () => {
  test('a pair is made in one namespace', async () => {
    await using a = await scratchNamespace();

    const left = await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right' } });

    expect(await ip(a, 'link show left')).toMatchObject([
      { ifindex: left.index, ifname: 'left', link: 'right', linkinfo: { info_kind: 'veth' } },
    ]);
  });

  test('the peer is made inside another namespace, with what it shall have', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await b.links.add({ kind: 'bridge', name: 'br0' });

    await a.links.add({
      kind: 'veth',
      name: 'left',
      peer: {
        name: 'right',
        namespace: b,
        address: '02:00:00:00:00:07',
        mtu: 1300,
        index: 77,
        master: 'br0',
        up: true,
      },
    });

    const [right] = await ip(b, 'link show right');
    expect(right).toMatchObject({
      ifindex: 77,
      address: '02:00:00:00:00:07',
      mtu: 1300,
      master: 'br0',
      linkinfo: { info_kind: 'veth', info_slave_kind: 'bridge' },
      flags: expect.arrayContaining(['UP']) as string[],
    });
    expect((await ip(a, 'link show')).map((row) => row.ifname)).not.toContain('right');
  });

  test('a link is made in a namespace other than the one that is asked', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();

    const link = await a.links.add({ kind: 'bridge', name: 'br0', namespace: b });

    expect(await ip(b, 'link show br0')).toMatchObject([{ ifindex: link.index }]);
  });

  test('an end moves to another namespace and is renamed on the way', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right' } });

    await a.links.set('right', { namespace: b, name: 'eth0' });

    expect(await ip(b, 'link show eth0')).toMatchObject([{ ifname: 'eth0', linkinfo: { info_kind: 'veth' } }]);
    await expect(a.links.get('right')).rejects.toMatchObject({ code: 'ENODEV' });
  });

  test('an end moves to the namespace of a process', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: uniqueName(), peer: { name: 'right' } });
    await using b = await scratchNamespace();
    const child = (await run(b, 'sh', ['-c', 'sleep 20 >/dev/null 2>&1 & echo $!'])).trim();
    try {
      await a.links.set('right', { namespace: { pid: Number(child) } });

      expect(await ip(b, 'link show right')).toMatchObject([{ ifname: 'right' }]);
    } finally {
      process.kill(Number(child), 'SIGKILL');
    }
  });

  test('the peer is made in the namespace of a process, and set up there', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    const child = (await run(b, 'sh', ['-c', 'sleep 20 >/dev/null 2>&1 & echo $!'])).trim();
    try {
      const peer = { name: 'right', namespace: { pid: Number(child) }, up: true };
      await a.links.add({ kind: 'veth', name: 'left', up: true, peer });
    } finally {
      process.kill(Number(child), 'SIGKILL');
    }

    expect(await ip(b, 'link show right')).toMatchObject([{ flags: expect.arrayContaining(['UP']) as string[] }]);
    expect((await ip(a, 'link show')).map((row) => row.ifname)).not.toContain('right');
  });

  kernelTest('the peer is found in the same namespace', [requiresOracle('ethtool')], async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right' } });

    const peer = await a.links.peer('left');

    expect(peer).toMatchObject({ link: { name: 'right' }, namespaceId: undefined, namespace: undefined });
    const statistics = await run(a, 'ethtool', ['-S', 'left']);
    expect(statistics).toContain(`peer_ifindex: ${peer.link.index}`);
  });

  test('the peer is found in a named namespace, an unnamed one, and after both moved', async () => {
    await using a = await scratchNamespace();
    await using named = await createNamespace(uniqueName());
    await using unnamed = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'eth0', namespace: named } });
    await a.links.add({ kind: 'veth', name: 'other', peer: { name: 'eth1', namespace: unnamed } });

    const first = await a.links.peer('left');
    const second = await a.links.peer('other');

    const [row] = await ip(named, 'link show eth0');
    expect(first.link).toMatchObject({ name: 'eth0', index: row?.ifindex, address: row?.address });
    expect(first.namespace).toMatchObject({ name: named.name, inode: named.inode });
    expect(second.link.name).toBe('eth1');
    expect(second.namespace).toMatchObject({ inode: unnamed.inode });

    await a.links.set('left', { namespace: unnamed });
    expect(await unnamed.links.peer('left')).toMatchObject({ link: { name: 'eth0' }, namespace: { name: named.name } });
  });

  test('a link without a peer says so', async () => {
    await using a = await scratchNamespace();

    await expect(a.links.peer('lo')).rejects.toThrow("device: 'lo' is a link without a kind, which has no peer");
  });
});

describeKernel('a creation that fails half-way', () => {
  test('because the peer cannot come up in its namespace leaves no pair', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();

    const made = a.links.add({
      kind: 'veth',
      name: 'left',
      peer: { name: 'right', namespace: b, up: true, master: 'nowhere' },
    });

    await expect(made).rejects.toMatchObject({ code: 'ENODEV', property: 'peer.master' });
    expect(await namesIn(a)).toEqual(await namesIn(b));
    expect(await namesIn(a)).not.toContain('left');
  });

  test('because the name of the peer is taken leaves no pair', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await b.links.add({ kind: 'bridge', name: 'right' });

    const made = a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right', namespace: b } });

    await expect(made).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await namesIn(a)).not.toContain('left');
    expect(await ip(b, 'link show right')).toMatchObject([{ linkinfo: { info_kind: 'bridge' } }]);
  });

  test('because its master is not there leaves no link', async () => {
    await using a = await scratchNamespace();

    await expect(a.links.add({ kind: 'bridge', name: 'br0', master: 'nowhere' })).rejects.toMatchObject({
      code: 'ENODEV',
    });
    expect(await namesIn(a)).not.toContain('br0');
  });

  test('because it cannot be a port leaves no link', async () => {
    await using a = await scratchNamespace();

    const made = a.links.add({
      kind: 'veth',
      name: 'left',
      peer: { name: 'right' },
      bridgePort: { cost: 5 },
    });

    await expect(made).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
    expect(await namesIn(a)).not.toContain('left');
  });

  test('because the name is taken leaves the link that has it as it was', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', mtu: 1400 });

    const made = a.links.add({ kind: 'bridge', name: 'br0', addressGenerationMode: 'none', up: true, mtu: 1300 });

    await expect(made).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await ip(a, 'link show br0')).toMatchObject([{ mtu: 1400, operstate: 'DOWN' }]);
  });
});

async function namesIn(namespace: { fd: number }): Promise<unknown[]> {
  return (await ip(namespace, 'link show')).map((row) => row.ifname);
}
