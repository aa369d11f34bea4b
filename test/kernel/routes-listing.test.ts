import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import type { Route, RouteFilter, RouteLookup } from '../../lib';
import { describeKernel, kernelTest } from '../support/kernel';
import { ip } from '../support/oracle';
import { matches, namesOf, populated, summaryOf, summaryOfRow, tableOf, withoutHostLength } from '../support/routes';
import { scratchNamespace } from '../support/scratch';

const execute = promisify(execFile);

describeKernel('routes', () => {
  kernelTest('are listed as `ip` lists them', async () => {
    await using a = await populated();
    const names = await namesOf(a);

    const listed = await a.routes.list();

    expect(listed.map((route) => summaryOf(route, names)).sort()).toEqual((await tableOf(a)).map(summaryOfRow).sort());
    expect(listed.filter((route) => route.unknownAttributes !== undefined)).toEqual([]);
    const streamed: Route[] = [];
    for await (const route of a.routes.stream()) streamed.push(route);
    expect(streamed.map((route) => summaryOf(route, names))).toEqual(listed.map((route) => summaryOf(route, names)));
  });

  test.each<[RouteFilter, string]>([
    [{ family: 'inet' }, '-4 route show table all'],
    [{ family: 'inet6' }, '-6 route show table all'],
    [{ table: 'main', family: 'inet' }, '-4 route show table main'],
    [{ table: 1000, family: 'inet' }, '-4 route show table 1000'],
    [{ table: 1000, family: 'inet6' }, '-6 route show table 1000'],
    [{ table: 'local', family: 'inet' }, '-4 route show table local'],
    [{ protocol: 'bgp' }, 'route show table all proto bgp'],
    [{ protocol: 'kernel', family: 'inet' }, '-4 route show table all proto kernel'],
    [{ type: 'blackhole' }, 'route show table all type blackhole'],
    [{ device: 'v1', table: 'main', family: 'inet' }, '-4 route show table main dev v1'],
    [{ device: 'v1', family: 'inet6', protocol: 'boot' }, '-6 route show table all dev v1 proto boot'],
  ])('%j is what `ip` filters', async (filter, command) => {
    await using a = await populated();
    const names = await namesOf(a);

    const all = await a.routes.list(filter);

    const destinations = (await ip(a, command)).map(({ dst }) => dst);
    expect(destinations).not.toEqual([]);
    // Asked for a device, `ip` leaves out routes with several next hops, also those over the device.
    const listed = all.filter((route) => filter.device === undefined || route.nexthops === undefined);
    expect(listed.map((route) => withoutHostLength(route.destination)).sort()).toEqual(destinations.sort());
    const matching = (await a.routes.list()).filter((route) => matches(route, filter, names));
    expect(all.map((route) => summaryOf(route, names))).toEqual(matching.map((route) => summaryOf(route, names)));
  });

  test.each<RouteFilter>([
    { table: 4444 },
    { table: 4444, family: 'inet' },
    { table: 4444, family: 'inet6' },
    { table: 'main', family: 'inet' },
  ])('a table without routes has none: %j', async (filter) => {
    await using a = await scratchNamespace();

    expect(await a.routes.list(filter)).toEqual([]);
    for await (const route of a.routes.stream(filter)) throw new Error(JSON.stringify(route));
  });

  test.each<[string, RouteLookup, string]>([
    ['10.1.1.7', {}, ''],
    ['10.1.1.1', {}, ''],
    ['10.1.1.255', {}, ''],
    ['224.0.0.9', { device: 'v1' }, 'oif v1'],
    ['10.20.1.1', {}, ''],
    ['10.20.1.1', { fibMatch: true }, 'fibmatch'],
    ['192.0.2.1', { source: '10.1.2.1' }, 'from 10.1.2.1'],
    ['192.0.2.1', { mark: 7, uid: 9, tos: 0x10 }, 'mark 7 uid 9 tos 0x10'],
    ['192.0.2.1', { ipProtocol: 'udp', sourcePort: 53, destinationPort: 5353 }, 'ipproto udp sport 53 dport 5353'],
    ['10.1.1.1', { source: '10.1.2.9', inputDevice: 'v1' }, 'from 10.1.2.9 iif v1'],
    ['2001:db8:1::7', {}, ''],
    ['2001:db8:20::1', {}, ''],
    ['2001:db8:20::1', { fibMatch: true }, 'fibmatch'],
    ['2001:db8:ffff::1', { device: 'v0', source: '2001:db8:1::1' }, 'from 2001:db8:1::1 oif v0'],
  ])('a packet to %s with %j takes the route that `ip` says', async (destination, options, words) => {
    await using a = await populated();
    const names = await namesOf(a);

    const route = await a.routes.get(destination, options);

    const [row = {}] = await ip(a, `route get ${destination} ${words}`);
    expect({
      destination: withoutHostLength(route.destination),
      type: route.type,
      gateway: route.gateway,
      device: names.get(route.device!),
      preferredSource: route.preferredSource,
      table: route.table === 0 ? undefined : String(route.table),
      mark: route.mark,
      uid: route.uid,
    }).toEqual({
      destination: row.dst,
      type: row.type,
      gateway: row.gateway,
      device: row.dev,
      preferredSource: row.prefsrc,
      table: row.table,
      mark: row.mark,
      uid: row.uid,
    });
    expect(route.flags.filter((flag) => typeof flag === 'number')).toEqual([]);
  });

  test.each<[string, string]>([
    ['10.30.0.1', 'EINVAL'],
    ['10.31.0.1', 'EHOSTUNREACH'],
    ['10.32.0.1', 'EACCES'],
    ['2001:db8:31::1', 'EHOSTUNREACH'],
  ])('no packet can go to %s: %s', async (destination, code) => {
    await using a = await populated();

    await expect(a.routes.get(destination)).rejects.toMatchObject({ code, request: 'RTM_GETROUTE' });
  });

  test('of which one is larger than what the kernel hands out are refused, and what is asked beside is answered', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } });
    await a.addresses.add('v0', { address: '2001:db8::1/32', flags: ['nodad'] });
    const to = (hops: number, destination: string) => ({
      destination,
      nexthops: Array.from({ length: hops }, (_, hop) => ({ gateway: `2001:db8::${(hop + 2).toString(16)}` })),
    });
    const inTable = { table: 'main', family: 'inet6' } as const;
    // The first memory that the kernel takes for a dump is too small for this one, the next is not.
    await a.routes.add(to(600, '2001:dead::/32'));
    expect((await a.routes.list(inTable)).map(({ nexthops = [] }) => nexthops.length)).toContain(600);

    await a.routes.add(to(1500, '2001:beef::/32'));
    const asked = await Promise.allSettled([a.routes.list(), a.links.get('v0'), a.routes.list(), a.links.list()]);

    const refused = { status: 'rejected', reason: { code: 'EMSGSIZE', syscall: 'recvmsg' } };
    expect(asked).toMatchObject([refused, { value: { name: 'v0' } }, refused, { status: 'fulfilled' }]);
    await expect(a.routes.stream().next()).rejects.toMatchObject({ code: 'EMSGSIZE' });
    await a.routes.delete({ destination: '2001:beef::/32' });
    expect(await a.routes.list(inTable)).not.toEqual([]);
  });

  test('of a stream that its reader forgot let the process end', async () => {
    const program = `
      const { createNamespace } = require(process.env.COMPILED);
      (async () => {
        const a = await createNamespace();
        await a.links.set('lo', { up: true });
        await a.routes.add(Array.from({ length: 60000 }, (_, i) => ({ device: 'lo', destination: \`10.0.\${i >> 8}.\${i & 255}/32\` })));
        console.log((await a.routes.stream({ table: 'main' }).next()).value.destination);
      })();`;

    const { stdout } = await execute(process.execPath, ['-e', program], {
      env: { ...process.env, COMPILED: path.join(__dirname, '../../dist') },
      timeout: 60_000,
    });

    expect(stdout).toBe('10.0.0.0/32\n');
  });
});
