import { isDeepStrictEqual } from 'node:util';

import type { LinkOptions } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import { ip, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { bothFound, until } from '../support/until';

async function portInfo(namespace: Held, name: string): Promise<Row> {
  const [row] = await ip(namespace, `link show ${name}`);
  return row!.linkinfo as Row;
}

const dummies = feature('dummy', 'ip link add d0 type dummy');

describeKernel('ports of a bond', [feature('bond', 'ip link add bond0 type bond'), dummies], () => {
  test('are what iproute2 says, and can be changed', async () => {
    await using a = await scratchNamespace();
    const bond = await a.links.add({ kind: 'bond', name: 'b0', mode: 'active-backup', miimon: 100, up: true });

    await a.links.add({
      kind: 'dummy',
      name: 'p1',
      address: '02:00:00:00:00:01',
      master: 'b0',
      bondPort: { queueId: 2 },
    });
    await a.links.add({ kind: 'dummy', name: 'p2', address: '02:00:00:00:00:02', master: 'b0' });
    await a.links.set('p2', { bondPort: { queueId: 3, priority: -7 } });

    const said = (await portInfo(a, 'p2')).info_slave_data as Row;
    expect(said).toMatchObject({ queue_id: 3, prio: -7, perm_hwaddr: '02:00:00:00:00:02', link_failure_count: 0 });
    expect(await a.links.get('p2')).toMatchObject({
      master: bond.index,
      bondPort: {
        ...{ queueId: 3, priority: -7, permanentAddress: '02:00:00:00:00:02', linkFailureCount: 0 },
        state: (said.state as string).toLowerCase(),
        miiStatus: (said.mii_status as string).toLowerCase(),
      },
    });
    expect(await a.links.get('p1')).toMatchObject({ bondPort: { queueId: 2, priority: 0 } });
  });

  test('are links that were down: the error says what to do', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bond', name: 'b0', mode: 'active-backup', miimon: 100 });
    await a.links.add({ kind: 'dummy', name: 'p1', up: true });
    const refused = { code: 'EPERM', property: 'master', capability: undefined };

    await expect(a.links.add({ kind: 'dummy', name: 'p2', master: 'b0', up: true })).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('say `bondPort: {}` as well') as string,
    });
    await expect(a.links.set('p1', { master: 'b0' })).rejects.toMatchObject({
      ...refused,
      hint: expect.stringContaining('set the link down first') as string,
    });
  });

  test('are preferred also if they are named before', async () => {
    await using a = await scratchNamespace();
    const port = await a.links.add({ kind: 'dummy', name: 'p1' });

    await a.links.add({ kind: 'bond', name: 'b0', mode: 'active-backup', miimon: 100, primary: 'p1' });
    expect(await a.links.get('b0')).not.toHaveProperty('primary');
    await a.links.set('p1', { master: 'b0', bondPort: {}, up: true });

    expect(await a.links.get('b0')).toMatchObject({ primary: port.index });
  });

  test('become the active one, or the preferred one, or leave it to the bond', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bond', name: 'b0', mode: 'active-backup', miimon: 100, up: true });
    const first = await a.links.add({ kind: 'dummy', name: 'p1', master: 'b0', bondPort: {}, up: true });
    const second = await a.links.add({ kind: 'dummy', name: 'p2', master: 'b0', bondPort: {}, up: true });
    const bondOf = () => a.links.get('b0');

    await a.links.set('b0', { kind: 'bond', primary: 'p1', primaryReselect: 'failure' });
    await a.links.set('b0', { kind: 'bond', activeLink: 'p2' });
    expect(await bondOf()).toMatchObject({ activeLink: second.index, primary: first.index });

    await a.links.set('b0', { kind: 'bond', primary: null });
    expect(await bondOf()).not.toHaveProperty('primary');
  });

  test('tell what LACP has agreed on', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bond', name: 'b0', mode: '802.3ad', lacpRate: 'fast', up: true });
    await a.links.add({ kind: 'dummy', name: 'p1', master: 'b0', bondPort: {}, up: true });

    // The kernel agrees some time after, and goes on: what it tells before and after is to be the same.
    const { agreed, said, bond, port } = await until(async () => {
      const told = async () => {
        const [row] = await ip(a, 'link show b0');
        const { ad_info: agreed } = (row!.linkinfo as { info_data: { ad_info?: Row } }).info_data;
        return { agreed, said: (await portInfo(a, 'p1')).info_slave_data as Row };
      };
      const before = await told();
      const rows = { bond: await a.links.get('b0'), port: await a.links.get('p1') };
      const after = await told();
      const { agreed: info, said: ofPort } = before;
      const isSettled = info !== undefined && isDeepStrictEqual(before, after);
      return isSettled ? { agreed: info, said: ofPort, ...rows } : undefined;
    });
    expect(bond).toMatchObject({
      adInfo: {
        aggregatorId: agreed.aggregator,
        ports: agreed.num_ports,
        actorKey: agreed.actor_key,
        partnerKey: agreed.partner_key,
        partnerAddress: agreed.partner_mac,
      },
    });
    const words = (text: unknown) => (text as string[]).map((word) => word.replace('_', '-'));
    expect(port).toMatchObject({
      bondPort: {
        adAggregatorId: said.ad_aggregator_id,
        adActorState: words(said.ad_actor_oper_port_state_str),
        adPartnerState: words(said.ad_partner_oper_port_state_str),
      },
    });
  });

  test.each([
    'balance-rr',
    'active-backup',
    'balance-xor',
    'broadcast',
    '802.3ad',
    'balance-tlb',
    'balance-alb',
  ] as const)('that are listed can be added again, in mode %s', async (mode) => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'bond', name: 'b0', index: 110, mode, address: '02:00:00:00:00:10' });
    await a.links.add({ kind: 'dummy', name: 'p1', index: 111, master: 'b0', bondPort: { queueId: 2 } });

    await b.links.add((await a.links.list()).filter(({ index }) => index >= 110) as LinkOptions[]);

    const said = (namespace: Held) => async () =>
      JSON.parse(
        JSON.stringify(await ip(namespace, 'link show'), (key, value: unknown) =>
          // Its own before it became a port, which the kernel does not take back.
          key === 'perm_hwaddr' ? undefined : value,
        ),
      ) as Row[];
    const [made, before] = await bothFound(said(b), said(a));
    expect(made).toEqual(before);
  });
});

describeKernel('ports of a VRF', [feature('VRF', 'ip link add red type vrf table 10'), dummies], () => {
  test('have its table', async () => {
    await using a = await scratchNamespace();
    const vrf = await a.links.add({ kind: 'vrf', name: 'red', table: 10, up: true });

    await a.links.add({ kind: 'dummy', name: 'p1', master: 'red', up: true });

    expect(await portInfo(a, 'p1')).toMatchObject({ info_slave_kind: 'vrf', info_slave_data: { table: 10 } });
    expect(await a.links.get('p1')).toMatchObject({ master: vrf.index, vrfPort: { table: 10 } });
  });

  test('that are listed can be added again', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'vrf', name: 'red', index: 110, table: 10, up: true });
    await a.links.add({ kind: 'dummy', name: 'p1', index: 111, master: 'red', up: true });

    await b.links.add((await a.links.list()).filter(({ index }) => index >= 110) as LinkOptions[]);

    const said = (namespace: Held) => () => ip(namespace, 'link show');
    const [made, before] = await bothFound(said(b), said(a));
    expect(made).toEqual(before);
  });
});
