import { describeKernel, feature, kernelTest } from '../support/kernel';
import { ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { listening, nobodyListens, veth } from '../support/waits';

afterEach(nobodyListens);

describeKernel('a link is waited for', () => {
  test('until it is up: a veth, when its peer in another namespace is', async () => {
    await using pair = await veth();
    const { a, b } = pair;
    await ip(a, 'link set eth0 up');
    const waiting = a.links.waitFor('eth0', 'up');
    await listening();

    await ip(b, 'link set eth0 up');

    expect(await waiting).toMatchObject({ name: 'eth0', operationalState: 'up' });
    expect(await ip(a, 'link show eth0')).toMatchObject([{ operstate: 'UP' }]);
  });

  test('until it has a carrier', async () => {
    await using pair = await veth();
    const { a, b } = pair;
    await ip(b, 'link set eth0 up');
    const waiting = a.links.waitFor('eth0', 'carrier');
    await listening();

    await ip(a, 'link set eth0 up');

    expect((await waiting).flags).toContain('lower-up');
  });

  test('that is as it should be already', async () => {
    await using a = await scratchNamespace();
    await ip(a, 'link add br0 type bridge');
    await ip(a, 'link set lo up');

    const found = await Promise.all([
      a.links.waitFor('lo', 'up'),
      a.links.waitFor('lo', 'carrier'),
      a.links.waitFor('br0', 'present'),
      a.links.waitFor('br0', ({ up }) => !up),
      a.links.waitFor('nosuch', 'gone'),
    ]);

    expect(found.slice(0, 4)).toMatchObject([
      { name: 'lo', operationalState: 'unknown' },
      { name: 'lo' },
      { name: 'br0' },
      { name: 'br0' },
    ]);
    expect(found[4]).toBeUndefined();
  });

  kernelTest(
    'that is down, although it keeps a carrier',
    [feature('dummy links', 'ip link add dummy0 type dummy')],
    async () => {
      await using a = await scratchNamespace();
      await ip(a, 'link add dummy0 type dummy');
      expect(await a.links.get('dummy0')).toMatchObject({ carrier: true });

      await expect(a.links.waitFor('dummy0', 'carrier', { timeout: 50 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
      await expect(a.links.waitFor('dummy0', 'up', { timeout: 50 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
      await ip(a, 'link set dummy0 up');
      expect(await a.links.waitFor('dummy0', 'up')).toMatchObject({ operationalState: 'unknown' });
    },
  );

  test.each(['link add late type bridge', 'link set early name late', 'link property add dev early altname late'])(
    "until there is one: 'ip %s'",
    async (command) => {
      await using a = await scratchNamespace();
      await ip(a, 'link add early type bridge');
      if (command.includes('altname')) await ip(a, 'link set early up');
      const waiting = a.links.waitFor('late', 'present');
      await listening();

      await ip(a, command);

      const { index } = await waiting;
      expect(await ip(a, 'link show late')).toMatchObject([{ ifindex: index }]);
    },
  );

  test('until there is one with a name too long to be one', async () => {
    await using a = await scratchNamespace();
    const name = 'a-name-that-is-longer-than-fifteen-bytes';
    await ip(a, 'link add br0 type bridge');
    await ip(a, 'link set br0 up');
    const waiting = a.links.waitFor(name, 'present');
    await listening();

    await ip(a, `link property add dev br0 altname ${name}`);

    expect(await waiting).toMatchObject({ name: 'br0' });
  });

  test('that comes again and again, until it comes to stay', async () => {
    await using a = await scratchNamespace();
    for (let round = 0; round < 20; round++) {
      const waiting = a.links.waitFor('late', 'present', { timeout: 50_000 });
      await a.links.add({ kind: 'bridge', name: 'late' });
      await waiting;
      const gone = a.links.waitFor('late', 'gone', { timeout: 50_000 });
      await Promise.all([gone, a.links.delete('late')]);
    }
  });

  test('until it is deleted', async () => {
    await using a = await scratchNamespace();
    await ip(a, 'link add br0 type bridge');
    const waiting = a.links.waitFor('br0', 'gone');
    await listening();

    await ip(a, 'link delete br0');

    await expect(waiting).resolves.toBeUndefined();
  });

  test('until it has moved to another namespace', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await ip(a, 'link add left type veth peer name right');
    const waiting = a.links.waitFor('left', 'gone');
    await listening();

    await a.links.set('left', { namespace: b });

    await waiting;
  });

  test('until it is gone, which to leave a bridge is not', async () => {
    await using a = await scratchNamespace();
    await ip(a, 'link add br0 type bridge');
    await ip(a, 'link add port master br0 type veth peer name other');
    const waiting = a.links.waitFor('port', 'gone', { timeout: 50_000 });
    await listening();
    let isGone = false;
    void waiting.then(() => (isGone = true));

    await ip(a, 'link set port nomaster');
    await a.links.waitFor('port', ({ master }) => master === undefined);

    expect(isGone).toBe(false);
    await ip(a, 'link delete port');
    await waiting;
  });

  test('under another name', async () => {
    await using pair = await veth();
    const { a, b } = pair;
    let looks = 0;
    const waiting = a.links.waitFor('eth0', (link) => ++looks > 0 && link.operationalState === 'up');
    // It is followed once it was found.
    while (looks === 0) await new Promise(setImmediate);

    await ip(a, 'link set eth0 name eth1');
    await ip(a, 'link set eth1 up');
    await ip(b, 'link set eth0 up');

    expect(await waiting).toMatchObject({ name: 'eth1' });
  });

  test("until its bridge forwards what it brings: the bridge's events count", async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.add({ kind: 'veth', name: 'port', master: 'br0', peer: { name: 'eth0', namespace: b, up: true } });
    const waiting = a.links.waitFor('port', ({ bridgePort }) => bridgePort?.state === 'forwarding');
    await listening();

    await ip(a, 'link set port up');

    expect(await waiting).toMatchObject({ bridgePort: { state: 'forwarding' } });
    const [row] = await ip(a, 'link show port');
    expect(row).toMatchObject({ linkinfo: { info_slave_data: { state: 'forwarding' } } });
  });

  test('in vain, for it is not there', async () => {
    await using a = await scratchNamespace();

    const error = { name: 'NetlinkError', code: 'ENODEV', subject: "link 'eth0'" };
    await expect(a.links.waitFor('eth0', 'up')).rejects.toMatchObject(error);
    await expect(a.links.waitFor('eth0', () => true)).rejects.toMatchObject(error);
    await expect(a.links.waitFor(77, 'carrier')).rejects.toMatchObject({ ...error, subject: 'link 77' });
  });

  test('in vain, for it is deleted meanwhile', async () => {
    await using a = await scratchNamespace();
    await ip(a, 'link add br0 type bridge');
    const waiting = expect(a.links.waitFor('br0', 'up')).rejects.toMatchObject({
      name: 'NetlinkError',
      code: 'ENODEV',
      subject: "link 'br0'",
      namespace: { name: undefined, inode: a.inode },
    });
    await listening();

    await ip(a, 'link delete br0');

    await waiting;
  });

  test('in vain, for the condition throws', async () => {
    await using a = await scratchNamespace();
    const broken = () => {
      throw new Error('broken');
    };

    await expect(a.links.waitFor('lo', broken)).rejects.toThrow('broken');
  });
});

describeKernel('addresses are waited for', () => {
  test('until duplicate address detection is done', async () => {
    await using pair = await veth();
    const { a, b } = pair;
    await ip(a, 'link set eth0 up');
    await ip(b, 'link set eth0 up');
    await ip(a, 'address add 2001:db8::1/64 dev eth0');
    expect((await a.addresses.list({ device: 'eth0', family: 'inet6' })).map(({ flags }) => flags)).toContainEqual(
      expect.arrayContaining(['tentative']),
    );

    const [one] = await a.addresses.waitFor({ device: 'eth0', address: '2001:DB8:0::1' });
    const all = await a.addresses.waitFor({ device: 'eth0' });

    expect(one).toMatchObject({ address: '2001:db8::1/64' });
    expect(one?.flags).not.toContain('tentative');
    expect(all).toHaveLength(2);
    const [row] = await ip(a, 'address show dev eth0');
    expect((row?.addr_info as object[]).filter((info) => 'tentative' in info)).toEqual([]);
  });

  test('until they are there', async () => {
    await using a = await scratchNamespace();
    await ip(a, 'link add br0 type bridge');
    const waiting = a.addresses.waitFor({ device: 'br0', address: '192.0.2.1/24' });
    await listening();

    await ip(a, 'address add 192.0.2.1/32 dev br0');
    await ip(a, 'address add 192.0.2.1/24 dev br0');

    expect(await waiting).toMatchObject([{ address: '192.0.2.1/24' }]);
  });

  test('in vain, for another host has one', async () => {
    await using pair = await veth();
    const { a, b } = pair;
    for (const one of [a, b]) await one.links.set('eth0', { addressGenerationMode: 'none' });
    for (const one of [a, b]) await ip(one, 'link set eth0 up');
    await ip(b, 'address add 2001:db8::1/64 dev eth0 nodad');
    await a.links.waitFor('eth0', 'up');
    await b.links.waitFor('eth0', 'up');
    await ip(a, 'address add 2001:db8::1/64 dev eth0');

    const failed = {
      name: 'WaitError',
      code: 'EADDRINUSE',
      errno: 98,
      message:
        'waitFor: EADDRINUSE, another host has the address 2001:db8::1/64 ' +
        `(address 2001:db8::1 of link 'eth0' to be ready, namespace net:[${String(a.inode)}])`,
    };
    await expect(a.addresses.waitFor({ device: 'eth0', address: '2001:db8::1' })).rejects.toMatchObject(failed);
    await expect(a.addresses.waitFor({ device: 'eth0' })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const [row] = await ip(a, 'address show dev eth0');
    expect(row).toMatchObject({ addr_info: [{ local: '2001:db8::1', dadfailed: true }] });
  });

  test('in vain, for their link is deleted', async () => {
    await using a = await scratchNamespace();
    await ip(a, 'link add br0 type bridge');
    const waiting = expect(a.addresses.waitFor({ device: 'br0' })).rejects.toMatchObject({ code: 'ENODEV' });
    await listening();

    await ip(a, 'link delete br0');

    await waiting;
  });

  test('in vain, for the time is up', async () => {
    await using pair = await veth();
    const { a } = pair;
    await ip(a, 'address add 2001:db8::1/64 dev eth0');
    await expect(a.addresses.waitFor({ device: 'eth0' }, { timeout: 1000 })).rejects.toMatchObject({
      // It may be told why.
      message: expect.stringMatching(/^waitFor: ETIMEDOUT, tentative: 2001:db8::1\/64.* after 1000 ms/) as string,
    });
  });
});
