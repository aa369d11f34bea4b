import { execFileSync } from 'node:child_process';
import path from 'node:path';

import type { LinkOptions, NetworkNamespace, RouteOptions } from '../../lib';
import { describeKernel } from '../support/kernel';
import { bridge, ip, run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

/** Calls that a getter makes, when it is read for the first time. */
class Inner {
  private made: Promise<unknown>[] | undefined;

  constructor(private readonly calls: () => Promise<unknown>[]) {}

  ask(): void {
    if (this.made !== undefined) return;
    this.made = []; // before the calls, which may read the getter again
    this.made = this.calls();
  }

  async end(): Promise<void> {
    expect(this.made).toBeDefined();
    await Promise.all(this.made!);
  }
}

/** A namespace with a loopback that is up. */
async function looped(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.set('lo', { up: true });
  return namespace;
}

const destinationsOf = async (namespace: NetworkNamespace) =>
  (await ip(namespace, 'route show')).map(({ dst }) => dst as string);

describeKernel('a getter that asks for something as well', () => {
  test('of a new link has both made', async () => {
    await using a = await scratchNamespace();
    const inner = new Inner(() => [a.links.add({ kind: 'bridge', name: 'inner' })]);

    await a.links.add({
      kind: 'bridge',
      name: 'outer',
      get mtu() {
        inner.ask();
        return 1400;
      },
    });
    await inner.end();

    const made = (await ip(a, 'link show type bridge')).map(({ ifname, mtu }) => `${String(ifname)} ${String(mtu)}`);
    expect(made.sort()).toEqual(['inner 1500', 'outer 1400']);
  });

  test('of changes that take several messages has both done, and in no other change', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    const inner = new Inner(() => [a.links.set('v1', { addressGenerationMode: 'none', mtu: 1300 })]);

    await a.links.set('v0', {
      addressGenerationMode: 'none',
      get mtu() {
        inner.ask();
        return 1400;
      },
    });
    await inner.end();

    expect(await ip(a, 'link show v0')).toMatchObject([{ mtu: 1400, inet6_addr_gen_mode: 'none' }]);
    expect(await ip(a, 'link show v1')).toMatchObject([{ mtu: 1300, inet6_addr_gen_mode: 'none' }]);
  });

  test('of a route has both added', async () => {
    await using a = await looped();
    const inner = new Inner(() => [a.routes.add({ destination: '10.2.0.0/16', device: 'lo' })]);

    await a.routes.add({
      destination: '10.1.0.0/16',
      device: 'lo',
      get metric() {
        inner.ask();
        return 5;
      },
    });
    await inner.end();

    expect((await destinationsOf(a)).sort()).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
  });

  test('of a route has all added, also where it asks for more than are sent together', () => {
    // In a process of its own, which can be ended if it does not end.
    const program = `
      const { createNamespace } = require(process.env.COMPILED);
      (async () => {
        const a = await createNamespace();
        await a.links.set('lo', { up: true });
        const route = (number) => ({ destination: '10.2.' + (number >> 8) + '.' + (number & 255) + '/32', device: 'lo' });
        let inner;
        await a.routes.add({
          destination: '10.1.0.0/16',
          device: 'lo',
          get metric() {
            inner ??= Array.from({ length: 300 }, (_, number) => a.routes.add(route(number)));
            return 5;
          },
        });
        await Promise.all(inner);
        console.log((await a.routes.list({ table: 'main' })).length);
      })();`;
    const env = { ...process.env, COMPILED: path.join(__dirname, '../../dist') };

    const printed = execFileSync(process.execPath, ['-e', program], { env, encoding: 'utf8', timeout: 50_000 });

    expect(printed).toBe('301\n');
  });

  test('of an element has both added', async () => {
    await using a = await looped();
    const inner = new Inner(() => [a.routes.add({ destination: '10.2.0.0/16', device: 'lo' })]);

    await a.routes.add([
      {
        destination: '10.1.0.0/16',
        device: 'lo',
        get metric() {
          inner.ask();
          return 5;
        },
      },
    ]);
    await inner.end();

    expect((await destinationsOf(a)).sort()).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
  });

  test('of an address has both done', async () => {
    await using a = await looped();
    const inner = new Inner(() => [a.links.set('lo', { alias: 'asked on the way' })]);

    await a.addresses.add({
      device: 'lo',
      get address() {
        inner.ask();
        return '10.3.0.1/32';
      },
    });
    await inner.end();

    expect(await ip(a, 'address show lo')).toMatchObject([
      {
        ifalias: 'asked on the way',
        addr_info: expect.arrayContaining([expect.objectContaining({ local: '10.3.0.1' })]) as unknown,
      },
    ]);
  });

  test('of a filter has both done', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    const inner = new Inner(() => [a.links.add({ kind: 'bridge', name: 'br0' })]);

    const listed = await a.links.list({
      get kind() {
        inner.ask();
        return 'veth';
      },
    });
    await inner.end();

    expect(listed.map(({ name }) => name).sort()).toEqual(['v0', 'v1']);
    expect(await ip(a, 'link show br0')).toHaveLength(1);
  });
});

/** Options whose properties count how often each is read, also those of objects inside. */
function counted(value: unknown, reads: Record<string, number>, path = ''): unknown {
  if (Array.isArray(value)) return value.map((one, index) => counted(one, reads, `${path}[${String(index)}]`));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const options = {};
  for (const [name, one] of Object.entries(value)) {
    const place = path === '' ? name : `${path}.${name}`;
    const inside = counted(one, reads, place);
    Object.defineProperty(options, name, {
      enumerable: true,
      get() {
        reads[place] = (reads[place] ?? 0) + 1;
        return inside;
      },
    });
  }
  return options;
}

describeKernel('each property is read once', () => {
  const bridgePort = { isolated: true, cost: 5 };
  const pair = (b: NetworkNamespace) => ({
    ...{
      kind: 'veth',
      name: 'w0',
      mtu: 1400,
      alias: 'x',
      master: 'br0',
      up: true,
      addressGenerationMode: 'none',
      bridgePort,
    },
    peer: { name: 'w1', namespace: b, up: true, addressGenerationMode: 'none', alias: 'y' },
  });

  test.each<[string, (a: Verbs, b: NetworkNamespace, read: (options: unknown) => unknown) => Promise<unknown>]>([
    ['links.add', (a, b, read) => a.links!.add!(read(pair(b)))],
    ['links.add, of an array', (a, b, read) => a.links!.add!(read([pair(b)]))],
    [
      'links.set',
      (a, _b, read) => a.links!.set!('v0', read({ mtu: 1400, name: 'v2', master: 'br0', bridgePort, up: true })),
    ],
    [
      'links.set, elsewhere',
      (a, b, read) => a.links!.set!('v0', read({ namespace: b, name: 'v2', mtu: 1400, up: true })),
    ],
    ['links.list', (a, _b, read) => a.links!.list!(read({ kind: 'veth', master: 'br0' }))],
    ['links.delete', (a, _b, read) => a.links!.delete!(read({ name: 'v0', index: 77 })).catch(() => undefined)],
    [
      'addresses.add',
      (a, _b, read) => a.addresses!.add!(read({ device: 'br0', address: '10.0.0.2/24', label: 'br0:1' })),
    ],
    [
      'addresses.add, of one link',
      (a, _b, read) => a.addresses!.add!('br0', read({ address: '10.0.0.2/24', broadcast: '10.0.0.255' })),
    ],
    [
      'addresses.add, of an array',
      (a, _b, read) => a.addresses!.add!(read([{ device: 'br0', address: '10.0.0.2/24' }])),
    ],
    ['addresses.delete', (a, _b, read) => a.addresses!.delete!(read({ device: 'br0', address: '10.0.0.1/24' }))],
    ['addresses.list', (a, _b, read) => a.addresses!.list!(read({ device: 'br0', family: 'inet' }))],
    ['addresses.flush', (a, _b, read) => a.addresses!.flush!(read({ device: 'br0', family: 'inet' }))],
    [
      'routes.add',
      (a, _b, read) =>
        a.routes!.add!(read({ destination: '10.8.0.0/24', gateway: '10.0.0.9', device: 'br0', metric: 5, table: 7 })),
    ],
    [
      'routes.add, with next hops',
      (a, _b, read) =>
        a.routes!.add!(read({ destination: '10.8.0.0/24', nexthops: [{ device: 'br0' }, { gateway: '10.0.0.9' }] })),
    ],
    [
      'routes.add, of an array',
      (a, _b, read) => a.routes!.add!(read([{ destination: '10.8.0.0/24', gateway: '10.0.0.9', metric: 5 }])),
    ],
    ['routes.delete', (a, _b, read) => a.routes!.delete!(read({ destination: '10.7.0.0/24', device: 'br0' }))],
    ['routes.list', (a, _b, read) => a.routes!.list!(read({ table: 'main', device: 'br0', family: 'inet' }))],
    ['routes.flush', (a, _b, read) => a.routes!.flush!(read({ table: 'main', device: 'br0' }))],
    ['routes.get', (a, _b, read) => a.routes!.get!('10.0.0.9', read({ device: 'br0', mark: 3 }))],
    [
      'neighbors.add',
      (a, _b, read) =>
        a.neighbors!.add!(
          read({ device: 'br0', destination: '10.0.0.8', linkLayerAddress: '02:00:00:00:00:08', state: 'permanent' }),
        ),
    ],
    ['neighbors.list', (a, _b, read) => a.neighbors!.list!(read({ device: 'br0', state: 'permanent' }))],
    ['neighbors.flush', (a, _b, read) => a.neighbors!.flush!(read({ device: 'br0', state: 'permanent' }))],
    ['fdb.add', (a, _b, read) => a.fdb!.add!(read({ device: 'p0', address: '02:00:00:00:00:08', state: 'static' }))],
    ['fdb.list', (a, _b, read) => a.fdb!.list!(read({ master: 'br0', state: 'static' }))],
    ['fdb.flush', (a, _b, read) => a.fdb!.flush!(read({ master: 'br0', state: 'static' }))],
    [
      'sysctl.set',
      (a, _b, read) => a.sysctl!.set!(read({ 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.br0.rp_filter': 2 })),
    ],
    ['files.readBytes', (a, _b, read) => a.files!.readBytes!('/proc/net/dev', read({ limit: 10_000 }))],
  ])('by %s', async (_verb, call) => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    await a.links.add({ kind: 'veth', name: 'p0', master: 'br0', peer: { name: 'p1' } });
    await a.addresses.add('br0', '10.0.0.1/24');
    await a.routes.add({ destination: '10.7.0.0/24', device: 'br0' });
    const reads: Record<string, number> = {};

    await call(a as never, b, (options) => counted(options, reads));

    expect(Object.keys(reads)).not.toEqual([]);
    const other = Object.entries(reads).filter(([, times]) => times !== 1);
    expect(other.map(([place, times]) => `${place} ${times} times`)).toEqual([]);
  });

  type Verbs = Record<string, Record<string, (...given: unknown[]) => Promise<unknown>>>;
});

describeKernel('what changes after the call', () => {
  test('does not change a new link, nor its port, nor its peer', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    const bridgePort = { priority: 5 };
    const peer = { name: 'v1', up: true };
    const options = { kind: 'veth' as const, name: 'v0', mtu: 1400, master: 'br0', bridgePort, peer };

    const made = a.links.add(options);
    Object.assign(options, { name: 'changed', mtu: 1300, master: 'nothing' });
    Object.assign(bridgePort, { priority: 'garbage' });
    Object.assign(peer, { name: 'changed', up: false });
    await made;

    expect(await bridge(a, 'link show dev v0')).toMatchObject([{ master: 'br0', priority: 5, mtu: 1400 }]);
    expect((await ip(a, 'link show v1'))[0]?.flags).toContain('UP');
  });

  test('does not change changes', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    const changes = { mtu: 1400, addressGenerationMode: 'none' as const, up: true };

    const done = a.links.set('v0', changes);
    Object.assign(changes, { mtu: 1300, addressGenerationMode: 'eui64', up: 'garbage' });
    await done;

    const [row] = await ip(a, 'link show v0');
    expect(row).toMatchObject({ mtu: 1400, inet6_addr_gen_mode: 'none' });
    expect(row?.flags).toContain('UP');
  });

  test('does not change what is looked up first', async () => {
    await using a = await scratchNamespace();
    const long = 'the-bridge-of-the-whole-laboratory';
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.addAlternativeName('br0', long);
    const route = { destination: '10.8.0.0/24', device: long, metric: 5 };
    const filter = { device: long };

    const added = a.routes.add(route);
    Object.assign(route, { destination: '10.9.0.0/24', device: 'lo', metric: 6 });
    const flushed = a.addresses.flush(filter);
    Object.assign(filter, { device: 'nothing' });
    await Promise.all([added, flushed]);

    expect(await ip(a, 'route show')).toMatchObject([{ dst: '10.8.0.0/24', dev: 'br0', metric: 5 }]);
  });

  test('does not change the length and the order of an array', async () => {
    await using a = await looped();
    const routes: RouteOptions[] = ['10.8.0.0/24', '10.8.1.0/24', '10.8.2.0/24'].map((destination) => {
      return { destination, device: 'lo' };
    });
    const links: LinkOptions[] = [
      { kind: 'bridge', name: 'br0' },
      { kind: 'bridge', name: 'br1' },
    ];
    await a.links.add({ kind: 'bridge', name: 'br2' });
    const deleted = ['br2'];

    const added = a.routes.add(routes);
    routes.length = 1;
    const made = a.links.add(links);
    links.reverse();
    const gone = a.links.delete(deleted);
    deleted[0] = 'lo';
    await Promise.all([added, gone]);

    expect((await made).map(({ name }) => name)).toEqual(['br0', 'br1']);
    expect(await destinationsOf(a)).toEqual(['10.8.0.0/24', '10.8.1.0/24', '10.8.2.0/24']);
    expect((await ip(a, 'link show type bridge')).map(({ ifname }) => ifname)).toEqual(['br0', 'br1']);
  });

  test('does not change a setting, nor the content of a file', async () => {
    await using a = await scratchNamespace();
    const settings = { 'net.ipv4.conf.lo.rp_filter': 1 };
    const content = new Uint8Array(Buffer.from('1\n'));

    const set = a.sysctl.set(settings);
    settings['net.ipv4.conf.lo.rp_filter'] = 2;
    const written = a.files.write('/proc/sys/net/ipv4/conf/lo/arp_ignore', content);
    content[0] = '2'.charCodeAt(0);
    await Promise.all([set, written]);

    expect(await run(a, 'sh', ['-c', 'cd /proc/sys/net/ipv4/conf/lo; cat rp_filter arp_ignore'])).toBe('1\n1\n');
  });

  test('does not change what an error says', async () => {
    await using a = await looped();
    await a.routes.add({ destination: '10.8.1.0/24', device: 'lo' });
    const route = { destination: '10.8.1.0/24', device: 'lo' };

    const refused = a.routes.add(route);
    route.destination = 'garbage';

    await expect(refused).rejects.toMatchObject({ code: 'EEXIST', subject: 'route to 10.8.1.0/24' });
  });
});
