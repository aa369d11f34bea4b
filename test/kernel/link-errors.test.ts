import { NetlinkError, type NetworkNamespace } from '../../lib';
import { describeKernel, feature, kernelTest } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

describeKernel('a link that is not there', () => {
  test.each<[verb: string, request: string, property: string, call: (a: NetworkNamespace) => Promise<unknown>]>([
    ['links.get', 'RTM_GETLINK', 'device', (a) => a.links.get('none')],
    ['links.get by index', 'RTM_GETLINK', 'device', (a) => a.links.get(99)],
    ['links.get by a long name', 'RTM_GETLINK', 'device', (a) => a.links.get('none-of-a-very-long-name')],
    ['links.peer', 'RTM_GETLINK', 'device', (a) => a.links.peer('none')],
    ['links.waitFor', 'RTM_GETLINK', 'device', (a) => a.links.waitFor('none', 'up')],
    ['links.delete of many', 'RTM_DELLINK', '[1]', (a) => a.links.delete(['lo', 'none'])],
    ['links.addAlternativeName', 'RTM_NEWLINKPROP', 'device', (a) => a.links.addAlternativeName('none', 'other')],
    ['addresses.waitFor', 'RTM_GETLINK', 'device', (a) => a.addresses.waitFor({ device: 'none' })],
    ['qdiscs.list', 'RTM_GETQDISC', 'device', (a) => a.qdiscs.list({ device: 'none' })],
    ['qdiscs.list by a long name', 'RTM_GETQDISC', 'device', (a) => a.qdiscs.list({ device: 'none-of-a-long-name' })],
    ['qdiscs.get', 'RTM_GETQDISC', 'device', (a) => a.qdiscs.get(99)],
    ['fdb.list', 'RTM_GETNEIGH', 'device', (a) => a.fdb.list({ device: 'none' })],
    ['fdb.flush', 'RTM_GETNEIGH', 'master', (a) => a.fdb.flush({ master: 'none' })],
  ])('is told by %s, at what names it', async (_verb, request, property, call) => {
    await using a = await scratchNamespace();

    await expect(call(a)).rejects.toMatchObject({ code: 'ENODEV', request, property });
  });
});

describeKernel('arguments that are missing or wrong', () => {
  test.each<
    [string, (a: Record<string, Record<string, (...given: unknown[]) => Promise<unknown>>>) => Promise<unknown>]
  >([
    ['device: must be the name or index', (a) => a.links!.get!()],
    ['device: must be the name or index', (a) => a.links!.delete!(null)],
    ['options: must be an object', (a) => a.links!.add!()],
    ['changes: must be an object', (a) => a.links!.set!('lo', null)],
    ['name: must be a string', (a) => a.links!.add!({ kind: 'dummy', name: 5 })],
    ['peer: must be an object', (a) => a.links!.add!({ kind: 'veth', name: 'left', peer: null })],
    ['peer.name: must be a string', (a) => a.links!.add!({ kind: 'veth', peer: { name: 5, up: true } })],
    ['namespace: must be a NetworkNamespace', (a) => a.links!.add!({ kind: 'dummy', namespace: {} })],
    [
      'namespace.pid: must be a number',
      (a) => a.links!.add!({ kind: 'dummy', namespace: { pid: '../1' }, bridgePort: {} }),
    ],
    [
      'peer.namespace: must be a NetworkNamespace',
      (a) => a.links!.add!({ kind: 'veth', peer: { namespace: 5, up: true } }),
    ],
    [
      'peer.namespace.pid: must be a whole number',
      (a) => a.links!.add!({ kind: 'veth', peer: { namespace: { pid: 0 }, up: true } }),
    ],
    [
      'namespace: must be a NetworkNamespace of this copy',
      (a) => a.links!.add!({ kind: 'dummy', namespace: { retain: () => 3, release: () => undefined }, up: true }),
    ],
    ['namespace: must be a NetworkNamespace', (a) => a.namespaceIds!.get!()],
    ['namespace: must be a NetworkNamespace', (a) => a.namespaceIds!.add!()],
  ])('%s', async (message, call) => {
    await using a = await scratchNamespace();

    await expect(call(a as never)).rejects.toThrow(message);
  });
});

describeKernel('errors', () => {
  test('a link that exists: EEXIST, its name and the namespace', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    const error = await a.links.add({ kind: 'bridge', name: 'br0' }).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(NetlinkError);
    expect(error).toMatchObject({
      code: 'EEXIST',
      errno: 17,
      request: 'RTM_NEWLINK',
      subject: "link 'br0'",
      namespace: { name: undefined, inode: a.inode },
    });
    expect((error as Error).message).toContain("link 'br0'");
    expect((error as Error).stack).toContain('link-errors.test');
  });

  test('the kernel is quoted', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    const change = a.links.set('br0', { mtu: 5_000_000 });

    await expect(change).rejects.toMatchObject({ code: 'EINVAL', kernelMessage: 'mtu greater than device maximum' });
  });

  test('a master that is not there is named', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right' } });

    await expect(a.links.set('left', { master: 'br9' })).rejects.toMatchObject({
      code: 'ENODEV',
      property: 'master',
      kernelMessage: "there is no link 'br9'",
    });
  });

  test('of properties that no change can change', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    const refusal = (changes: object) =>
      a.links.set('br0', changes).then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      );

    expect(await refusal({ minimumMtu: 5 })).toBe('minimumMtu: is read-only: the kernel reports it, and takes none');
    expect(await refusal({ flags: ['up'] })).toMatch('flags: is read-only');
    expect(await refusal({ kind: 'bridge', rootPort: 5 })).toMatch('rootPort: is read-only');
    expect(await refusal({ bridgePort: { number: 5 } })).toMatch('bridgePort.number: is read-only');
    expect(await refusal({ transmitQueues: 5 })).toBe(
      'transmitQueues: is chosen when the link is made, and cannot be changed',
    );
    expect(await refusal({ link: 'lo' })).toMatch('link: is chosen when the link is made');
    expect(await refusal({ kind: 'veth', peer: {} })).toMatch('peer: is chosen when the link is made');
    expect(await refusal({ mtu: 1400, minimumMtu: undefined })).toBeUndefined();
  });

  test('of a kind that only the kernel could know name the nearest kind', async () => {
    await using a = await scratchNamespace();
    const error = {
      code: 'EOPNOTSUPP',
      property: 'kind',
      hint: "this kernel does not have 'brigde', nor a module for it (rtnl-link-brigde): did you mean 'bridge'?",
    };

    await expect(a.links.add({ kind: 'brigde', name: 'br0' })).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining("(rtnl-link-brigde): did you mean 'bridge'? (link 'br0'") as string,
    });
    await expect(a.links.add([{ kind: 'bridge' }, { kind: 'brigde', name: 'br0' }])).rejects.toMatchObject({
      ...error,
      property: '[1].kind',
      results: [{ index: expect.any(Number) as number, name: 'bridge0' }, undefined],
    });
    await expect(a.links.add({ kind: 'nothing-near' })).rejects.toMatchObject({
      ...{
        code: 'EOPNOTSUPP',
        property: 'kind',
        hint: "this kernel does not have 'nothing-near', nor a module for it (rtnl-link-nothing-near)",
      },
    });
  });

  test('of a change for another kind say so', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await expect(a.links.set('v0', { kind: 'bridge', ageingTime: 5 })).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: undefined },
      hint: "the link is not of kind 'bridge', or this kernel lacks ageingTime",
      message: expect.stringContaining("not supported: the link is not of kind 'bridge', or") as string,
    });
    await expect(a.links.set('v0', { kind: 'bridge', mtu: 1400 })).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: 'kind' },
      hint: 'the link is of another kind, or its kind takes no changes',
    });
    await expect(a.links.set('v0', { kind: 'veth', protocolDown: true })).rejects.toMatchObject({
      property: 'protocolDown',
    });
  });

  test('of an address that is too short point at it', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    await expect(a.links.set('br0', { address: '02:00:00:00:00' })).rejects.toMatchObject({
      ...{ code: 'EINVAL', property: 'address', hint: 'it has 5 octets, that of an Ethernet link has 6' },
    });
  });

  const macvlan = feature('macvlan', 'ip link add name a type veth peer name b; ip link add link a type macvlan');

  kernelTest('of a macvlan on a port of a bridge say what has the port', [macvlan], async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await a.links.add({ kind: 'veth', name: 'v0', master: 'br0', peer: { name: 'v1' } });

    await expect(a.links.add({ kind: 'macvlan', name: 'm0', link: 'v0' })).rejects.toMatchObject({
      ...{ code: 'EBUSY', property: 'link' },
      hint: 'it is a port of a bridge or bond, or has links of another such kind',
    });
  });

  kernelTest('of source addresses in another mode of a macvlan say which has them', [macvlan], async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    await a.links.add({ kind: 'macvlan', name: 'm0', link: 'v0', mode: 'bridge' });
    const sourceAddresses = ['02:00:00:00:00:01'];
    const refusal = { code: 'EINVAL', property: 'sourceAddresses', hint: "only a link in mode 'source' has them" };

    await expect(a.links.set('m0', { kind: 'macvlan', sourceAddresses })).rejects.toMatchObject(refusal);
    await expect(
      a.links.add({ kind: 'macvlan', name: 'm1', link: 'v0', mode: 'private', sourceAddresses }),
    ).rejects.toMatchObject(refusal);
  });

  test('of the only value that is changed point at it', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await expect(a.links.set('v0', { mtu: 70000 })).rejects.toMatchObject({ code: 'EINVAL', property: 'mtu' });
    await expect(a.links.set('v0', { carrier: true, alias: 'x' })).rejects.toMatchObject({ property: undefined });
    // This the kernel says in words.
    await expect(a.links.set('v0', { mtu: 70000, alias: 'x' })).rejects.toMatchObject({ property: 'mtu' });
  });

  test.each<[given: object, shown: string]>([
    [new Set(['x']), "Set(1) { 'x' }"],
    [{ name: 'x' }, "{ name: 'x' }"],
  ])('of what names no link to be deleted show it: %#', async (given, shown) => {
    await using a = await scratchNamespace();
    const message = `must be the name or index of a link, not ${shown}`;

    await expect(a.links.delete(given as never)).rejects.toThrow(`device: ${message}`);
    await expect(a.links.delete([given] as never)).rejects.toThrow(`[0]: ${message}`);
  });

  test.each(['addresses', 'routes'] as const)(
    'of a list of %s by an index that no link has point at it',
    async (what) => {
      await using a = await scratchNamespace();

      await expect(a[what].list({ device: 999 })).rejects.toMatchObject({ code: 'ENODEV', property: 'device' });
    },
  );

  test('of a deletion by an index that no link has point at it', async () => {
    await using a = await scratchNamespace();

    await expect(a.links.delete({ name: 'gone', index: 99 })).rejects.toMatchObject({
      ...{ code: 'ENODEV', property: 'device' },
    });
  });

  test('stand behind the number of elements', async () => {
    await using a = await scratchNamespace();

    await expect(a.links.add([{ kind: 'brigde' }, { kind: 'brigde' }])).rejects.toMatchObject({
      message: expect.stringContaining("at [0].kind, the first of 2: this kernel does not have 'brigde'") as string,
    });
  });

  test.each([
    [{ kind: 'bridge', name: 'much-too-long-a-name' }, 'name: must be at most 15 bytes long, not 20'],
    [{ kind: 'bridge', name: 'a b' }, "name: must not contain '/', ':' or white space: 'a b'"],
    [{ kind: 'bridge', name: 'br0', mtu: -1 }, 'mtu: must be a whole number from 0 to 4294967295, not -1'],
    [{ kind: 'bridge', name: 'br0', mtu: '1500' }, "mtu: must be a number, not '1500'"],
    [{ kind: 'bridge', name: 'br0', address: 'nonsense' }, 'address: must be an Ethernet address'],
    [{ kind: 'bridge', name: 'br0', ageing: 3 }, 'ageing: is not a property known here'],
    [{ kind: 'bridge', name: 'br0', up: 'yes' }, "up: must be true or false, not 'yes'"],
    [{ kind: 'veth', name: 'v0', peer: { name: 'a/b' } }, 'peer.name: must not contain'],
    [{ name: 'br0' }, 'kind: is missing'],
    [{ kind: 'bridge', name: 'br0', namespace: 'a\0b' }, 'namespace: must not contain NUL'],
  ])('%j never reaches the kernel', async (options, message) => {
    await using a = await scratchNamespace();

    await expect(a.links.add(options as never)).rejects.toThrow(message);
    expect(await a.links.list({ kind: 'bridge' })).toEqual([]);
  });
});
