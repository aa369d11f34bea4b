import { createServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import type { ConnectionEvent, EventStream, ExpectationEvent } from '../../lib';
import { track, tracking } from '../support/conntrack';
import { exposedGc } from '../support/garbage';
import { describeKernel } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { lastFound } from '../support/until';
import { openSockets } from '../support/waits';

const ends = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 1000, destinationPort: 80 };
const tcp = { protocol: 'tcp', original: ends } as const;

/** The next few events. */
async function next<Event>(events: EventStream<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  while (taken.length < count) taken.push((await events.next()).value as Event);
  return taken;
}

describeKernel('events of connections', tracking(), () => {
  test('tell what came, changed and went, from when watch resolved', async () => {
    await using a = await scratchNamespace();
    await track(a);
    await using events = await a.conntrack.watch();

    await run(
      a,
      'conntrack',
      '-I -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1000 --dport 80 -t 600 --state NONE'.split(' '),
    );
    await run(a, 'conntrack', '-U -p tcp -s 10.0.0.1 -m 7'.split(' '));
    await run(a, 'conntrack', '-D -p tcp -s 10.0.0.1'.split(' '));
    const seen = await next<ConnectionEvent>(events, 3);

    expect(seen).toMatchObject([
      { event: 'new', connection: { ...tcp, family: 'inet', status: ['confirmed'] } },
      { event: 'update', connection: { ...tcp, mark: 7 } },
      { event: 'destroy', connection: { ...tcp, mark: 7 } },
    ]);
    expect(new Set(seen.map(({ connection }) => connection.id)).size).toBe(1);
    expect(seen[2]!.connection.status).toContain('dying');
  });

  test('are those that the filter describes', async () => {
    await using a = await scratchNamespace();
    await track(a);
    await using events = await a.conntrack.watch({ protocol: 'udp', original: { destinationPort: 53 } });

    await a.conntrack.add([
      { ...tcp, timeout: 60 },
      { protocol: 'udp', original: ends, timeout: 60 },
      { protocol: 'udp', original: { ...ends, destinationPort: 53 }, timeout: 60 },
    ]);

    expect((await events.next()).value).toMatchObject({
      event: 'new',
      connection: { original: { destinationPort: 53 } },
    });
    await a.conntrack.flush('all');
    expect((await events.next()).value).toMatchObject({ event: 'destroy', connection: { protocol: 'udp' } });
  });

  test('come in their order, however many, to a loop that takes its time', async () => {
    await using a = await scratchNamespace();
    await track(a);
    const events = await a.conntrack.watch();
    const many = Array.from({ length: 2000 }, (_, index) => ({
      ...{ protocol: 'udp' as const, timeout: 60 },
      original: { ...ends, sourcePort: 1 + index },
    }));
    await a.conntrack.add(many);

    const ports: (number | undefined)[] = [];
    for await (const one of events) {
      if (one.event === 'lost') throw new Error('lost');
      ports.push(one.connection.original.sourcePort);
      if (ports.length === many.length) break;
      if (ports.length % 100 === 0) await turn();
    }

    expect(ports).toEqual(many.map(({ original }) => original.sourcePort));
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('end with the signal, and with the namespace', async () => {
    const a = await scratchNamespace();
    const controller = new AbortController();
    const [stopped, open] = [await a.conntrack.watch({}, { signal: controller.signal }), await a.conntrack.watch()];
    const [first, second] = [stopped.next(), open.next()];

    controller.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await a.close();
    await expect(second).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBADF' });

    expect(await stopped.next()).toEqual({ done: true, value: undefined });
    expect(await open.next()).toEqual({ done: true, value: undefined });
    await expect(a.conntrack.watch()).rejects.toMatchObject({ code: 'EBADF' });
  });
});

describeKernel('a stream of events that nobody refers to', tracking(), () => {
  test('ends when it is collected, unless an event of it is waited for', async () => {
    const gc = exposedGc();
    await using a = await scratchNamespace();
    await track(a);
    const before = openSockets();
    const awaited = await (async () => ({ next: (await a.conntrack.watch()).next() }))();
    for (let count = 0; count < 5; count++) await a.conntrack.watch();
    expect(openSockets() - before).toBe(6);

    const left = await lastFound(
      () => {
        gc();
        return openSockets() - before;
      },
      (sockets) => sockets <= 1,
    );
    expect(left).toBe(1);
    await a.conntrack.add({ ...tcp, timeout: 60 });

    expect(await awaited.next).toMatchObject({ done: false, value: { event: 'new' } });
  });
});

const control = { ...ends, destinationPort: 21 };
const master = { protocol: 'tcp', ...control } as const;

describeKernel('expectations', tracking(), () => {
  test('are added to a connection with a helper, and listed as conntrack shows them', async () => {
    await using a = await scratchNamespace();
    await track(a);
    await using events = await a.conntrack.expectations.watch();
    await a.conntrack.add({ protocol: 'tcp', original: control, timeout: 600, helper: 'ftp' });
    const data = { source: '10.0.0.2', destination: '10.0.0.1', destinationPort: 4000 };

    await a.conntrack.expectations.add({ protocol: 'tcp', tuple: data, master });

    const listed = await a.conntrack.expectations.list();
    expect(listed).toMatchObject([
      {
        ...{ family: 'inet', protocol: 'tcp', tuple: { ...data, sourcePort: 0 }, master, helper: 'ftp' },
        mask: { source: '255.255.255.255', sourcePort: 0 },
      },
    ]);
    expect(await run(a, 'conntrack', ['-L', 'expect'])).toContain(
      'proto=6 src=10.0.0.2 dst=10.0.0.1 sport=0 dport=4000 mask-src=255.255.255.255 mask-dst=255.255.255.255 sport=0 dport=65535 ' +
        'master-src=10.0.0.1 master-dst=10.0.0.2 sport=1000 dport=21 class=0 helper=ftp',
    );
    expect((await a.conntrack.expectations.get({ protocol: 'tcp', tuple: data })).id).toBe(listed[0]!.id);
    await a.conntrack.expectations.delete(listed);
    expect(await a.conntrack.expectations.list()).toEqual([]);
    await a.conntrack.expectations.add(listed);
    expect(await a.conntrack.expectations.list()).toHaveLength(1);
    const seen = await next<ExpectationEvent>(events, 3);
    expect(seen.map(({ event }) => event)).toEqual(['new', 'destroy', 'new']);
  });

  test('are found by packets that they expect, and by id alone if it is given', async () => {
    await using a = await scratchNamespace();
    await track(a);
    const { expectations } = a.conntrack;
    await a.conntrack.add({ protocol: 'tcp', original: control, timeout: 600, helper: 'ftp' });
    const tuple = { source: '10.0.0.2', destination: '10.0.0.1', destinationPort: 4000 };
    await expectations.add({ protocol: 'tcp', tuple, master, mask: { source: '255.255.255.0' } });
    const packet = { protocol: 'tcp', tuple: { ...tuple, source: '10.0.0.9', sourcePort: 7 } } as const;

    const found = await expectations.get(packet);
    expect(found.tuple).toEqual({ ...tuple, sourcePort: 0 });
    const another = { ...packet, id: (found.id! ^ 1) >>> 0 };
    await expect(expectations.delete(another)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await expectations.list()).toHaveLength(1);
    await expectations.delete(packet);

    expect(await expectations.list()).toEqual([]);
  });

  test('are flushed by what they have, or all', async () => {
    await using a = await scratchNamespace();
    await track(a);
    const masters = [1, 2, 3, 4].map((sourcePort) => ({ ...control, sourcePort }));
    await a.conntrack.add(
      masters.map((original) => ({ protocol: 'tcp', original, timeout: 600, helper: 'ftp' }) as const),
    );
    await a.conntrack.expectations.add(
      masters.map(({ sourcePort, ...rest }) => ({
        ...{ protocol: 'tcp' as const, master: { protocol: 'tcp' as const, ...rest, sourcePort } },
        tuple: { source: '10.0.0.2', destination: '10.0.0.1', destinationPort: 4000 + sourcePort },
        mask: { source: '255.255.255.0' },
      })),
    );
    const ports = async () => (await a.conntrack.expectations.list()).map(({ tuple }) => tuple.destinationPort).sort();
    const { expectations } = a.conntrack;
    for (const mistake of [undefined, {}, { helper: undefined }, { master: {} }])
      await expect(expectations.flush(mistake as never)).rejects.toBeInstanceOf(TypeError);
    expect(await expectations.list({ helper: 'sip' })).toEqual([]);
    expect(await expectations.list({ master: { sourcePort: 3 }, zone: 0, helper: 'ftp', family: 4 })).toHaveLength(1);

    await expectations.flush({ master: { sourcePort: 2 } });
    expect(await ports()).toEqual([4001, 4003, 4004]);
    await expectations.flush({ tuple: { destinationPort: 4004 }, protocol: 'tcp' });
    expect(await ports()).toEqual([4001, 4003]);
    await expectations.flush('all');

    expect(await ports()).toEqual([]);
  });

  test('tell what is wrong with them', async () => {
    await using a = await scratchNamespace();
    await track(a);
    await a.conntrack.add({ protocol: 'tcp', original: ends, timeout: 600 });
    const { expectations } = a.conntrack;
    const tuple = { source: '10.0.0.2', destination: '10.0.0.1', destinationPort: 4000 };

    await expect(
      expectations.add({ protocol: 'tcp', tuple, master: { protocol: 'tcp', ...ends } }),
    ).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: 'master', hint: expect.stringContaining('ct helper') as string },
    });
    await expect(expectations.add({ protocol: 'tcp', tuple, master })).rejects.toMatchObject({
      code: 'ENOENT',
      property: 'master',
    });
    await expect(expectations.get({ protocol: 'tcp', tuple })).rejects.toThrow('there is no such expectation');
    await expect(expectations.delete({ protocol: 'tcp', tuple })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('come of an FTP session that a rule gives a helper', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    await run(a, 'nft', [
      `add table ip t
       add ct helper ip t ftp-standard { type "ftp" protocol tcp ; }
       add chain ip t out { type filter hook output priority 0 ; }
       add rule ip t out tcp dport 21 ct helper set "ftp-standard"`,
    ]);
    const server = createServer((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', () => socket.write('227 Entering Passive Mode (127,0,0,1,4,1)\r\n'));
    });
    await a.listen(server, { host: '127.0.0.1', port: 21 });
    await using events = await a.conntrack.expectations.watch({ helper: 'ftp' });

    const socket = await a.connect({ host: '127.0.0.1', port: 21 });
    socket.once('data', () => socket.write('PASV\r\n')).resume();

    const { value } = (await events.next()) as { value: ExpectationEvent };
    expect(value).toMatchObject({
      event: 'new',
      expectation: { tuple: { destination: '127.0.0.1', destinationPort: 1025 } },
    });
    expect(await a.conntrack.list({ helper: 'ftp' })).toMatchObject([
      { protocol: 'tcp', helper: 'ftp', original: { destinationPort: 21 } },
    ]);
    socket.destroy();
    server.close();
  });
});
