import { readdirSync } from 'node:fs';
import net from 'node:net';

import { createNamespace, deleteNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { shownLinks } from '../support/made-links';
import { namespacesHeld } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { lastFound } from '../support/until';

/** A container's network: a pair whose one end is `eth0` inside, with an address and a default route. */
function container(host: NetworkNamespace, hostEnd: string, address = '10.1.1.1/24') {
  return (inside: NetworkNamespace) => [
    host.links.add({ kind: 'veth', name: hostEnd, up: true, peer: { name: 'eth0', namespace: inside, up: true } }),
    inside.links.set('lo', { up: true }),
    inside.addresses.add('eth0', address),
    inside.routes.add({ destination: 'default', gateway: '10.1.1.254' }),
  ];
}

const namesOf = async (host: NetworkNamespace) => (await shownLinks(host)).map(({ ifname }) => ifname);

describeKernel('a namespace that is created with all that is in it', () => {
  test('has it, with a name and without', async () => {
    await using host = await scratchNamespace();
    for (const name of [uniqueName(), undefined]) {
      const hostEnd = `h${name === undefined ? 1 : 0}`;

      await using inside = await createNamespace(name, container(host, hostEnd));

      expect(await shownLinks(inside, 'address')).toMatchObject([
        { ifname: 'lo', flags: expect.arrayContaining(['UP']) as unknown },
        {
          ifname: 'eth0',
          flags: expect.arrayContaining(['UP']) as unknown,
          addr_info: expect.arrayContaining([expect.objectContaining({ local: '10.1.1.1', prefixlen: 24 })]) as unknown,
        },
      ]);
      expect(await ip(inside, 'route show default')).toMatchObject([{ gateway: '10.1.1.254', dev: 'eth0' }]);
      expect(await namesOf(host)).toContain(hostEnd);
      expect((await inside.links.peer('eth0')).link.name).toBe(hostEnd);
      expect(inside.name).toBe(name);
    }
  });

  test('tells what was made in it', async () => {
    await using host = await scratchNamespace();
    let made: Promise<unknown> | undefined;

    await using inside = await createNamespace(undefined, (namespace) => [
      (made = namespace.links.add({ kind: 'veth', name: 'a', peer: { name: 'b', namespace: host, up: true } })),
    ]);

    const [a] = (await ip(inside, 'link show a')) as { ifindex: number }[];
    expect(await made).toEqual({ index: a?.ifindex, name: 'a' });
    expect(await ip(host, 'link show b')).toMatchObject([{ flags: expect.arrayContaining(['UP']) as unknown }]);
  });

  test('gets a link that takes several messages, of which none reaches another link of its name', async () => {
    await using host = await scratchNamespace();
    const silent = { addressGenerationMode: 'none' as const, up: true };
    const pair = (inside: NetworkNamespace) => [
      host.links.add({ kind: 'veth', name: 'h0', ...silent, peer: { name: 'eth0', namespace: inside, ...silent } }),
    ];
    await host.links.add({ kind: 'veth', name: 'h0', peer: { name: 'h1' } });
    const before = await ip(host, '-d link show h0');

    await expect(createNamespace(undefined, pair)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await ip(host, '-d link show h0')).toEqual(before);

    await host.links.delete('h0');
    await using inside = await createNamespace(undefined, pair);
    const quiet = { flags: expect.arrayContaining(['UP']) as unknown, inet6_addr_gen_mode: 'none' };
    expect(await ip(host, '-d link show h0')).toMatchObject([quiet]);
    expect(await ip(inside, '-d link show eth0')).toMatchObject([quiet]);
  });

  test('many of them are made together, of which few keep the event loop at a time', async () => {
    await using host = await scratchNamespace();
    let begun = 0;

    const made = Promise.all(
      Array.from({ length: 16 }, (_, number) =>
        createNamespace(undefined, (inside) => {
          begun++;
          return container(host, `h${number}`, `10.1.1.${number + 1}/24`)(inside);
        }),
      ),
    );
    const atOnce = begun;
    const namespaces = await made;

    try {
      expect(atOnce).toBeLessThan(16);
      expect(await namesOf(host)).toEqual(['lo', ...namespaces.map((_, number) => `h${number}`)]);
      expect(await ip(namespaces[15]!, 'route show default')).toMatchObject([{ gateway: '10.1.1.254' }]);
    } finally {
      await Promise.all(namespaces.map((namespace) => namespace.close()));
    }
  });

  test('takes its place behind what was asked before in the same tick', async () => {
    await using host = await scratchNamespace();

    const bridge = host.links.add({ kind: 'bridge', name: 'br0', up: true });
    const creation = createNamespace(undefined, (inside) => [
      host.links.add({ kind: 'veth', name: 'h0', master: 'br0', peer: { name: 'eth0', namespace: inside } }),
    ]);
    const behind = host.links.set('h0', { alias: 'later' });
    await Promise.all([bridge, behind]);
    await using inside = await creation;

    expect(await ip(host, 'link show h0')).toMatchObject([{ master: 'br0', ifalias: 'later' }]);
    expect(await ip(inside, 'link show eth0')).toHaveLength(1);
  });

  test('may ask two namespaces in turns', async () => {
    await using host = await scratchNamespace();

    await using inside = await createNamespace(undefined, (namespace) => [
      host.links.add({ kind: 'veth', name: 'h0', peer: { name: 'eth0', namespace } }),
      namespace.links.set('eth0', { name: 'eth1' }),
      host.links.set('h0', { alias: 'outside' }),
      namespace.links.set('eth1', { up: true }),
      host.links.set('h0', { up: true }),
    ]);

    expect(await ip(host, 'link show h0')).toMatchObject([{ ifalias: 'outside' }]);
    expect(await ip(inside, 'link show eth1')).toMatchObject([{ flags: expect.arrayContaining(['UP']) as unknown }]);
  });

  test('can be made a hundred times side by side', async () => {
    await using host = await scratchNamespace();

    const made = await Promise.all(
      Array.from({ length: 100 }, (_, number) =>
        createNamespace(undefined, container(host, `h${String(number)}`, `10.1.1.${String(number + 1)}/24`)),
      ),
    );

    for (const [number, namespace] of made.entries()) {
      const [address] = await namespace.addresses.list({ device: 'eth0', family: 'inet' });
      expect(address?.address).toBe(`10.1.1.${String(number + 1)}/24`);
      await namespace.close();
    }
    expect(new Set(made.map(({ inode }) => inode)).size).toBe(100);
  });

  test('may ask for another one on the way', async () => {
    await using host = await scratchNamespace();
    let inner: Promise<NetworkNamespace> | undefined;

    await using outer = await createNamespace(uniqueName(), (namespace) => [
      namespace.links.add({ kind: 'bridge', name: 'br0' }),
      (inner = createNamespace(undefined, container(host, 'h0'))),
      namespace.links.set('br0', { alias: 'behind' }),
    ]);

    await using other = await inner!;
    expect(await ip(outer, 'link show br0')).toMatchObject([{ ifalias: 'behind' }]);
    expect(await namesOf(other)).toContain('eth0');
    expect(await namesOf(host)).toContain('h0');
  });

  test('has the whole of a pair whose other end is in the namespace of a process, or nothing of it', async () => {
    await using elsewhere = await scratchNamespace();
    const sleeper = elsewhere.spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const namespace = { pid: sleeper.pid! };
      await lastFound(
        () => elsewhere.processes(),
        (processes) => processes.includes(namespace.pid),
      );
      const pair = (inside: NetworkNamespace) =>
        inside.links.add({ kind: 'veth', name: 'a', peer: { name: 'b', namespace, up: true } });

      await using inside = await createNamespace(undefined, (made) => [pair(made), made.links.set('a', { up: true })]);
      expect(await ip(elsewhere, 'link show b')).toMatchObject([{ flags: expect.arrayContaining(['UP']) as unknown }]);
      expect((await inside.links.peer('a')).link.name).toBe('b');

      await inside.links.delete('a');
      const refused = createNamespace(undefined, (made) => [pair(made), made.links.set('nothing', { up: true })]);
      await expect(refused).rejects.toMatchObject({ code: 'ENODEV', subject: "link 'nothing'" });
      expect(
        await lastFound(
          async () => await namesOf(elsewhere),
          (names) => names.length === 1,
        ),
      ).toEqual(['lo']);
    } finally {
      sleeper.kill();
    }
  });

  test('comes alone if nothing is asked for', async () => {
    await using inside = await createNamespace(uniqueName(), () => []);

    expect(await ip(inside, 'link show lo')).toHaveLength(1);
  });
});

describeKernel('a namespace whose furnishing fails', () => {
  const left = (name: string) => [
    ...readdirSync('/run/netns').filter((entry) => entry === name),
    ...namespacesHeld().filter((inode) => !before.includes(inode)),
  ];
  let before: number[];
  let host: NetworkNamespace;

  beforeEach(async () => {
    host = await scratchNamespace();
    // Its threads and its socket are there already.
    await host.links.list();
    before = namespacesHeld();
  });
  afterEach(() => host.close());

  test('is gone, with the pair that has an end in it, and the kernel is not asked for the rest', async () => {
    const name = uniqueName();
    await host.links.add({ kind: 'veth', name: 'taken', peer: { name: 'other' } });
    const outcomes: Promise<PromiseSettledResult<unknown>[]>[] = [];

    const creation = createNamespace(name, (inside) => {
      const asked = [
        host.links.add({ kind: 'veth', name: 'h0', peer: { name: 'eth0', namespace: inside } }),
        inside.links.set('nothing', { up: true }),
        host.links.delete('taken'),
      ];
      outcomes.push(Promise.allSettled(asked));
      return asked;
    });

    await expect(creation).rejects.toMatchObject({ code: 'ENODEV', request: 'RTM_NEWLINK' });
    const [settled] = await Promise.all(outcomes);
    expect(settled?.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(settled?.[2]).toMatchObject({ reason: { code: 'ECANCELED' } });
    expect(left(name)).toEqual([]);
    expect(await namesOf(host)).toContain('taken');
    while ((await namesOf(host)).includes('h0')) await new Promise(setImmediate);
  });

  test('and nothing behind the failure is done elsewhere, in the same namespace neither', async () => {
    await host.links.add({ kind: 'veth', name: 'taken', peer: { name: 'other' } });

    const creation = createNamespace(undefined, (inside) => [
      host.links.add({ kind: 'veth', name: 'taken', peer: { name: 'eth0', namespace: inside } }),
      host.links.set('taken', { alias: 'mine' }),
    ]);

    await expect(creation).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await ip(host, 'link show taken'))[0]).not.toHaveProperty('ifalias');
  });

  test('with the first failure, which the others follow from', async () => {
    const creation = createNamespace(undefined, (inside) => [
      inside.links.add({ kind: 'no-such-kind' as 'bridge', name: 'first' }),
      inside.links.set('first', { up: true }),
      inside.addresses.add('first', '10.1.1.1/24'),
    ]);

    await expect(creation).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
    expect(left('')).toEqual([]);
  });

  test('and so is one whose name is taken, with nothing done elsewhere', async () => {
    const name = uniqueName();
    await using taken = await createNamespace(name);

    const creation = createNamespace(name, container(host, 'h0'));

    await expect(creation).rejects.toMatchObject({ name: 'NamespaceError', code: 'EEXIST' });
    expect(await namesOf(host)).not.toContain('h0');
    expect(await ip(taken, 'link show lo')).toHaveLength(1);
  });

  test('and the pair whose other end could not be set up', async () => {
    const name = uniqueName();

    const creation = createNamespace(name, (inside) => [
      host.links.add({
        kind: 'veth',
        name: 'h0',
        peer: { name: 'eth0', namespace: inside, master: 'no-bridge', up: true },
      }),
    ]);

    await expect(creation).rejects.toMatchObject({ code: 'ENODEV' });
    expect(left(name)).toEqual([]);
    while ((await namesOf(host)).includes('h0')) await new Promise(setImmediate);
  });

  test('before anything was asked, if the function throws', async () => {
    const name = uniqueName();

    const creation = createNamespace(name, (inside) => {
      void host.links
        .add({ kind: 'veth', name: 'h0', peer: { name: 'eth0', namespace: inside } })
        .catch(() => undefined);
      throw new Error('not today');
    });

    await expect(creation).rejects.toThrow('not today');
    expect(left(name)).toEqual([]);
    expect(await namesOf(host)).not.toContain('h0');
  });

  test('for an argument that is wrong', async () => {
    const name = uniqueName();

    const creation = createNamespace(name, (inside) => [inside.addresses.add('lo', '10.0.0.1/99')]);

    await expect(creation).rejects.toMatchObject({ name: 'RangeError', property: 'address' });
    expect(left(name)).toEqual([]);
  });

  test.each<[string, (inside: NetworkNamespace) => unknown]>([
    ['nothing', () => undefined],
    ['an async function', async (inside) => inside.links.set('lo', { up: true })],
    ['a promise', (inside) => inside.links.set('lo', { up: true })],
  ])('for %s instead of promises, before it is made', async (_what, furnish) => {
    const name = uniqueName();
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    try {
      await expect(createNamespace(name, furnish as never)).rejects.toMatchObject({
        name: 'TypeError',
        property: 'furnish',
      });
      await new Promise(setImmediate);
    } finally {
      process.off('unhandledRejection', unhandled);
    }

    await expect(deleteNamespace(name)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('for something that is no function, before it is made', async () => {
    const name = uniqueName();

    await expect(createNamespace(name, 'eth0' as never)).rejects.toMatchObject({ property: 'furnish' });
    await expect(deleteNamespace(name)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('and it cannot be used before it is there, but by requests', async () => {
    let inside: NetworkNamespace | undefined;

    await using made = await createNamespace(undefined, (namespace) => {
      inside = namespace;
      expect(() => namespace.fd).toThrow(expect.objectContaining({ code: 'EAGAIN' }) as Error);
      expect(() => namespace.inode).toThrow(expect.objectContaining({ code: 'EAGAIN' }) as Error);
      return [];
    });

    expect(made).toBe(inside);
    expect(made.fd).toBeGreaterThan(2);
  });

  test('what is listed, listened to or run in it waits for it', async () => {
    const server = net.createServer();
    let listed: Promise<unknown> | undefined;

    await using made = await createNamespace(undefined, (inside) => [
      inside.links.set('lo', { up: true }),
      (listed = inside.links.list()),
      inside.listen(server, { port: 80 }),
      inside.sysctl.set('net.ipv4.ip_forward', 1),
    ]);

    expect(await listed).toContainEqual(expect.objectContaining({ name: 'lo' }));
    expect(await made.sysctl.get('net.ipv4.ip_forward')).toBe('1');
    expect(server.address()).toMatchObject({ port: 80 });
    server.close();
  });

  test('but a program is not started in nothing', async () => {
    let thrown: unknown;

    await using made = await createNamespace(undefined, (inside) => {
      try {
        inside.spawn('true');
      } catch (error) {
        thrown = error;
      }
      return [];
    });

    expect(thrown).toMatchObject({ name: 'NamespaceError', code: 'EAGAIN' });
    expect(await made.exec('true')).toEqual({ stdout: '', stderr: '' });
  });

  test('closed by its own furnishing it is let go of when it is made', async () => {
    const made = await createNamespace(undefined, (inside) => [inside.close()]);

    expect(left('')).toEqual([]);
    await expect(made.links.list()).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('a request of a later tick is refused until it is there', async () => {
    let later: Promise<unknown> | undefined;

    await using made = await createNamespace(undefined, (inside) => {
      later = Promise.resolve().then(() =>
        host.links.add({ kind: 'veth', name: 'h0', peer: { name: 'eth0', namespace: inside } }),
      );
      later.catch(() => undefined);
      return [];
    });

    await expect(later).rejects.toMatchObject({ code: 'EAGAIN' });
    expect(await ip(made, 'link show lo')).toHaveLength(1);
    expect(await namesOf(host)).not.toContain('h0');
  });
});
