import type { NetworkNamespace, QdiscOptions } from '../../lib';
import { describeKernel, feature, kernelTest } from '../support/kernel';
import { run, tc } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

async function withPair(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } });
  return namespace;
}

/** Options of each kind, and what `tc -j -d qdisc` says of them. */
const kinds: readonly [kind: string, name: string, options: object, said: object][] = [
  [
    ...(['tbf', 'with a latency'] as const),
    { rate: 8e6, burst: 16384, latency: 50 },
    { kind: 'tbf', options: { rate: 1e6, burst: '16Kb/1', lat: 50000 } },
  ],
  [
    ...(['tbf', 'with a peak rate'] as const),
    { rate: 1e9, burst: 65536, limit: 100_000, peakRate: 2e9, peakBurst: 1600 },
    { kind: 'tbf', options: { rate: 125e6 } },
  ],
  [
    ...(['tbf', 'faster than 32 bits'] as const),
    { rate: 100e9, burst: 1 << 20, limit: 2 << 20 },
    { kind: 'tbf', options: { rate: 12.5e9 } },
  ],
  [
    ...(['tbf', 'over ATM'] as const),
    { rate: 8e6, burst: 16384, latency: 50, overhead: 10, linkLayer: 'atm', minimumPacketUnit: 64 },
    { kind: 'tbf', options: { overhead: 10, linklayer: 'atm' } },
  ],
  [
    ...(['netem', 'that delays'] as const),
    { delay: 50, jitter: 10, delayCorrelation: 25, loss: 1, limit: 500 },
    {
      kind: 'netem',
      options: { limit: 500, delay: { delay: 0.05, jitter: 0.01, correlation: 0.25 }, 'loss-random': { loss: 0.01 } },
    },
  ],
  [
    ...(['netem', 'that confuses'] as const),
    { delay: 10, duplicate: 2, reorder: 5, reorderCorrelation: 50, gap: 3, corrupt: 1, rate: 1e6, packetOverhead: 20 },
    {
      kind: 'netem',
      options: {
        duplicate: { duplicate: 0.02 },
        reorder: { reorder: 0.05, correlation: 0.5 },
        corrupt: { corrupt: 0.01 },
        gap: 3,
        rate: { rate: 125000, packetoverhead: 20 },
      },
    },
  ],
  [
    ...(['netem', 'with a gap that none overtakes by'] as const),
    { delay: 5, reorder: 0, gap: 3 },
    { options: { gap: 3 } },
  ],
  [
    ...(['netem', 'that loses in bursts'] as const),
    { lossGilbertElliot: { enterBad: 1, leaveBad: 10, lossInBad: 70, lossInGood: 0.1 }, ecn: true },
    { kind: 'netem', options: { 'loss-gemodel': { p: 0.01, r: 0.1 } } },
  ],
  [
    ...(['netem', 'with slots'] as const),
    { slot: { minimumDelay: 5, maximumDelay: 10, packets: 10, bytes: 5000 } },
    { kind: 'netem', options: { slot: { 'min-delay': 0.005, 'max-delay': 0.01, packets: 10, bytes: 5000 } } },
  ],
];

/** What `tc` has to be told of each kind. */
const probes: Record<string, string> = { tbf: 'rate 1mbit burst 16kb latency 1ms', netem: 'delay 1ms' };

describeKernel('qdiscs', () => {
  for (const [kind, name, options, said] of kinds) {
    const probe = `ip link add v0 type veth peer name v1 && tc qdisc add dev v0 root ${kind} ${probes[kind]}`;
    kernelTest(`${kind} ${name}`, [feature(`${kind} qdiscs`, probe)], async () => {
      await using a = await withPair();
      const qdisc = { device: 'v0', kind, ...options } as QdiscOptions;

      await a.qdiscs.add({ ...qdisc, handle: '1:' });

      const [row] = await tc(a, 'qdisc show dev v0');
      expect(row).toMatchObject({ handle: '1:', root: true, ...said });
      const listed = await a.qdiscs.get('v0');
      expect(listed).toMatchObject({ kind, handle: '1:', parent: 'root', ...rounded(options) });

      await a.qdiscs.delete(listed);
      await a.qdiscs.add(listed);

      expect(await tc(a, 'qdisc show dev v0')).toEqual([row]);
      // Some kernels take no second netem that duplicates, be it in place of the first.
      if ('duplicate' in options) await a.qdiscs.delete(listed);
      await a.qdiscs.replace({ ...qdisc, handle: '2:' });
      expect(await tc(a, 'qdisc show dev v0')).toMatchObject([{ handle: '2:', ...said }]);
    });
  }

  test('of a kind without a declaration are given and listed as bytes', async () => {
    await using a = await withPair();
    const data = Uint8Array.of(100, 0, 0, 0);

    await a.qdiscs.add({ device: 'v0', kind: 'pfifo', data });

    expect(await tc(a, 'qdisc show dev v0')).toMatchObject([{ kind: 'pfifo', options: { limit: 100 } }]);
    expect(await a.qdiscs.get('v0')).toMatchObject({ kind: 'pfifo', data });
  });

  test('are listed by link, kind and place', async () => {
    await using a = await withPair();
    await a.qdiscs.add([
      { device: 'v0', kind: 'tbf', handle: '1:', rate: 8e6, burst: 16384, latency: 50 },
      { device: 'v0', kind: 'pfifo', parent: '1:1', handle: '10:' },
      { device: 'v1', kind: 'pfifo', handle: '1:' },
    ]);
    const handles = async (...filter: Parameters<typeof a.qdiscs.list>) =>
      (await a.qdiscs.list(...filter)).map(({ kind, handle }) => `${kind} ${handle}`);

    expect((await handles({ device: 'v0' })).sort()).toEqual(['pfifo 10:', 'tbf 1:']);
    expect(await handles({ device: 'v0', parent: '1:1' })).toEqual(['pfifo 10:']);
    expect(await handles({ kind: 'tbf' })).toEqual(['tbf 1:']);
    const { index } = await a.links.get('v1');
    expect(await handles({ device: index })).toEqual(['pfifo 1:']);
  });

  test('are listed in order with what is asked for before and after', async () => {
    await using a = await withPair();
    const tbf: QdiscOptions = { device: 'v0', kind: 'tbf', handle: '1:', rate: 8e6, burst: 16384, latency: 50 };

    const added = a.qdiscs.add(tbf);
    const listed = a.qdiscs.list({ device: 'v0' });
    const deleted = a.qdiscs.delete({ device: 'v0', parent: 'root' });

    expect(await listed).toMatchObject([{ kind: 'tbf' }]);
    await Promise.all([added, deleted]);
    expect(await a.qdiscs.list({ kind: 'tbf' })).toEqual([]);
  });

  test('are deleted and found if they are of the kind that is said', async () => {
    await using a = await withPair();
    const tbf: QdiscOptions = { device: 'v0', kind: 'tbf', rate: 8e6, burst: 16384, latency: 50 };
    await a.qdiscs.add(tbf);
    const refused = { code: 'EINVAL', kernelMessage: expect.stringContaining('Invalid qdisc name') as string };

    for (const kind of ['netem', 'pfifo']) {
      await expect(a.qdiscs.delete({ device: 'v0', parent: 'root', kind })).rejects.toMatchObject(refused);
      await expect(a.qdiscs.get('v0', { parent: 'root', kind })).rejects.toMatchObject(refused);
    }
    await expect(run(a, 'tc', 'qdisc del dev v0 root pfifo'.split(' '))).rejects.toThrow('Invalid qdisc name');
    const listed = await a.qdiscs.get('v0', { parent: 'root', kind: 'tbf' });
    await a.qdiscs.delete(listed);

    expect(listed).toMatchObject({ kind: 'tbf', burst: 16384 });
    expect(await a.qdiscs.list({ kind: 'tbf' })).toEqual([]);
  });

  test('that are there, or not, are refused with what they are', async () => {
    await using a = await withPair();
    const tbf: QdiscOptions = { device: 'v0', kind: 'tbf', rate: 8e6, burst: 16384, latency: 50 };
    await a.qdiscs.add(tbf);

    await expect(a.qdiscs.add(tbf)).rejects.toMatchObject({ code: 'EEXIST', subject: "qdisc tbf root of 'v0'" });
    await expect(a.qdiscs.delete({ device: 'v1', parent: 'root' })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(a.qdiscs.add({ device: 'v1', kind: 'nonsense' })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(a.qdiscs.add({ ...tbf, device: 'nothing' })).rejects.toMatchObject({
      code: 'ENODEV',
      property: 'device',
    });
  });
});

/** What the kernel counts in ticks, or in cells of ATM, is not exact. */
function rounded(options: object): object {
  const { burst, peakBurst, latency, ...others } = options as { burst?: number; peakBurst?: number; latency?: number };
  return {
    ...others,
    ...(burst !== undefined && { burst: about(burst) }),
    ...(peakBurst !== undefined && { peakBurst: about(peakBurst, 0.01) }),
    ...(latency !== undefined && { latency: about(latency) }),
  };
}

function about(value: number, tolerance = 0.002): number {
  return {
    asymmetricMatch: (other: unknown) => Math.abs(Number(other) / value - 1) < tolerance,
    toString: () => `about ${value}`,
  } as unknown as number;
}

describeKernel('refusals of qdiscs', () => {
  test('name the property that is not known, and the kind that may be meant', async () => {
    await using a = await scratchNamespace();
    const add = (options: object) => a.qdiscs.add({ device: 'lo', kind: 'pfifo', ...options });

    await expect(add({ kind: 'tbff' })).rejects.toMatchObject({
      ...{ code: 'ENOENT', property: 'kind' },
      hint: "this kernel does not have 'tbff', nor a module for it (sch_tbff): did you mean 'tbf'?",
    });
    await expect(add({ kind: 'nothing-near' })).rejects.toMatchObject({
      ...{ code: 'ENOENT', property: 'kind' },
      hint: "this kernel does not have 'nothing-near', nor a module for it (sch_nothing-near)",
    });
    await expect(add({ parent: '1:10' })).rejects.toMatchObject({ code: 'ENOENT', property: 'parent' });
    await expect(add({ kind: 'nothing-near', parent: '1:10' })).rejects.toMatchObject({
      ...{ code: 'ENOENT', property: 'parent' },
    });
    await expect(add({ device: 0 })).rejects.toMatchObject({ name: 'RangeError', property: 'device' });
    await expect(add({ device: 99 })).rejects.toMatchObject({ code: 'ENODEV', property: 'device' });
    await expect(a.qdiscs.delete({ device: 99, parent: 'root' })).rejects.toMatchObject({ property: 'device' });
  });
});
