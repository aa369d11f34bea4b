import type { NetworkNamespace } from '../../lib';
import { describeKernel, feature, kernelTest } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const macvlan = feature('macvlan links', 'ip link add b0 type bridge; ip link add m0 link b0 type macvlan');

/** What the files of a folder in /proc/sys/net say, by their names. */
async function sysctls(namespace: NetworkNamespace, folder: string): Promise<Map<string, number>> {
  const text = await run(namespace, 'sh', ['-c', `cd /proc/sys/net/${folder} && grep -s . * || true`]);
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), Number(line.slice(line.indexOf(':') + 1))]));
}

describeKernel('what address families say of a link', () => {
  test('are its sysctls', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1' } });
    await run(a, 'sysctl', ['-qw', 'net.ipv4.conf.v0.rp_filter=2', 'net.ipv6.conf.v0.dad_transmits=3']);
    const inSeconds = /^router_(solicitation_(max_)?interval|solicitation_delay|probe_interval)$/;

    const { inet, inet6 } = await a.links.get('v0', { addressFamilies: true });

    expect(inet?.settings).toMatchObject({ rp_filter: 2 });
    expect(inet6?.settings).toMatchObject({ dad_transmits: 3 });
    const ofIpv4 = await sysctls(a, 'ipv4/conf/v0');
    for (const [name, value] of Object.entries(inet!.settings!))
      expect([name, ofIpv4.get(name)]).toEqual([name, value]);
    const ofIpv6 = await sysctls(a, 'ipv6/conf/v0');
    for (const [name, value] of Object.entries(inet6!.settings!)) {
      // Of a kernel that is built without it.
      if (!ofIpv6.has(name)) continue;
      const told = inSeconds.test(name) ? value / 1000 : name === 'ioam6_id_wide' ? value >>> 0 : value;
      expect([name, ofIpv6.get(name)]).toEqual([name, told]);
    }
    expect(Object.keys(inet!)).not.toContain('unknownAttributes');
    expect(Object.keys(inet6!)).not.toContain('unknownAttributes');
  });

  test('are in lists as well, where they are asked for, and counters where those are', async () => {
    await using a = await scratchNamespace();

    const [brief] = await a.links.list();
    const [lo] = await a.links.list({ addressFamilies: true });
    const [all] = await a.links.list({ addressFamilies: true, statistics: true });

    for (const name of ['inet', 'inet6', 'statistics']) expect(Object.keys(brief!)).not.toContain(name);
    expect(lo).toMatchObject({ inet: { settings: { forwarding: 0 } }, inet6: { settings: { forwarding: 0 } } });
    expect(lo?.inet6?.statistics).toBeUndefined();
    expect(all).toMatchObject({ statistics: {}, inet6: { statistics: { receivedPackets: 0 }, icmpStatistics: {} } });
    for (const link of [brief, lo, all]) expect(link?.unknownAttributes).toBeUndefined();
  });
});

kernelTest('a token is set when a link is made, changed, listed and cleared', async () => {
  await using a = await scratchNamespace();
  const token = async () => (await ip(a, 'token show dev v0'))[0]?.token;

  await a.links.add({ kind: 'veth', name: 'v0', ipv6Token: '::1:2:3:4', addressGenerationMode: 'none', up: true });
  expect(await token()).toBe('::1:2:3:4');
  expect(await a.links.get('v0')).toMatchObject({ ipv6Token: '::1:2:3:4', addressGenerationMode: 'none' });

  await a.links.set('v0', { ipv6Token: '::5', addressGenerationMode: 'eui64' });
  expect(await token()).toBe('::5');
  expect(await a.links.get('v0')).toMatchObject({ ipv6Token: '::5', addressGenerationMode: 'eui64' });

  await a.links.set('v0', { ipv6Token: null });
  expect(Object.keys(await a.links.get('v0'))).not.toContain('ipv6Token');
});

kernelTest('a token of a link that takes none is refused', async () => {
  await using a = await scratchNamespace();

  await expect(a.links.set('lo', { ipv6Token: '::5' })).rejects.toMatchObject({
    ...{ code: 'EINVAL', kernelMessage: 'ipv6: Device is loopback' },
  });
});

kernelTest('reasons hold a link down, one beside the other', [macvlan], async () => {
  await using a = await scratchNamespace();
  await run(a, 'sh', ['-c', 'ip link add b0 type bridge; ip link add m0 link b0 type macvlan']);
  const reasons = async () => (await ip(a, 'link show m0'))[0]?.proto_down_reason;

  await a.links.set('m0', { protocolDown: true, protocolDownReason: { value: 0b1001, mask: 0b1001 } });
  expect(await reasons()).toEqual(['0', '3']);
  await a.links.set('m0', { protocolDownReason: { value: 0, mask: 1 } });
  expect(await reasons()).toEqual(['3']);
  expect(await a.links.get('m0')).toMatchObject({ protocolDown: true, protocolDownReason: 8 });

  await expect(a.links.set('m0', { protocolDown: false })).rejects.toMatchObject({ code: 'EBUSY' });
  await a.links.set('m0', { protocolDown: false, protocolDownReason: 0 });
  expect(Object.keys(await a.links.get('m0'))).not.toContain('protocolDownReason');
});

kernelTest('packets for other hosts are counted', async () => {
  await using a = await scratchNamespace();
  await using b = await scratchNamespace();
  const peer = { name: 'v1', namespace: b, up: true };
  await a.links.add({ kind: 'veth', name: 'v0', up: true, peer });
  await a.addresses.add('v0', '10.0.0.1/24');
  await a.neighbors.add({ device: 'v0', destination: '10.0.0.2', linkLayerAddress: '02:00:00:00:00:99' });
  const socket = await a.createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.send('x', 9, '10.0.0.2', (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  socket.close();

  const { statistics } = await b.links.get('v1', { statistics: true });

  // iproute2 leaves it out of its JSON.
  const lines = (await run(b, 'ip', ['-s', '-s', 'link', 'show', 'v1'])).split('\n');
  const heading = lines.findIndex((line) => /RX errors:.*otherhost/.test(line));
  expect(statistics?.receiveOtherHostDropped).toBe(Number(lines[heading + 1]?.trim().split(/ +/).at(-1)));
  expect(statistics?.receiveOtherHostDropped).toBe(1);
});
