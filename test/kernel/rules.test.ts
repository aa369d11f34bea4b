import type { NetworkNamespace, Rule, RuleOptions } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

/** Rules of every kind, by priority, with what `ip -j -d rule` says of each. */
const rules: readonly [rule: RuleOptions & { priority: number }, said: object][] = [
  [
    { priority: 1000, source: '10.1.0.0/16', table: 100 },
    { src: '10.1.0.0', srclen: 16, table: '100' },
  ],
  [
    { priority: 1001, destination: '10.2.0.0/16', inputDevice: 'lo', tos: 16, table: 'main', protocol: 'static' },
    { src: 'all', dst: '10.2.0.0', dstlen: 16, iif: 'lo', table: 'main', protocol: 'static' },
  ],
  [
    { priority: 1002, invert: true, mark: { value: 16, mask: 255 }, table: 1000 },
    { not: null, fwmark: '0x10', fwmask: '0xff' },
  ],
  [
    { priority: 1003, mark: 7, outputDevice: 'lo', table: 'local' },
    { fwmark: '0x7', oif: 'lo', table: 'local' },
  ],
  [{ priority: 1004, goto: 1005 }, { goto: 1005 }],
  [
    { priority: 1005, action: 'unreachable', uid: { from: 1000, to: 2000 } },
    { uid_start: 1000, uid_end: 2000 },
  ],
  [
    { priority: 1006, ipProtocol: 'tcp', sourcePort: 80, destinationPort: { from: 1000, to: 2000 }, table: 201 },
    { ipproto: 'tcp', sport: 80, dport_start: 1000, dport_end: 2000 },
  ],
  [{ priority: 1007, table: 'main', suppressPrefixLength: 0 }, { suppress_prefixlen: 0 }],
  [{ priority: 1008, table: 'main', suppressGroup: 7 }, { suppress_ifgroup: '7' }],
  [{ priority: 1009, tunnelId: 99, table: 300 }, { tun_id: 99 }],
  [
    { priority: 1010, source: '10.9.9.9', realm: 0x10002, table: 300 },
    { src: '10.9.9.9', flow_from: '1', flow_to: '2' },
  ],
  [{ priority: 1011, action: 'prohibit' }, {}],
  [{ priority: 1012, action: 'nop' }, {}],
  [
    { priority: 2000, source: '2001:db8::/32', table: 500 },
    { src: '2001:db8::', srclen: 32, table: '500' },
  ],
  [
    { priority: 2001, family: 6, uid: 7, action: 'blackhole' },
    { uid_start: 7, uid_end: 7 },
  ],
];

const listed = async (namespace: NetworkNamespace) => [
  ...(await ip(namespace, 'rule show')),
  ...(await ip(namespace, '-6 rule show')),
];
const own = (list: readonly Rule[]) => list.filter(({ priority }) => priority >= 1000 && priority < 30000);

describeKernel('rules', () => {
  test('of each kind are what iproute2 says', async () => {
    await using a = await scratchNamespace();

    await a.rules.add(rules.map(([rule]) => rule));

    const rows = await listed(a);
    for (const [{ priority }, said] of rules) {
      expect(rows.find((row) => row.priority === priority)).toMatchObject(said);
    }
    const list = await a.rules.list();
    expect(list).toHaveLength(rows.length);
    for (const [rule] of rules) {
      const { source, family, ...rest } = rule;
      const row = list.find(({ priority }) => priority === rule.priority);
      expect(row).toMatchObject({
        ...rest,
        ...(source !== undefined && { source: expect.stringContaining(source) as string }),
      });
      expect(row?.family).toBe(family === 6 || source?.includes(':') === true ? 'inet6' : 'inet');
    }
  });

  test('that are listed can be added again, and deleted as they are', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.rules.add(rules.map(([rule]) => rule));

    await b.rules.add(own(await a.rules.list()));

    expect(await listed(b)).toEqual(await listed(a));
    await b.rules.delete(own(await b.rules.list()));
    expect(own(await b.rules.list())).toEqual([]);
    expect(await listed(b)).toHaveLength(5);
  });

  test('decide which table a packet is looked up in', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.addresses.add('br0', '10.0.0.1/24');
    await a.routes.add({ destination: '10.8.0.0/16', gateway: '10.0.0.9', table: 100 });
    await a.rules.add({ mark: 5, table: 100, priority: 1000 });

    const route = await a.routes.get('10.8.0.1', { mark: 5 });

    expect(route).toMatchObject({ gateway: '10.0.0.9', table: 100 });
    await expect(a.routes.get('10.8.0.1')).rejects.toMatchObject({ code: 'ENETUNREACH' });
  });

  test('are selected by what a filter says, in words or numbers', async () => {
    await using a = await scratchNamespace();
    await a.rules.add(rules.map(([rule]) => rule));
    const priorities = async (...filter: Parameters<typeof a.rules.list>) =>
      (await a.rules.list(...filter)).map(({ priority }) => priority);

    expect(await priorities({ table: 300 })).toEqual([1009, 1010]);
    expect(await priorities({ table: 254, family: 4 })).toEqual(await priorities({ table: 'main', family: 'inet' }));
    expect(await priorities({ action: 'blackhole' })).toEqual([2001]);
    expect(await priorities({ protocol: 'static' })).toEqual([1001]);
    expect(await priorities({ family: 'inet6' })).toEqual([0, 2000, 2001, 32766]);
  });

  test('are flushed by a filter, and all but those of priority 0', async () => {
    await using a = await scratchNamespace();
    await a.rules.add(rules.map(([rule]) => rule));

    await a.rules.flush({ table: 300 });
    expect(await a.rules.list({ table: 300 })).toEqual([]);
    expect(own(await a.rules.list())).toHaveLength(rules.length - 2);

    await a.rules.flush('all');
    expect((await run(a, 'ip', ['rule', 'show'])).trim()).toMatch(/^0:\s+from all lookup local$/);
  });

  test('of priority 0 stay unless they are named', async () => {
    await using a = await scratchNamespace();

    await a.rules.flush({ family: 6 });
    await a.rules.flush({ action: 'table' });
    expect((await a.rules.list()).map(({ family, priority }) => `${family} ${priority}`)).toEqual([
      'inet 0',
      'inet6 0',
    ]);

    await a.rules.flush({ table: 'local' });
    expect(await a.rules.list()).toEqual([]);
  });

  test('are not flushed where the kernel would delete one that shall stay', async () => {
    await using a = await scratchNamespace();
    const marked: RuleOptions = { priority: 20, table: 7, mark: 5, protocol: 'bgp' };
    await a.rules.add([marked, { priority: 20, table: 7 }, { priority: 30, table: 8 }]);

    const flushed = a.rules.flush({ protocol: 'unspecified' });

    await expect(flushed).rejects.toMatchObject({ name: 'RangeError', property: 'filter' });
    expect(await a.rules.list({ priority: 20 })).toHaveLength(2);
    await a.rules.flush({ priority: 20 });
    expect(own(await a.rules.list())).toEqual([]);
    expect(await a.rules.list({ priority: 20 })).toEqual([]);
  });

  test('for packets without a mark are for no others', async () => {
    await using a = await scratchNamespace();
    await a.rules.add([
      { priority: 20, table: 7 },
      { priority: 20, table: 7, mark: 0 },
    ]);

    const rows = (await ip(a, 'rule show')).filter(({ priority }) => priority === 20);
    expect(rows.filter((row) => 'fwmark' in row || 'fwmask' in row)).toHaveLength(1);
    const unmarked = (await a.rules.list({ priority: 20 })).find(({ mark }) => mark === 0);
    await a.rules.delete(unmarked!);

    expect(await a.rules.list({ priority: 20 })).toMatchObject([{ table: 7 }]);
    expect((await a.rules.list({ priority: 20 }))[0]).not.toHaveProperty('mark');
  });

  test.each<RuleOptions>([
    { mark: 0 },
    { mark: { value: 0, mask: 15 } },
    { mark: { value: 5, mask: 0 } },
    { mark: { value: 0, mask: 0 } },
    { family: 'inet6', flowLabel: { value: 0, mask: 0 } },
    { tos: 0 },
  ])('are not deleted by %j, which other rules have for the kernel', async (said) => {
    await using a = await scratchNamespace();
    await a.rules.add([
      { priority: 10, table: 7, mark: 5 },
      { priority: 10, table: 7, mark: { value: 1, mask: 15 } },
    ]);
    const before = await a.rules.list();

    await expect(a.rules.delete(said)).rejects.toMatchObject({
      ...{ name: 'RangeError', property: Object.keys(said).at(-1) },
      message: expect.stringContaining('stands for any') as string,
    });

    expect(await a.rules.list()).toEqual(before);
  });

  test('are flushed where the kernel would delete none that stay', async () => {
    await using a = await scratchNamespace();
    const both = { priority: 5, table: 10 };
    await a.rules.add([
      { ...both, mark: { value: 1, mask: 15 }, protocol: 'bgp' },
      { ...both, mark: { value: 1, mask: 0 } },
    ]);
    const before = await a.rules.list();

    await expect(a.rules.flush({ protocol: 'unspecified' })).rejects.toMatchObject({ property: 'filter' });

    expect(await a.rules.list()).toEqual(before);
  });

  test('that are there, or not, are refused with what they are', async () => {
    await using a = await scratchNamespace();
    const rule = { source: '10.0.0.0/8', table: 100, priority: 5 };
    await a.rules.add(rule);

    await expect(a.rules.add(rule)).rejects.toMatchObject({
      ...{ code: 'EEXIST', request: 'RTM_NEWRULE' },
      subject: 'rule of priority 5, from 10.0.0.0/8, table 100',
    });
    await expect(a.rules.delete({ priority: 6 })).rejects.toMatchObject({ code: 'ENOENT', request: 'RTM_DELRULE' });
    await expect(a.rules.add([{ priority: 7, table: 1 }, rule])).rejects.toMatchObject({
      ...{ element: 1, code: 'EEXIST', subject: 'rule of priority 5, from 10.0.0.0/8, table 100' },
    });
  });
});
