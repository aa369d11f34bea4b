import { execFileSync } from 'node:child_process';
import diagnostics_channel from 'node:diagnostics_channel';
import path from 'node:path';

import { createNamespace } from '../../lib';
import type { TracedEvents, TracedOperation } from '../../lib/transport/trace';
import { describeKernel } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

/** What the channels tell while something is done, by their names. */
async function toldDuring(work: () => Promise<unknown>): Promise<Record<'start' | 'end' | 'events', unknown[]>> {
  const told = { start: [] as unknown[], end: [] as unknown[], events: [] as unknown[] };
  const listeners = Object.entries(told).map(([name, all]) => {
    const listener = (message: unknown) => {
      all.push(message);
    };
    diagnostics_channel.subscribe(`rtnetlink:${name}`, listener);
    return () => diagnostics_channel.unsubscribe(`rtnetlink:${name}`, listener);
  });
  try {
    await work();
  } finally {
    for (const end of listeners) end();
  }
  return told;
}

describeKernel('the channels of diagnostics_channel tell of', () => {
  test('the requests of a tick, with their answers', async () => {
    await using a = await scratchNamespace();

    const { start, end } = await toldDuring(() =>
      Promise.allSettled([
        a.links.add({ kind: 'bridge', name: 'br0' }),
        a.links.set('none', { up: true }),
        a.addresses.add('br0', '10.1.1.1/24'),
      ]),
    );

    const [operation] = end as TracedOperation[];
    expect(start[0]).toBe(operation);
    expect(operation).toMatchObject({
      ...{ operation: 'send', namespace: { name: undefined, inode: a.inode } },
      where: `namespace net:[${String(a.inode)}]`,
      requests: [
        { name: 'RTM_NEWLINK', subject: "link 'br0'" },
        { name: 'RTM_NEWLINK', subject: "link 'none'", code: 'ENODEV' },
        { name: 'RTM_NEWADDR', subject: "address 10.1.1.1/24 of 'br0'" },
      ],
    });
    expect(operation!.requests.map(({ code }) => code)).toEqual([undefined, 'ENODEV', undefined]);
    expect(operation!.duration).toBeGreaterThan(0);
  });

  test('what would undo a pair between two namespaces, as that', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();

    const { end } = await toldDuring(() =>
      a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'eth0', namespace: b, up: true } }),
    );

    const requests = (end as TracedOperation[]).flatMap((operation) => operation.requests);
    expect(requests.filter(({ name }) => name === 'RTM_DELLINK')).toMatchObject([{ isUndo: true }]);
  });

  test('arrays, with those that were refused', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    const routes = [1, 2, 2].map((net) => ({ destination: `10.${String(net)}.0.0/16`, device: 'lo' }));

    const { end } = await toldDuring(() => a.routes.add(routes).catch(() => undefined));

    const [{ requests }] = end as [TracedOperation];
    expect(requests.map(({ name, code }) => [name, code])).toEqual([
      ['RTM_NEWROUTE', undefined],
      ['RTM_NEWROUTE', undefined],
      ['RTM_NEWROUTE', 'EEXIST'],
    ]);
  });

  test('lists and streams, with what came', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    const { end } = await toldDuring(async () => {
      await a.links.list();
      for await (const row of a.links.stream()) expect(row.index).toBeGreaterThan(0);
    });

    const dumps = (end as TracedOperation[]).filter(({ operation }) => operation === 'dump');
    expect(dumps).toHaveLength(2);
    for (const dump of dumps) {
      expect(dump).toMatchObject({ requests: [{ name: 'RTM_GETLINK' }], where: `namespace net:[${String(a.inode)}]` });
      expect(dump.messages).toBeGreaterThanOrEqual(2);
      expect(dump.bytes).toBeGreaterThan(500);
    }
  });

  test('events', async () => {
    await using a = await scratchNamespace();

    const { events } = await toldDuring(async () => {
      const present = a.links.waitFor('br1', 'present');
      // Some come while it listens; which is the first, nobody knows.
      for (let count = 0; count < 20; count++) {
        await a.links.add({ kind: 'bridge', name: 'br0' });
        await a.links.delete('br0');
      }
      await a.links.add({ kind: 'bridge', name: 'br1' });
      await present;
    });

    const told = (events as TracedEvents[]).find(({ messages }) => messages.includes('RTM_NEWLINK'));
    expect(told?.messages).toContain('RTM_NEWLINK');
    expect(told?.operation).toMatchObject({ operation: 'subscribe', namespace: { inode: a.inode } });
  });

  test('namespaces that are made, with all that belongs in them', async () => {
    const { end } = await toldDuring(async () => {
      await using a = await createNamespace(undefined, (inside) => [inside.links.set('lo', { up: true })]);
      expect(a.inode).toBeGreaterThan(0);
    });

    const operations = (end as TracedOperation[]).map(({ operation }) => operation);
    expect(operations).toEqual(expect.arrayContaining(['createNamespace', 'send']));
  });

  test('nothing, when nobody listens any more', async () => {
    await using a = await scratchNamespace();
    const { end } = await toldDuring(() => Promise.resolve());

    await a.links.list();

    expect(end).toEqual([]);
  });
});

describeKernel('NODE_DEBUG=rtnetlink', () => {
  test('writes a line for each request, of what ships', () => {
    const library = path.join(__dirname, '..', '..', 'dist');
    const source = `
      const { createNamespace } = require(${JSON.stringify(library)});
      (async () => {
        const a = await createNamespace();
        await Promise.allSettled([a.links.add({ kind: 'bridge', name: 'br0' }), a.links.add({ kind: 'bridge', name: 'br0' })]);
        await a.links.list();
        await a.close();
      })();`;
    const command = '"$0" -e "$1" 2>&1';
    const env = { ...process.env, NODE_DEBUG: 'rtnetlink' };
    const printed = execFileSync('sh', ['-c', command, process.execPath, source], { encoding: 'utf8', env });

    const where = String.raw`RTNETLINK \d+: namespace net:\[\d+\]: `;
    const lines = printed.trim().split('\n');
    expect(lines[0]).toMatch(/^RTNETLINK \d+: createNamespace: done, [\d.]+ ms$/);
    expect(lines[1]).toMatch(new RegExp(`^${where}RTM_NEWLINK of link 'br0': done, [\\d.]+ ms, together with 1 more$`));
    expect(lines[2]).toMatch(
      new RegExp(`^${where}RTM_NEWLINK of link 'br0': EEXIST, [\\d.]+ ms, together with 1 more$`),
    );
    expect(lines.at(-1)).toMatch(new RegExp(`^${where}RTM_GETLINK dump: \\d+ messages, \\d+ bytes, [\\d.]+ ms$`));
  });
});
