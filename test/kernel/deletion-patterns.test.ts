import { isDeepStrictEqual } from 'node:util';

import type { EncapsulationOptions, NetworkNamespace, Route, RouteOptions, Rule } from '../../lib';
import type { Field, IpFamily } from '../../lib/codec';
import { isRouteTakenFor } from '../../lib/protocol/route-request';
import { routes } from '../../lib/protocol/route-message';
import { isRuleTakenFor, rules } from '../../lib/protocol/rule';
import { describeKernel } from '../support/kernel';
import { populated } from '../support/routes';
import { scratchNamespace } from '../support/scratch';

// The kernel deletes the first rule or route that has what it compares of a request. What it compares is declared, and asked of it here: of
// two that differ in one property, does a request that describes the one delete the other?

/** What differs: values of one property, undefined for none; or several properties at once. */
type Values = readonly unknown[];

interface Family<Row> {
  add(namespace: NetworkNamespace, options: object): Promise<void>;
  rows(namespace: NetworkNamespace): Promise<Row[]>;
  delete(namespace: NetworkNamespace, row: Row): Promise<void>;
  isTakenFor(other: Row, described: Row): boolean;
}

const ofRules: Family<Rule> = {
  add: (namespace, options) => namespace.rules.add(options),
  rows: (namespace) => namespace.rules.list({ priority: 1000 }),
  delete: (namespace, row) => namespace.rules.delete(row),
  isTakenFor: isRuleTakenFor,
};

const ofRoutes: Family<Route> = {
  add: (namespace, options) => namespace.routes.add(options as RouteOptions),
  rows: async (namespace) =>
    (await namespace.routes.list()).filter(
      ({ destination, source }) => /^(198|2001:db8:1:)/.test(destination) && source !== OTHER_SOURCE,
    ),
  delete: (namespace, row) => namespace.routes.delete(row),
  isTakenFor: isRouteTakenFor,
};

/** Asks the kernel of each pair of variants, and resolves with those of which it does otherwise than is declared. */
async function compare<Row>(
  family: Family<Row>,
  variants: readonly object[],
  places: NetworkNamespace[],
): Promise<string[]> {
  const [a, b] = places as [NetworkNamespace, NetworkNamespace];
  const wrong: string[] = [];
  for (const described of variants) {
    if (!(await isAdded(family, b, described))) continue;
    const [row] = await family.rows(b);
    for (const other of variants) {
      if (other === described || !(await isAdded(family, a, other))) continue;
      const [there] = await family.rows(a);
      await family.delete(a, row!).catch(() => undefined);
      const isTaken = !(await family.rows(a)).some((left) => isDeepStrictEqual(left, there));
      if (isTaken !== family.isTakenFor(there!, row!)) {
        wrong.push(`${JSON.stringify(described)} ${isTaken ? 'deletes' : 'leaves'} ${JSON.stringify(other)}`);
      }
      for (const left of await family.rows(a)) await family.delete(a, left);
    }
    await family.delete(b, row!);
  }
  return wrong;
}

/** False where this kernel does not have what is asked for. */
async function isAdded<Row>(family: Family<Row>, namespace: NetworkNamespace, options: object): Promise<boolean> {
  return await family.add(namespace, options).then(
    () => true,
    (error: unknown) => {
      const { code } = error as { code?: string };
      if (code === 'EINVAL' || code === 'EOPNOTSUPP') return false;
      throw error;
    },
  );
}

/** Properties that requests can have. */
function settable(fields: Readonly<Record<string, Pick<Field<unknown>, 'readOnly'>>>): string[] {
  return Object.entries(fields).flatMap(([name, { readOnly }]) => (readOnly ? [] : [name]));
}

const ruleValues: Record<string, Values> = {
  invert: [true],
  inputDevice: ['lo', 'x0'],
  outputDevice: ['lo', 'x0'],
  tos: [16],
  dscp: [0, 4, { value: 4, mask: 7 }],
  mark: [0, 5, { value: 5, mask: 7 }, { value: 0, mask: 7 }, { value: 5, mask: 0 }, { value: 0, mask: 0 }],
  uid: [0, { from: 0, to: 7 }],
  ipProtocol: ['tcp', 'icmp'],
  sourcePort: [80, { from: 80, to: 90 }],
  destinationPort: [80, { from: 80, to: 90 }],
  sourcePortMask: [255, 511],
  destinationPortMask: [255, 511],
  tunnelId: [7, 8],
  flowLabel: [5, { value: 5, mask: 7 }, { value: 0, mask: 7 }],
  action: ['table', 'blackhole', 'nop'],
  table: ['main', 100, 1000],
  goto: [2000, 3000],
  l3mdev: [true],
  suppressPrefixLength: [0, 5],
  suppressGroup: [0, 5],
  realm: [1, 2],
  protocol: ['static', 'bgp'],
};
const ruleNetworks: Record<IpFamily, Values> = {
  inet: ['10.0.0.0/8', '10.1.0.0/16'],
  inet6: ['2001:db8::/32', '::1/128'],
};
/** What a property of a rule takes beside it. */
const besideInRules: Record<string, object> = {
  goto: { table: undefined },
  l3mdev: { table: undefined },
  action: { table: undefined },
  sourcePortMask: { sourcePort: 80 },
  destinationPortMask: { destinationPort: 80 },
};

const routesOf: Record<IpFamily, Record<string, readonly object[]>> = {
  inet: {
    table: [{ table: 100 }, { table: 1000 }],
    type: [
      { type: 'blackhole', device: undefined },
      { type: 'unreachable', device: undefined },
    ],
    protocol: [{ protocol: 'unspecified' }, { protocol: 'bgp' }],
    scope: [{ scope: 'global' }, { scope: 'host' }],
    tos: [{ tos: 16 }],
    flags: [
      { gateway: '10.0.0.9', flags: ['onlink'] },
      { gateway: '10.0.0.9', flags: [] },
    ],
    gateway: [{ gateway: '10.0.0.9' }, { gateway: '10.0.0.8' }, { gateway: 'fe80::1' }],
    realm: [
      { realm: 1 },
      { realm: 2 },
      { realm: 1, type: 'blackhole', device: undefined },
      { type: 'blackhole', device: undefined },
    ],
    encap: [{ encap: encapIp(5) }, { encap: encapIp(6) }],
    device: [{ device: 'v1' }],
    metric: [{ metric: 1 }, { metric: 2 }],
    preferredSource: [{ preferredSource: '10.0.0.1' }, { preferredSource: '10.0.0.2' }],
    metrics: [
      { metrics: { mtu: 1400 } },
      { metrics: { mtu: 1300 } },
      { metrics: { mtu: 1400, window: 5000 } },
      { metrics: { features: ['ecn'] } },
    ],
    nexthops: [
      { gateway: '10.0.0.9' },
      { nexthops: [{ gateway: '10.0.0.9' }, { gateway: '10.0.0.8' }], device: undefined },
      { nexthops: [{ gateway: '10.0.0.9', weight: 3 }, { gateway: '10.0.0.8' }], device: undefined },
      { nexthops: [{ gateway: '10.0.0.8' }, { gateway: '10.0.0.9' }], device: undefined },
      { nexthops: [{ gateway: '10.0.0.9' }, { gateway: '10.0.0.8' }, { gateway: '10.0.0.7' }], device: undefined },
      { nexthops: [{ device: 'v0' }, { device: 'v1' }], device: undefined },
    ],
    nexthopId: [
      { nexthopId: 1 },
      { nexthopId: 2 },
      { nexthopId: 3 },
      { gateway: '10.0.0.9' },
      { type: 'blackhole', device: undefined },
    ],
  },
  inet6: {
    table: [{ table: 100 }, { table: 1000 }],
    type: [
      { type: 'blackhole', device: undefined },
      { type: 'unreachable', device: undefined },
    ],
    protocol: [{ protocol: 'unspecified' }, { protocol: 'bgp' }],
    scope: [],
    tos: [],
    flags: [
      { gateway: '2001:db8::9', flags: ['onlink'] },
      { gateway: '2001:db8::9', flags: [] },
    ],
    source: [{ source: '2001:db8:2::/64' }, { source: '2001:db8:3::/64' }],
    gateway: [{ gateway: '2001:db8::9' }, { gateway: '2001:db8::8' }],
    encap: [{ encap: encapIp(5) }, { encap: encapIp(6) }],
    device: [{ device: 'v1' }],
    metric: [{ metric: 1 }, { metric: 2 }],
    preferredSource: [{ preferredSource: '2001:db8::1' }],
    metrics: [{ metrics: { mtu: 1400 } }, { metrics: { mtu: 1300 } }],
    nexthops: [
      { gateway: '2001:db8::9' },
      { nexthops: [{ gateway: '2001:db8::9' }, { gateway: '2001:db8::8' }], device: undefined },
      { nexthops: [{ gateway: '2001:db8::8' }, { gateway: '2001:db8::7' }], device: undefined },
      { nexthops: [{ device: 'v0' }, { device: 'v1' }], device: undefined },
    ],
    nexthopId: [
      { nexthopId: 11 },
      { nexthopId: 12 },
      { nexthopId: 13 },
      { gateway: '2001:db8::9' },
      { type: 'blackhole', device: undefined },
    ],
    expires: [{ expires: 500 }, { expires: 900 }],
    preference: [{ preference: 'high' }, { preference: 'low' }],
  },
};

/** An encapsulation in IP, with this tunnel id. */
function encapIp(id: number): EncapsulationOptions {
  return { type: 'ip', id, destination: '10.9.9.9' };
}

/**
 * Where there is any route with a source to a destination, the kernel compares sources; else a request that says one deletes the route
 * without.
 */
const OTHER_SOURCE = '2001:db8:4::/64';

/** A namespace with two links that are up, and nexthop objects. */
async function furnished(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.add({
    kind: 'veth',
    name: 'v0',
    index: 1000,
    up: true,
    peer: { name: 'v1', index: 1001, up: true },
  });
  await namespace.addresses.add('v0', ['10.0.0.1/24', '10.0.0.2/24', { address: '2001:db8::1/64', flags: ['nodad'] }]);
  await namespace.nexthops.add([
    { id: 1, gateway: '10.0.0.9', device: 'v0' },
    { id: 2, gateway: '10.0.0.8', device: 'v0' },
    { id: 11, gateway: '2001:db8::9', device: 'v0' },
    { id: 12, gateway: '2001:db8::8', device: 'v0' },
  ]);
  await namespace.nexthops.add([
    { id: 3, group: [{ id: 1 }, { id: 2 }] },
    { id: 13, group: [{ id: 11 }, { id: 12 }] },
  ]);
  const withSource = { destination: '2001:db8:1::/64', device: 'v0', source: OTHER_SOURCE };
  // Not every kernel is built for sources (IPV6_SUBTREES).
  await namespace.routes.add(withSource).catch(() => undefined);
  return namespace;
}

describeKernel('what the kernel compares when it deletes', () => {
  describe.each(['inet', 'inet6'] as const)('rules of %s', (family) => {
    const values: Record<string, Values> = {
      ...ruleValues,
      source: ruleNetworks[family],
      destination: ruleNetworks[family],
    };
    const apart = ['family', 'priority', family === 'inet' ? 'flowLabel' : 'realm'];
    const names = settable(rules[family].fields).filter((name) => !apart.includes(name));

    test.each(names)('%s', async (name) => {
      await using a = await scratchNamespace();
      await using b = await scratchNamespace();
      const common = { family, priority: 1000, table: 100, ...besideInRules[name] };

      const variants = [undefined, ...values[name]!].map((value) => ({ ...common, [name]: value }));

      expect(await compare(ofRules, variants, [a, b])).toEqual([]);
    });
  });

  describe.each(['inet', 'inet6'] as const)('routes of %s', (family) => {
    const values = routesOf[family];
    const names = settable(routes[family].fields).filter((name) => name !== 'family' && name !== 'destination');
    const ofOther = (name: string) =>
      (family === 'inet' ? ['source', 'expires', 'preference'] : ['realm']).includes(name);

    test.each(names.filter((name) => !ofOther(name)))('%s', async (name) => {
      await using a = await furnished();
      await using b = await furnished();
      const destination = family === 'inet' ? '198.51.100.0/24' : '2001:db8:1::/64';
      const common = { destination, device: 'v0' };

      const variants = [{}, ...values[name]!].map((value) => ({ ...common, ...value }));

      expect(await compare(ofRoutes, variants, [a, b])).toEqual([]);
    });
  });

  test('every kind of route goes alone', async () => {
    await using a = await populated();
    const all = (await a.routes.list()).filter(({ protocol }) => protocol !== 'kernel');
    expect(all.length).toBeGreaterThan(15);

    for (const route of all) {
      const before = await a.routes.list();
      await a.routes.delete(route);
      const after = await a.routes.list();
      expect(after).toEqual(before.filter((other) => !isDeepStrictEqual(other, route)));
    }
  });

  test('a flush of routes deletes none that stays', async () => {
    await using a = await furnished();
    const both = { destination: '203.0.113.0/24', scope: 'global' } as const;
    await a.routes.append({ ...both, device: 'v0', gateway: '10.0.0.9', protocol: 'bgp' });
    await a.routes.append({ ...both, device: 'v0', protocol: 'unspecified' });
    await a.routes.append({ ...both, device: 'v1', protocol: 'unspecified' });
    const before = await a.routes.list();

    const flushed = a.routes.flush({ protocol: 'unspecified' });

    await expect(flushed).rejects.toMatchObject({ name: 'RangeError', property: 'filter' });
    expect(await a.routes.list()).toEqual(before);
    await a.routes.flush({ device: 'v1' });
    expect((await a.routes.list()).filter(({ destination }) => destination === both.destination)).toMatchObject([
      { protocol: 'bgp' },
      { protocol: 'unspecified', device: 1000 },
    ]);
    await a.routes.flush({ protocol: 'bgp' });
    await a.routes.flush({ protocol: 'unspecified' });
    expect((await a.routes.list()).filter(({ destination }) => destination === both.destination)).toEqual([]);
  });

  test.each([
    { protocol: 'unspecified' },
    { protocol: 0 },
    { type: 0 },
    { metric: 0 },
    { scope: 'nowhere' },
    { preferredSource: '0.0.0.0' },
  ])('%j says nothing of a route to delete', async (said) => {
    await using a = await scratchNamespace();

    const deleted = a.routes.delete({ destination: '198.51.100.0/24', ...said } as RouteOptions);

    const [property] = Object.keys(said);
    await expect(deleted).rejects.toMatchObject({ name: 'RangeError', property });
  });
});
