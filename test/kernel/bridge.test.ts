import { describeKernel, feature, kernelTest } from '../support/kernel';
import { bridge, ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const vlanFiltering = feature('bridge VLAN filtering', 'ip link add br0 type bridge vlan_filtering 1');

describeKernel('bridges', () => {
  test('are made with the options that `ip` shows', async () => {
    await using a = await scratchNamespace();

    await a.links.add({
      kind: 'bridge',
      name: 'br0',
      ageingTime: 60,
      forwardDelay: 4,
      helloTime: 1,
      maximumAge: 6,
      stp: true,
      priority: 4096,
      groupForwardMask: 8,
      multicastSnooping: false,
    });

    const data = { ageing_time: 6000, forward_delay: 400, hello_time: 100, max_age: 600, stp_state: 1, priority: 4096 };
    expect(await ip(a, 'link show br0')).toMatchObject([
      { linkinfo: { info_kind: 'bridge', info_data: { ...data, group_fwd_mask: '0x8', mcast_snooping: 0 } } },
    ]);
    expect(await a.links.get('br0')).toMatchObject({
      ageingTime: 60,
      stp: true,
      priority: 4096,
      bridgeId: expect.stringMatching(/^1000\./) as string,
    });
  });

  test('have the kernel’s defaults, and are changed later', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    expect(await a.links.get('br0')).toMatchObject({ ageingTime: 300, forwardDelay: 15, stp: false, priority: 32768 });

    await a.links.set('br0', { kind: 'bridge', ageingTime: 12.5, stp: true, forwardDelay: 10, priority: 100 });

    const data = { ageing_time: 1250, stp_state: 1, forward_delay: 1000, priority: 100 };
    expect(await ip(a, 'link show br0')).toMatchObject([{ linkinfo: { info_data: data } }]);
    expect(await a.links.get('br0')).toMatchObject({ ageingTime: 12.5, stp: true, forwardDelay: 10, priority: 100 });
  });

  kernelTest('filter by VLAN', [vlanFiltering], async () => {
    await using a = await scratchNamespace();

    await a.links.add({
      kind: 'bridge',
      name: 'br0',
      vlanFiltering: true,
      vlanProtocol: '802.1ad',
      vlanDefaultPvid: 5,
    });

    const data = { vlan_filtering: 1, vlan_protocol: '802.1ad', vlan_default_pvid: 5 };
    expect(await ip(a, 'link show br0')).toMatchObject([{ linkinfo: { info_data: data } }]);
  });

  test('take ports in and let them go', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.add({ kind: 'veth', name: 'port1', master: 'br0', up: true, peer: { name: 'end1', up: true } });
    await a.links.add({ kind: 'veth', name: 'port2', peer: { name: 'end2' } });

    await a.links.set('port2', { master: 'br0' });

    const ports = async () => (await bridge(a, 'link show')).map((row) => [row.ifname, row.master]);
    expect(await ports()).toEqual([
      ['port1', 'br0'],
      ['port2', 'br0'],
    ]);
    expect((await a.links.list({ master: 'br0' })).map(({ name }) => name)).toEqual(['port1', 'port2']);
    await a.links.set('port1', { master: null });
    expect(await ports()).toEqual([['port2', 'br0']]);
    expect(await a.links.get('port1')).not.toHaveProperty('master');
  });

  test('set the options of a port, also together with its master', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await a.links.add({ kind: 'veth', name: 'port1', peer: { name: 'end1' } });

    await a.links.set('port1', {
      master: 'br0',
      bridgePort: {
        cost: 10,
        priority: 5,
        hairpin: true,
        learning: false,
        isolated: true,
        unicastFlood: false,
      },
    });

    expect(await bridge(a, 'link show dev port1')).toMatchObject([
      { cost: 10, priority: 5, hairpin: true, learning: false, isolated: true, flood: false },
    ]);
    expect(await a.links.get('port1')).toMatchObject({
      bridgePort: {
        cost: 10,
        priority: 5,
        hairpin: true,
        learning: false,
        isolated: true,
        unicastFlood: false,
      },
    });
  });

  test.each([true, false])('have a port again that was listed and deleted, up or not: %s', async (up) => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    const peer = { name: 'end1', up };
    await a.links.add({
      kind: 'veth',
      name: 'port1',
      master: 'br0',
      up,
      bridgePort: { isolated: true, cost: 7 },
      peer,
    });
    const described = async () => {
      const [row] = await bridge(a, 'link show dev port1');
      return { ...row, ifindex: undefined, ifname: undefined, address: undefined, state: undefined };
    };
    const before = await described();
    const listed = await a.links.get('port1');

    await a.links.delete('port1');
    await a.links.add({ ...listed, kind: 'veth', peer });

    expect(await described()).toEqual(before);
    expect(before).toMatchObject({ isolated: true, cost: 7 });
  });

  test('are made with a port that has options of its own', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });

    await a.links.add({
      kind: 'veth',
      name: 'port1',
      master: 'br0',
      up: true,
      addressGenerationMode: 'none',
      bridgePort: { guard: true },
      peer: { name: 'end1', up: true, addressGenerationMode: 'none' },
    });

    expect(await bridge(a, 'link show dev port1')).toMatchObject([{ guard: true }]);
    expect(await ip(a, 'link show port1')).toMatchObject([{ inet6_addr_gen_mode: 'none', master: 'br0' }]);
    expect(await ip(a, '-6 address show end1')).toEqual([]);
  });

  test('have an address, and a port’s addresses are removed', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    // Without an IPv6 link-local address, which the kernel would add when the link has come up.
    await a.links.add({
      kind: 'veth',
      name: 'port1',
      up: true,
      addressGenerationMode: 'none',
      peer: { name: 'end1', up: true },
    });
    await a.addresses.add('port1', '192.0.2.1/24');
    await a.addresses.add('port1', '2001:db8::1/64');

    await a.addresses.flush({ device: 'port1' });
    await a.links.set('port1', { master: 'br0' });
    await a.addresses.add('br0', '192.0.2.1/24');

    expect((await ip(a, 'address show dev port1'))[0]).toMatchObject({ addr_info: [] });
    expect(await ip(a, '-4 address show dev br0')).toMatchObject([
      { addr_info: [{ local: '192.0.2.1', prefixlen: 24 }] },
    ]);
  });
});
