import type { LinkOptions, NetworkNamespace } from '../../lib';
import { NetlinkTransport } from '../../lib/transport/netlink-transport';
import { describeKernel, kernelTest } from '../support/kernel';
import { ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** So many pairs, whose near ends are called a0, a1 ... */
const pairs = (count: number) =>
  upTo(count).map((index) => ({ kind: 'veth' as const, name: `a${index}`, peer: { name: `b${index}` } }));

async function namesOf(namespace: NetworkNamespace): Promise<unknown[]> {
  return (await ip(namespace, 'link show')).map(({ ifname }) => ifname).filter((name) => name !== 'lo');
}

describeKernel('many links', () => {
  kernelTest('are made, and told by index and name', async () => {
    await using namespace = await scratchNamespace();
    await using other = await scratchNamespace();

    const made = await namespace.links.add([
      { kind: 'bridge', name: 'br0', up: true },
      { kind: 'veth', name: 'a', master: 'br0', up: true, peer: { name: 'b', namespace: other, up: true } },
      { kind: 'veth', name: 'c', master: 'br0', bridgePort: { isolated: true }, peer: { name: 'd' } },
    ]);

    const links = await ip(namespace, 'link show');
    expect(made).toEqual(
      ['br0', 'a', 'c'].map((name) => ({ name, index: links.find(({ ifname }) => ifname === name)?.ifindex })),
    );
    expect(
      links
        .filter(({ master }) => master === 'br0')
        .map(({ ifname }) => ifname)
        .sort(),
    ).toEqual(['a', 'c']);
    expect(await ip(other, 'link show b')).toMatchObject([{ flags: expect.arrayContaining(['UP']) as unknown }]);
    expect(await namespace.links.add([])).toEqual([]);
  });

  kernelTest('are not made if one of them is wrong, in whichever of its parts', async () => {
    await using namespace = await scratchNamespace();
    const wrong: [LinkOptions, string][] = [
      [{ kind: 'bridge', name: 'a/b' }, '[1].name'],
      [{ kind: 'bridge', name: 'br1', mtu: -1 }, '[1].mtu'],
      [{ kind: 'veth', name: 'x', bridgePort: { cost: -1 }, peer: { name: 'y' } }, '[1].bridgePort.cost'],
      [{ kind: 'veth', name: 'x', peer: { name: 'y', master: 'a/b' } }, '[1].peer.master'],
      [undefined as never, '[1]'],
    ];
    for (const [options, property] of wrong) {
      const call = namespace.links.add([{ kind: 'bridge', name: 'br0' }, options]);

      await expect(call).rejects.toMatchObject({ property });
    }

    expect(await namesOf(namespace)).toEqual([]);
  });

  kernelTest('that cannot be made are named, and the others made', async () => {
    await using namespace = await scratchNamespace();
    await namespace.links.add({ kind: 'bridge', name: 'a1' });

    await expect(namespace.links.add(pairs(3))).rejects.toMatchObject({
      code: 'EEXIST',
      element: 1,
      property: '[1].name',
      refused: [{ element: 1, code: 'EEXIST' }],
      message: expect.stringContaining("at [1].name: there is a link 'a1' already (link 'a1'") as unknown,
    });

    expect((await namesOf(namespace)).sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b2']);
  });

  kernelTest('are deleted together, by name, index and identity, both ends of a pair among them', async () => {
    await using namespace = await scratchNamespace();
    await using other = await scratchNamespace();
    const made = await namespace.links.add(pairs(40));
    const away = await namespace.links.add({ kind: 'veth', name: 'c', peer: { name: 'd', namespace: other } });
    const long = 'a-name-of-more-than-fifteen-bytes';
    await namespace.links.addAlternativeName('a39', long);

    await namespace.links.delete([
      ...upTo(30).map((index) => `a${index}`),
      'b0',
      'b1',
      made[30]!.index,
      made[31]!,
      made[31]!,
      long,
      away,
    ]);

    expect((await namesOf(namespace)).sort()).toEqual(
      upTo(7)
        .flatMap((index) => [`a${32 + index}`, `b${32 + index}`])
        .sort(),
    );
    expect(await namesOf(other)).toEqual([]);
    await namespace.links.delete([]);
  });

  kernelTest('are not deleted if one of them is not there, or wrong, and keep their groups', async () => {
    await using namespace = await scratchNamespace();
    await namespace.links.add(pairs(3));
    await namespace.links.set('a1', { group: 7 });
    const groups = async () => (await ip(namespace, 'link show')).map(({ ifname, group }) => [ifname, group]);
    const before = await groups();

    await expect(namespace.links.delete(['a0', 'nothing', 'a1', 4711])).rejects.toMatchObject({
      code: 'ENODEV',
      element: 1,
      property: '[1]',
      subject: "link 'nothing'",
      refused: [
        { element: 1, code: 'ENODEV' },
        { element: 3, code: 'ENODEV' },
      ],
    });
    await expect(namespace.links.delete(['a0', 'a1', 'lo'])).rejects.toMatchObject({
      code: 'EOPNOTSUPP',
      element: 2,
      request: 'RTM_DELLINK',
    });
    for (const wrong of ['a/b', -1, undefined, null, {}, [] as unknown]) {
      await expect(namespace.links.delete(['a0', wrong as string])).rejects.toMatchObject({ property: '[1]' });
    }

    expect(await groups()).toEqual(before);
  });

  kernelTest('have their groups back if the kernel refuses', async () => {
    await using namespace = await scratchNamespace();
    await namespace.links.add(pairs(3));
    await namespace.links.set('a1', { group: 7 });
    // A link that goes when its group was asked for, and before it is put into another.
    const send = jest.spyOn(NetlinkTransport.prototype, 'sendAll').mockImplementationOnce(async function (
      this: NetlinkTransport,
      ...given
    ) {
      await ip(namespace, 'link delete a2');
      send.mockRestore();
      await this.sendAll(...given);
    });

    await expect(namespace.links.delete(['a0', 'a1', 'a2'])).rejects.toMatchObject({
      code: 'ENODEV',
      element: 2,
      subject: "link 'a2'",
    });

    const groups = (await ip(namespace, 'link show')).map(({ ifname, group }) => [ifname, group]);
    expect(groups).toEqual([
      ['lo', 'default'],
      ['b0', 'default'],
      ['a0', 'default'],
      ['b1', 'default'],
      ['a1', '7'],
    ]);
  });

  kernelTest('of a group are deleted', async () => {
    await using namespace = await scratchNamespace();
    await namespace.links.add(pairs(3).map((pair, index) => ({ ...pair, group: index === 0 ? 0 : 7 })));

    await namespace.links.delete({ group: 7 });

    expect((await namesOf(namespace)).sort()).toEqual(['a0', 'b0']);
    await expect(namespace.links.delete({ group: 7 })).rejects.toMatchObject({
      code: 'ENODEV',
      subject: 'links of group 7',
    });
    for (const group of [0, -1, 2 ** 32, '7']) {
      await expect(namespace.links.delete({ group: group as number })).rejects.toMatchObject({ property: 'group' });
    }
    await namespace.links.set('lo', { group: 8 });
    await expect(namespace.links.delete({ group: 8 })).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
  });
});
