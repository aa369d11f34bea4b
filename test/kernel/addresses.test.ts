import type { Address, AddressOptions } from '../../lib';
import { describeKernel, kernelSince, kernelTest } from '../support/kernel';
import { ip, type Held } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

describeKernel('addresses', () => {
  test.each<[Omit<AddressOptions, 'device'>, object]>([
    [{ address: '192.0.2.1/24' }, { local: '192.0.2.1', prefixlen: 24, scope: 'global' }],
    [{ address: '192.0.2.1' }, { local: '192.0.2.1', prefixlen: 32 }],
    [
      { address: '192.0.2.1/24', broadcast: '192.0.2.255', label: 'br0:1' },
      { broadcast: '192.0.2.255', label: 'br0:1' },
    ],
    [
      { address: '192.0.2.1', peer: '192.0.2.2/32' },
      { local: '192.0.2.1', address: '192.0.2.2', prefixlen: 32 },
    ],
    [{ address: '192.0.2.1/24', scope: 'link' }, { scope: 'link' }],
    [{ address: '127.0.0.9/8' }, { scope: 'host' }],
    [{ address: '192.0.2.1/24', flags: ['noprefixroute'] }, { noprefixroute: true }],
    [
      { address: '192.0.2.1/24', validLifetime: 1000, preferredLifetime: 500 },
      {
        valid_life_time: expect.any(Number) as number,
        preferred_life_time: expect.any(Number) as number,
        dynamic: true,
      },
    ],
    [{ address: '192.0.2.1/24', metric: 77 }, { metric: 77 }],
    [{ address: '2001:db8::1/64' }, { family: 'inet6', local: '2001:db8::1', prefixlen: 64 }],
    [
      { address: '2001:db8::1/64', flags: ['nodad', 'home'] },
      { nodad: true, home: true },
    ],
    [
      { address: '2001:db8::1', peer: '2001:db8::2/128' },
      { local: '2001:db8::1', address: '2001:db8::2', prefixlen: 128 },
    ],
    [{ address: '2001:db8::1/64', validLifetime: 900, preferredLifetime: 0 }, { deprecated: true }],
  ])('%j is what `ip` shows', async (options, expected) => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    await a.addresses.add('br0', options);

    expect(await addressesOf(a)).toMatchObject([expected]);
    const [listed] = await a.addresses.list({ device: 'br0' });
    const { label, ...comparable } = options;
    delete comparable.validLifetime;
    delete comparable.preferredLifetime;
    expect(listed).toMatchObject({
      ...comparable,
      address: expect.stringContaining(`${options.address.split('/')[0]!}/`) as string,
      flags: expect.arrayContaining(options.flags ?? []) as string[],
    });
  });

  kernelTest('say who made them', [kernelSince('5.18')], async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    await a.addresses.add('br0', { address: '192.0.2.1/24', protocol: 42 });

    expect(await a.addresses.list()).toMatchObject([{ address: '192.0.2.1/24', protocol: 42 }]);
  });

  test('are listed as `ip` lists them, all and by device and family', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.set('lo', { up: true });
    for (const address of ['192.0.2.1/24', '192.0.2.2/24', '2001:db8::1/64']) await a.addresses.add('br0', address);

    expect(textsOf(await a.addresses.list())).toEqual(textsOfIp(await ip(a, 'address show')));
    expect(textsOf(await a.addresses.list({ device: 'br0' }))).toEqual(textsOfIp(await ip(a, 'address show dev br0')));
    expect(textsOf(await a.addresses.list({ family: 'inet' }))).toEqual(textsOfIp(await ip(a, '-4 address show')));
    expect(textsOf(await a.addresses.list({ family: 4 }))).toEqual(textsOfIp(await ip(a, '-4 address show')));
    expect(textsOf(await a.addresses.list({ family: 6 }))).toEqual(textsOfIp(await ip(a, '-6 address show')));
    const streamed: Address[] = [];
    for await (const address of a.addresses.stream({ device: 'lo' })) streamed.push(address);
    expect(textsOf(streamed)).toEqual(textsOfIp(await ip(a, 'address show dev lo')));
    await expect(a.addresses.list({ device: 'nope' })).rejects.toMatchObject({ code: 'ENODEV', property: 'device' });
  });

  test('add says EEXIST where replace changes', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await a.addresses.add('br0', '192.0.2.1/24');

    await expect(a.addresses.add('br0', '192.0.2.1/24')).rejects.toMatchObject({
      code: 'EEXIST',
      subject: "address 192.0.2.1/24 of 'br0'",
    });
    await a.addresses.replace('br0', { address: '192.0.2.1/24', validLifetime: 600, preferredLifetime: 300 });

    expect(await addressesOf(a)).toMatchObject([{ local: '192.0.2.1', dynamic: true }]);
  });

  test('are deleted, and a missing one is EADDRNOTAVAIL', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await a.addresses.add('br0', '192.0.2.1/24');
    await a.addresses.add('br0', '2001:db8::1/64');

    await a.addresses.delete('br0', '192.0.2.1/24');

    expect(await addressesOf(a)).toMatchObject([{ local: '2001:db8::1' }]);
    await expect(a.addresses.delete('br0', '192.0.2.1/24')).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  test('are flushed: those of one device, of one family', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await a.links.add({ kind: 'bridge', name: 'br1' });
    for (const device of ['br0', 'br1']) {
      for (const last of [1, 2, 3]) await a.addresses.add(device, `192.0.${device === 'br0' ? 2 : 3}.${last}/24`);
      await a.addresses.add(device, `2001:db8::${device === 'br0' ? 1 : 2}/64`);
    }

    await a.addresses.flush({ device: 'br0', family: 'inet' });

    expect(await addressesOf(a)).toMatchObject([{ local: '2001:db8::1' }]);
    expect(textsOfIp(await ip(a, 'address show dev br1'))).toHaveLength(4);
  });

  test('what was listed can be deleted and added again', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await a.addresses.add('br0', { address: '192.0.2.1', peer: '192.0.2.2/32', label: 'br0:x', scope: 'link' });
    await a.addresses.add('br0', { address: '192.0.2.9/24', broadcast: '192.0.2.255', flags: ['noprefixroute'] });
    await a.addresses.add('br0', { address: '2001:db8::1/64', flags: ['nodad'], validLifetime: 1000 });
    const before = await addressesOf(a);
    const listed = await a.addresses.list();

    for (const address of listed) await a.addresses.delete(address);
    expect(await addressesOf(a)).toEqual([]);
    for (const address of listed) await a.addresses.add(address);

    const withoutClock = (rows: object[]) =>
      rows.map((row) => ({ ...row, valid_life_time: 0, preferred_life_time: 0 }));
    expect(withoutClock(await addressesOf(a))).toEqual(withoutClock(before));
  });

  test('of every scope are replaced as they were listed', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    const unicast = [
      'fe80::9',
      'febf::9',
      'fec0::9',
      'feff::9',
      'fe00::9',
      'fd00::9',
      '2001:db8::9',
      '::9',
      '64:ff9b::9',
    ];
    const multicast = ['ff02::9', 'ff05::9', 'ff0e::9', 'ff12::9', 'ff13::9', 'ff15::9'];
    for (const address of unicast) await a.addresses.add('br0', { address, flags: ['nodad'] });
    for (const address of multicast) await a.addresses.add('br0', { address, flags: ['nodad', 'autojoin'] });

    const listed = await a.addresses.list();
    await a.addresses.replace(listed);

    expect(new Set(listed.map(({ scope }) => scope))).toEqual(new Set(['global', 'site', 'link', 'host']));
    expect(listed.length).toBeGreaterThan(unicast.length + multicast.length);
  });

  test.each([
    [{ address: '192.0.2.1/33' }, 'address: must have a prefix length from 0 to 32'],
    [{ address: '2001:db8::1/129' }, 'address: must have a prefix length from 0 to 128'],
    [{ address: '192.0.2/24' }, "address: must be an IP address, not '192.0.2'"],
    [{ address: '192.0.2.1/24', peer: '2001:db8::1' }, 'peer: must be of the same family'],
    [{ address: '192.0.2.1/24', broadcast: '2001:db8::1' }, "broadcast: must be an IPv4 address, not '2001:db8::1'"],
    [{ address: '2001:db8::1/64', broadcast: '192.0.2.255' }, 'broadcast: is a property of IPv4 addresses only'],
    [{ address: '2001:db8::1/64', label: 'lo:1' }, 'label: is a property of IPv4 addresses only'],
    [{ address: '2001:db8::1/64', scope: 'link' }, "scope: must be 'global'"],
    [{ address: '192.0.2.1/24', scope: 'galaxy' }, 'scope: must be one of global'],
    [{ address: '192.0.2.1/24', flags: ['nodadd'] }, 'flags: must be one of secondary, nodad'],
    [{ address: '192.0.2.1/24', flags: 'nodad' }, 'flags: must be an array'],
    [{ address: '192.0.2.1/24', validLifetime: 'never' }, "validLifetime: must be seconds or 'forever'"],
    [{ address: '192.0.2.1/24', validLifetime: -1 }, 'validLifetime: must be a whole number'],
    [{ address: '192.0.2.1/24', label: 'a'.repeat(16) }, 'label: must be at most 15 bytes'],
    [{ address: '192.0.2.1/24', colour: 'blue' }, 'colour: is not a property known here'],
    [{ address: 42 }, "address: must be an address with a prefix length such as '10.1.1.0/24', not 42"],
  ])('%j never reaches the kernel', async (options, message) => {
    await using a = await scratchNamespace();

    await expect(a.addresses.add('lo', options as never)).rejects.toThrow(message);
    expect(await addressesOf(a, 'lo')).toEqual([]);
  });
});

async function addressesOf(namespace: Held, device = 'br0'): Promise<object[]> {
  const [row] = await ip(namespace, `address show dev ${device}`);
  return row?.addr_info as object[];
}

function textsOf(addresses: Address[]): string[] {
  return addresses.map(({ device, address, scope }) => `${device} ${address} ${scope}`).sort();
}

function textsOfIp(rows: Record<string, unknown>[]): string[] {
  return rows
    .flatMap(({ ifindex, addr_info }) =>
      (addr_info as { local: string; prefixlen: number; scope: string }[]).map(
        ({ local, prefixlen, scope }) => `${String(ifindex)} ${local}/${prefixlen} ${scope}`,
      ),
    )
    .sort();
}
