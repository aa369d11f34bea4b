import type { NetworkNamespace, Tbf, TbfOptions } from '../../lib';
import { describeKernel, feature, kernelTest } from '../support/kernel';
import { run, tc } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const tbf = feature(
  'tbf qdiscs',
  'ip link add v0 type veth peer name v1 && tc qdisc add dev v0 root tbf rate 1mbit burst 16kb latency 1ms',
);

async function withPair(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  // Nothing is to be counted but what a test sends.
  await namespace.sysctl.set('net.ipv6.conf.default.disable_ipv6', 1);
  await namespace.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } });
  return namespace;
}

type Sizes = Omit<TbfOptions, 'device' | 'kind'>;

async function listed(namespace: NetworkNamespace): Promise<Tbf> {
  const [row] = await namespace.qdiscs.list({ device: 'v0', kind: 'tbf' });
  return row as Tbf;
}

function put(namespace: NetworkNamespace, sizes: Sizes): Promise<void> {
  return namespace.qdiscs.replace({ device: 'v0', kind: 'tbf', ...sizes });
}

describeKernel('the burst of a tbf', () => {
  const layers: Partial<Sizes>[] = [
    {},
    { overhead: 24 },
    { overhead: 10, linkLayer: 'atm' },
    { minimumPacketUnit: 9000, overhead: 4, linkLayer: 'atm' },
  ];
  const rates = [
    8, 64e3, 1e6, 12_345_672, 1e8, 333_333_336, 1e9, 2.5e9, 1e10, 34_359_738_360, 34_359_738_368, 7e10, 1e11, 4e11,
  ];
  const bursts = [150, 1514, 1600, 9014, 65_536, 1_234_567, 1e8];

  for (const layer of layers) {
    kernelTest(`is listed as the most that takes as many ticks: ${JSON.stringify(layer)}`, [tbf], async () => {
      await using a = await scratchNamespace();
      const sizes = rates
        .flatMap((rate) => bursts.map((burst) => ({ rate, burst, limit: 1e9, ...layer })))
        // The kernel tells no more than 2^32 ticks.
        .filter(({ rate, burst }) => ((burst + 100) * 8 * 1.2) / rate < 270);
      await a.links.add(sizes.map((_, place) => ({ kind: 'ifb', name: `d${place}` })));
      const all = async () => {
        const rows = (await a.qdiscs.list({ kind: 'tbf' })) as Tbf[];
        return rows.sort((one, other) => one.device - other.device);
      };

      await a.qdiscs.add(sizes.map((one, place): TbfOptions => ({ kind: 'tbf', device: `d${place}`, ...one })));
      const rows = await all();
      const shown = await tc(a, 'qdisc show');
      await a.qdiscs.replace(rows);
      const again = await all();
      const shownAgain = await tc(a, 'qdisc show');
      await a.qdiscs.replace(rows.map((row) => ({ ...row, burst: row.burst + 1, latency: undefined })));
      const more = await all();

      expect(sizes.length).toBeGreaterThan(50);
      expect(again).toEqual(rows);
      expect(shownAgain).toEqual(shown);
      for (const [place, { burst }] of sizes.entries()) {
        expect(rows[place]!.burst).toBeGreaterThanOrEqual(burst);
        expect(more[place]!.burst).toBeGreaterThan(rows[place]!.burst);
      }
    });
  }

  const fast: Sizes[] = [
    { rate: 1e9, burst: 1514, limit: 1e5 },
    { rate: 1e10, burst: 1514, limit: 1e5 },
    { rate: 1e11, burst: 1514, limit: 1e5 },
    { rate: 1e12, burst: 1600, limit: 1e5 },
    { rate: 1e9, burst: 65_536, limit: 1e5, peakRate: 1e10, peakBurst: 1514 },
    { rate: 1e10, burst: 1600, limit: 1e5, overhead: 24, linkLayer: 'atm' },
  ];
  for (const sizes of fast) {
    kernelTest(`given back passes the same packets: ${JSON.stringify(sizes)}`, [tbf], async () => {
      await using a = await withPair();
      await a.addresses.add('v0', '10.1.1.1/24');
      await a.neighbors.add({
        device: 'v0',
        destination: '10.1.1.2',
        linkLayerAddress: '02:00:00:00:00:01',
        state: 'permanent',
      });
      await put(a, sizes);
      const row = await listed(a);
      await a.qdiscs.delete(row);
      await a.qdiscs.add(row);
      const before = await counted(a);

      await using socket = await a.createSocket('udp4');
      for (let count = 0; count < 3; count++) {
        await new Promise((resolve) => {
          socket.send(Buffer.alloc(1472), 9, '10.1.1.2', resolve);
        });
      }

      const { bytes, drops } = await counted(a);
      expect({ bytes: bytes - before.bytes, drops: drops - before.drops }).toEqual({ bytes: 3 * 1514, drops: 0 });
    });
  }

  kernelTest('that takes more ticks than the kernel can tell of is refused', [tbf], async () => {
    await using a = await withPair();
    const refusal = (sizes: Sizes) =>
      put(a, sizes).then(
        () => undefined,
        (error: unknown) => error,
      );

    expect(await refusal({ rate: 8000, burst: 4e9, limit: 4e9 })).toMatchObject({
      ...{ name: 'RangeError', property: 'burst' },
      message: 'burst: must be at most 274877 bytes at this rate, not 4000000000',
    });
    expect(await refusal({ rate: 8, burst: 4, limit: 9, peakRate: 16, peakBurst: 600 })).toMatchObject({
      ...{ name: 'RangeError', property: 'peakBurst' },
    });
    await put(a, { rate: 8000, burst: 274_877, limit: 4e9 });
    expect(await listed(a)).toMatchObject({ burst: 274_877, limit: 4e9 });
    // What the kernel makes of one byte more, said by a program that does not look.
    await run(a, 'tc', 'qdisc replace dev v0 root tbf rate 8000bit burst 274878 limit 4000000000'.split(' '));
    expect((await listed(a)).burst).toBeLessThan(274_877);
  });
});

/** Bytes that were sent, and packets that were dropped, as `tc -s` says. */
async function counted(namespace: NetworkNamespace): Promise<{ bytes: number; drops: number }> {
  const [row] = await tc(namespace, '-s qdisc show dev v0');
  return row as unknown as { bytes: number; drops: number };
}

describeKernel('the latency of a tbf', () => {
  const sizes = { rate: 8e6, burst: 1e6, latency: 1 };

  kernelTest('is refused beside a limit that says otherwise', [tbf], async () => {
    await using a = await withPair();
    await put(a, sizes);
    const row = await listed(a);

    for (const latency of [10, 0, 1.001]) {
      await expect(a.qdiscs.replace({ ...row, latency })).rejects.toMatchObject({
        ...{ name: 'RangeError', property: 'latency' },
      });
    }
    await a.qdiscs.replace({ ...row, limit: undefined, latency: 10 });

    expect(row).toMatchObject({ latency: 1, limit: 1_001_000 });
    expect(await listed(a)).toMatchObject({ latency: 10, limit: 1_010_000 });
    expect(await tc(a, 'qdisc show dev v0')).toMatchObject([{ options: { lat: 10_000 } }]);
  });

  kernelTest('is taken as it is listed, at any rate', [tbf], async () => {
    await using a = await withPair();
    const all: Sizes[] = [
      { rate: 8, burst: 200, limit: 4e9 },
      { rate: 1000, burst: 1514, latency: 0.3 },
      { rate: 8e6, burst: 2000, limit: 100 },
      { rate: 1e9, burst: 65_536, limit: 100_000, peakRate: 2e9, peakBurst: 1600 },
      { rate: 4e10, burst: 1e5, latency: 0.0001 },
      { rate: 1e12, burst: 1600, limit: 1601 },
      { rate: 7e10, burst: 9000, latency: 400, overhead: 24, linkLayer: 'atm' },
      { rate: 2 ** 53 - 1, burst: 9000, limit: 1e6 },
    ];
    for (const one of all) {
      await put(a, one);
      const row = await listed(a);
      await put(a, row);
      expect(await listed(a)).toEqual(row);
    }
  });

  kernelTest('is not blamed for a rate', [tbf], async () => {
    await using a = await withPair();

    for (const rate of [Infinity, NaN, -1, '8mbit']) {
      await expect(put(a, { ...sizes, rate: rate as number })).rejects.toMatchObject({ property: 'rate' });
      await expect(put(a, { ...sizes, peakRate: rate as number, peakBurst: 2000 })).rejects.toMatchObject({
        property: 'peakRate',
      });
    }
    await expect(put(a, { ...sizes, peakRate: 8e6, peakBurst: 2000 })).rejects.toMatchObject({
      message: 'peakRate: must be above rate, not 8000000',
    });
  });
});
