import { createNamespace } from '../../lib';
import type { Connection, ConnectionFilter, ConnectionOptions, NetworkNamespace } from '../../lib';
import { lasting, linesOf, shownBy, track, tracking } from '../support/conntrack';
import { describeKernel } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const ends = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 1000, destinationPort: 80 };
const ends6 = { source: '2001:db8::1', destination: '2001:db8::2', sourcePort: 1000, destinationPort: 80 };
const tcp = { protocol: 'tcp', original: ends } as const;

/** One of each sort. */
const connections: Record<string, ConnectionOptions> = {
  tcp: {
    ...{ ...tcp, timeout: 600, mark: 5, status: ['seenReply', 'assured'] },
    tcp: {
      ...{ state: 'established', originalWindowScale: 7, replyWindowScale: 9 },
      ...{ originalFlags: ['windowScale', 'sackPermitted'], replyFlags: ['windowScale', 'beLiberal'] },
    },
  },
  udp6: { protocol: 'udp', original: ends6, timeout: 600, zone: 7 },
  icmp: {
    ...{ protocol: 'icmp', timeout: 600, mark: 0xffffffff },
    original: { source: '10.0.0.1', destination: '10.0.0.3', icmpType: 8, icmpCode: 0, icmpId: 99 },
  },
  icmp6: {
    ...{ protocol: 'icmpv6', timeout: 600 },
    original: { source: '2001:db8::1', destination: '2001:db8::3', icmpType: 128, icmpCode: 0, icmpId: 98 },
  },
  sourceNat: {
    ...{ ...tcp, original: { ...ends, sourcePort: 1001 }, timeout: 600 },
    reply: { source: '10.0.0.2', destination: '192.0.2.1', sourcePort: 80, destinationPort: 5555 },
  },
  destinationNat6: {
    ...{ protocol: 'udp', original: { ...ends6, sourcePort: 1002 }, timeout: 600 },
    reply: { source: '2001:db8::99', destination: '2001:db8::1', sourcePort: 8080, destinationPort: 1002 },
  },
  bothNat: {
    ...{ ...tcp, original: { ...ends, sourcePort: 1003 }, timeout: 600, status: ['seenReply'] },
    reply: { source: '10.9.9.9', destination: '192.0.2.1', sourcePort: 8080, destinationPort: 5556 },
  },
  idNat: {
    ...{ protocol: 'icmp', timeout: 600 },
    original: { source: '10.0.0.1', destination: '10.0.0.4', icmpType: 8, icmpCode: 0, icmpId: 97 },
    reply: { source: '10.0.0.4', destination: '192.0.2.1', icmpType: 0, icmpCode: 0, icmpId: 4000 },
  },
  originalZone: { ...tcp, original: { ...ends, sourcePort: 1004, zone: 4 }, timeout: 600 },
  replyZone: {
    ...{ ...tcp, original: { ...ends, sourcePort: 1005 }, timeout: 600 },
    reply: { source: '10.0.0.2', destination: '10.0.0.1', sourcePort: 80, destinationPort: 1005, zone: 9 },
  },
  master: {
    ...{ ...tcp, original: { ...ends, sourcePort: 1006, destinationPort: 21 }, timeout: 600, helper: 'ftp' },
    sequenceAdjustment: {
      original: { position: 5, before: -3, after: 4 },
      reply: { position: 6, before: 1, after: 2 },
    },
  },
  expected: {
    ...{ ...tcp, original: { ...ends, sourcePort: 1007 }, timeout: 600 },
    master: { protocol: 'tcp', ...ends, sourcePort: 1006, destinationPort: 21 },
  },
  sctp: {
    ...{ protocol: 'sctp', original: ends, timeout: 600 },
    sctp: { state: 'established', originalVerificationTag: 5, replyVerificationTag: 6 },
  },
  withoutPorts: { protocol: 'esp', original: { source: '10.0.0.1', destination: '10.0.0.2' }, timeout: 600 },
};

/** As conntrack is asked to make those that it can. */
const byOracle: Record<string, string> = {
  tcp: '-p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1000 --dport 80 -t 600 -u SEEN_REPLY,ASSURED --state ESTABLISHED',
  udp6: '-p udp -s 2001:db8::1 -d 2001:db8::2 --sport 1000 --dport 80 -t 600 --zone 7',
  sourceNat: '-p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1001 --dport 80 -t 600 --state NONE --src-nat 192.0.2.1:5555',
  destinationNat6: '-p udp -s 2001:db8::1 -d 2001:db8::2 --sport 1002 --dport 80 -t 600 --dst-nat [2001:db8::99]:8080',
};

async function filled(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await track(namespace);
  await namespace.conntrack.add(Object.values(connections));
  return namespace;
}

describeKernel('tracked connections', tracking(), () => {
  test('are added and listed as conntrack shows them', async () => {
    await using a = await filled();

    const listed = await a.conntrack.list();

    expect(listed).toHaveLength(Object.keys(connections).length);
    expect(linesOf(listed)).toEqual(await shownBy(a));
  });

  test.each(Object.keys(byOracle))('are the same that conntrack makes: %s', async (sort) => {
    await using ours = await scratchNamespace();
    await using theirs = await scratchNamespace();
    await Promise.all([track(ours), track(theirs)]);
    await run(theirs, 'conntrack', ['-I', ...byOracle[sort]!.split(' ')]);

    await ours.conntrack.add(connections[sort]!);

    const [one] = await ours.conntrack.list();
    const [other] = await theirs.conntrack.list();
    // conntrack 1.4.7 takes the status for a mark as well.
    const same = ({ protocol, original, reply, status, zone }: typeof one & object) => ({
      ...{ protocol, original, reply, status, zone },
    });
    expect(same(one!)).toEqual(same(other!));
  });

  test('can be got, set, deleted and added again as they are listed', async () => {
    await using a = await filled();
    // A master is added before what it expects.
    const listed = (await a.conntrack.list()) as (Connection & { timeout: number })[];
    const before = listed.sort((one, other) => Number(one.master !== undefined) - Number(other.master !== undefined));

    for (const row of before) expect((await a.conntrack.get(row)).id).toBe(row.id);
    await a.conntrack.set(before);
    expect(lasting(await a.conntrack.list())).toEqual(lasting(before));
    await a.conntrack.delete(before);
    expect(await shownBy(a)).toEqual([]);
    await a.conntrack.add(before);

    expect(lasting(await a.conntrack.list())).toEqual(lasting(before));
  });

  test('are found by their answers as well', async () => {
    await using a = await filled();
    const { reply } = connections.bothNat!;

    const found = await a.conntrack.get({ protocol: 'tcp', reply });
    expect(found.original.sourcePort).toBe(1003);
    await a.conntrack.delete({ protocol: 6, reply });

    await expect(a.conntrack.get({ protocol: 'tcp', reply })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('change by what is given alone', async () => {
    await using a = await filled();
    const key = { protocol: 'tcp', original: ends } as const;
    const line = async () => (await shownBy(a)).find((one) => one.includes('sport=1000') && one.includes('tcp'));

    await a.conntrack.set({ ...key, mark: { value: 0x100, mask: 0xf00 } });
    expect(await line()).toContain(` mark=261 `);
    await a.conntrack.set({ ...key, mark: 0, timeout: 77, status: ['seenReply', 'assured', 'fixedTimeout'] });

    const row = await a.conntrack.get(key);
    expect(await line()).toContain(' mark=0 ');
    expect(row).toMatchObject({ mark: 0, status: ['seenReply', 'assured', 'confirmed', 'fixedTimeout'] });
    expect(row.timeout).toBeLessThanOrEqual(77);
    expect(row.tcp).toMatchObject({ state: 'established', originalWindowScale: 7, replyWindowScale: 9 });
    await expect(a.conntrack.set({ ...key, status: ['assured'] })).rejects.toMatchObject({
      ...{ code: 'EBUSY', property: 'status' },
    });
  });

  test('have labels when they began while a rule uses them', async () => {
    await using a = await filled();
    await expect(a.conntrack.set({ ...tcp, labels: [1] })).rejects.toMatchObject({
      code: 'ENOSPC',
      property: 'labels',
    });
    await run(a, 'nft', ['add rule inet track c ct label set 5']);
    const key = { protocol: 'tcp', original: { ...ends, sourcePort: 7 } } as const;
    const labels = async () => (await a.conntrack.get(key)).labels;

    await a.conntrack.add({ ...key, timeout: 600, labels: [0, 5, 127] });
    expect(await labels()).toEqual([0, 5, 127]);
    await a.conntrack.set({ ...key, labels: { add: [64], remove: [0] } });
    expect(await labels()).toEqual([5, 64, 127]);
    expect(await a.conntrack.list({ labels: [64, 5] })).toHaveLength(1);
    expect(await a.conntrack.list({ labels: [64, 6] })).toEqual([]);
    await a.conntrack.set({ ...key, labels: [3] });
    expect(await labels()).toEqual([3]);
  });

  test('are added without labels where no rule uses them', async () => {
    await using a = await filled();
    const key = { protocol: 'tcp', original: { ...ends, sourcePort: 7 } } as const;

    await a.conntrack.add({ ...key, timeout: 600, labels: [1] });

    expect((await a.conntrack.get(key)).labels).toBeUndefined();
  });

  // Another one with the same tuples. An id follows from the place in memory, which the next one may have again: so it is not made here.
  test('with another id than is given stay', async () => {
    await using a = await filled();
    const { id, ...rest } = await a.conntrack.get(tcp);
    const another = { ...rest, id: ((id ?? 0) ^ 1) >>> 0 };

    await expect(a.conntrack.get(another)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(a.conntrack.delete(another)).rejects.toMatchObject({
      code: 'ENOENT',
      request: 'IPCTNL_MSG_CT_DELETE',
    });

    expect((await a.conntrack.get(tcp)).id).toBe(id);
  });

  test.each<[string, ConnectionFilter]>([
    ['protocol', { protocol: 'tcp' }],
    ['number', { protocol: 50 }],
    ['protocol of a family', { protocol: 'udp', family: 6 }],
    ['family', { family: 'inet6' }],
    ['family by number', { family: 4 }],
    ['source', { original: { source: '10.0.0.1' } }],
    ['IPv6 address, however it is written', { original: { destination: '2001:DB8:0::2' } }],
    ['ports', { original: { sourcePort: 1000, destinationPort: 80 } }],
    [
      'ports of a protocol, by IPv6',
      { family: 6, protocol: 'udp', original: { sourcePort: 1002, destinationPort: 80 } },
    ],
    ['ports of a protocol', { protocol: 'tcp', original: { source: '10.0.0.1', sourcePort: 1000 } }],
    ['server behind NAT', { protocol: 'tcp', reply: { source: '10.9.9.9', sourcePort: 8080 } }],
    ['answers to an address', { reply: { destination: '192.0.2.1' } }],
    ['both tuples', { original: { source: '10.0.0.1' }, reply: { source: '10.0.0.2' } }],
    ['ICMP', { protocol: 'icmp', original: { icmpId: 99 } }],
    ['ICMPv6', { original: { icmpType: 128, source: '2001:db8::1' } }],
    ['mark', { mark: 5 }],
    ['bits of a mark', { mark: { value: 4, mask: 6 } }],
    ['no mark', { mark: 0 }],
    ['zone', { zone: 7 }],
    ['zone of a direction', { zone: 9 }],
    ['no zone', { zone: 0 }],
    ['status', { status: ['seenReply', 'assured'] }],
    ['what has no status', { withoutStatus: ['seenReply'] }],
    ['NAT', { status: ['sourceNat'], withoutStatus: ['destinationNat'] }],
    ['tuple zone', { original: { zone: 4 } }],
  ])('are selected by %s, and those alone flushed', async (_what, filter) => {
    await using a = await filled();
    const all = await a.conntrack.list();
    const meant = all.filter((row) => isMeant(row as never, filter as never));
    const ids = (rows: readonly { id?: number }[]) => rows.map(({ id }) => id).sort();
    expect(meant.length).toBeGreaterThan(0);
    expect(meant.length).toBeLessThan(all.length);

    expect(ids(await a.conntrack.list(filter))).toEqual(ids(meant));
    const streamed = [];
    for await (const row of a.conntrack.stream(filter)) streamed.push(row);
    expect(ids(streamed)).toEqual(ids(meant));
    await a.conntrack.flush(filter);

    const left = (await shownBy(a)).map((line) => Number(/ id=(\d+)$/.exec(line)![1]));
    expect(left.sort()).toEqual(ids(all.filter((row) => !meant.includes(row))));
  });

  test.each<[string, () => ConnectionFilter]>([
    ['has in its prototype', () => ({ original: inheriting({ sourcePort: 1000 }, { source: '2001:db8::1' }) })],
    ['has by getters', () => ({ original: new Server() })],
    ['inherits', () => inheriting({ protocol: 'udp' }, { family: 6, zone: 7 })],
    ['is of a class', () => new InZone()],
  ])('are flushed by all that a filter %s', async (_what, filter) => {
    await using a = await filled();
    const before = await a.conntrack.list();

    await a.conntrack.flush(filter());

    const left = await a.conntrack.list();
    expect(left).toHaveLength(before.length - 1);
    expect(left.filter(({ zone }) => zone === 7)).toEqual([]);
  });

  test('are all flushed with a word for it alone', async () => {
    await using a = await filled();
    for (const mistake of [
      ...[undefined, null, {}, 'every', { protocol: undefined }, { reply: {} }, { reply: { source: undefined } }],
      ...[{ status: [] }, { labels: [] }, { mark: { value: 0, mask: 0 } }, { protocol: 'tcp', original: {} }],
    ])
      await expect(a.conntrack.flush(mistake as never)).rejects.toBeInstanceOf(TypeError);
    expect(await a.conntrack.list()).toHaveLength(Object.keys(connections).length);

    await a.conntrack.flush('all');

    expect(await shownBy(a)).toEqual([]);
  });

  test('are counted, and what the table takes', async () => {
    await using a = await filled();

    const { entries, maxEntries, cpus } = await a.conntrack.statistics();

    expect(entries).toBe(Number(await run(a, 'conntrack', ['-C'])));
    expect(String(maxEntries)).toBe(await a.sysctl.get('net.netfilter.nf_conntrack_max'));
    const shown = (await run(a, 'conntrack', ['-S'])).trim().split('\n');
    expect(
      cpus.map(({ cpu, found, insert, drop }) => `cpu=${cpu} found=${found} insert=${insert} drop=${drop}`),
    ).toEqual(
      shown.map((line) =>
        ['cpu', 'found', 'insert', 'drop'].map((name) => new RegExp(`\\b${name}=\\d+`).exec(line)![0]).join(' '),
      ),
    );
    expect(cpus.reduce((sum, { insert = 0 }) => sum + insert, 0)).toBe(entries);
  });

  test('are added, streamed and flushed by the thousand', async () => {
    await using a = await scratchNamespace();
    await track(a);
    // A kernel with little memory tracks fewer.
    const most = Number(await a.sysctl.get('net.netfilter.nf_conntrack_max'));
    const count = Math.min(10_000, 2 * Math.floor(most / 4));
    const many = Array.from({ length: count }, (_, mark) => ({
      ...{ protocol: 'udp' as const, timeout: 600, mark },
      original: { ...ends, sourcePort: 1 + mark },
    }));

    await a.conntrack.add(many);
    const marks = new Set<number | undefined>();
    for await (const { mark, original } of a.conntrack.stream()) if (original.sourcePort === mark! + 1) marks.add(mark);
    await a.conntrack.flush({ mark: { value: 0, mask: 1 } });

    expect(marks.size).toBe(count);
    expect(await run(a, 'conntrack', ['-C'])).toBe(`${String(count / 2)}\n`);
    const rest = await a.conntrack.list();
    expect(rest.every(({ mark }) => mark! % 2 === 1)).toBe(true);
  });

  test('are added with the namespace, all or none', async () => {
    await using a = await scratchNamespace();
    await using made = await createNamespace(undefined, (one) => [one.conntrack.add(Object.values(connections))]);

    expect(await made.conntrack.list()).toHaveLength(Object.keys(connections).length);
    expect(await a.conntrack.list()).toEqual([]);
  });
});

function inheriting<One extends object>(own: One, inherited: One): One {
  return Object.assign(Object.create(inherited) as One, own);
}

class Server {
  readonly sourcePort = 1000;
  readonly #source = '2001:db8::1';
  get source() {
    return this.#source;
  }
}

class InZone {
  readonly protocol = 'udp';
  readonly #zone = 7;
  get zone() {
    return this.#zone;
  }
}

/** What a filter means, said once more. */
function isMeant(row: Record<string, unknown>, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    const had = row[name] as never;
    switch (name) {
      case 'original':
      case 'reply':
        return Object.entries(wanted as object).every(
          ([part, value]) => had[part] === (value === '2001:DB8:0::2' ? '2001:db8::2' : value),
        );
      case 'family':
        return had === ({ 4: 'inet', 6: 'inet6' } as Record<string, unknown>)[wanted as string] || had === wanted;
      case 'protocol':
        return had === (wanted === 50 ? 'esp' : wanted);
      case 'mark':
        if (typeof wanted === 'number') return had === wanted;
        return (Number(had) & (wanted as { mask: number }).mask) === (wanted as { value: number }).value;
      case 'zone': {
        const { zone, original, reply } = row as {
          zone?: number;
          original: { zone?: number };
          reply: { zone?: number };
        };
        return (
          [zone, original.zone, reply.zone].find((one) => one !== undefined) === wanted ||
          (wanted === 0 && !zone && !original.zone && !reply.zone)
        );
      }
      case 'status':
        return (wanted as string[]).every((word) => (had as string[]).includes(word));
      case 'withoutStatus':
        return !(wanted as string[]).some((word) => (row.status as string[]).includes(word));
      default:
        throw new Error(name);
    }
  });
}
