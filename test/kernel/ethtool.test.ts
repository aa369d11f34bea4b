import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run, type Held } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const CHECKSUM = 'tx-checksum-ip-generic';

/** A namespace with a pair of links. */
async function pair() {
  const namespace = await scratchNamespace();
  await namespace.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
  return namespace;
}

interface TheirFeature {
  active: boolean;
  requested: boolean | null;
  fixed: boolean | null;
}

/** What `ethtool -k` shows, but for its own names for several features together. */
async function theirFeatures(namespace: Held, device: string): Promise<Record<string, TheirFeature>> {
  const text = await run(namespace, 'ethtool', ['--json', '-k', device]);
  const [found] = JSON.parse(text) as [Record<string, TheirFeature>];
  return Object.fromEntries(Object.entries(found).filter(([, value]) => typeof value.fixed === 'boolean'));
}

const overNetlink = feature('ethtool over netlink', 'genl ctrl get name ethtool | grep -q ethtool');

describeKernel('features of links', [requiresOracle('ethtool'), overNetlink], () => {
  test('are those that ethtool shows', async () => {
    await using namespace = await pair();

    const ours = await namespace.ethtool.features.get('v0');

    const theirs = await theirFeatures(namespace, 'v0');
    const names = Object.keys(theirs).filter((name) => name in ours);
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) {
      const { active, fixed, requested } = theirs[name]!;
      // For ethtool nothing is requested of what is fixed.
      const { requested: wanted, ...rest } = ours[name]!;
      expect({ name, ...rest }).toEqual({ name, active, fixed });
      if (fixed !== true) expect({ name, wanted }).toEqual({ name, wanted: requested });
    }
  });

  test('are turned off and on, and what depends on them with them', async () => {
    await using namespace = await pair();

    const changed = await namespace.ethtool.features.set('v0', { [CHECKSUM]: false });

    expect(changed).toMatchObject({ [CHECKSUM]: false, 'tx-tcp-segmentation': false });
    expect((await theirFeatures(namespace, 'v0'))[CHECKSUM]).toMatchObject({ active: false });
    expect(await namespace.ethtool.features.set('v0', { [CHECKSUM]: true })).toMatchObject({ [CHECKSUM]: true });
    expect((await theirFeatures(namespace, 'v0'))[CHECKSUM]).toMatchObject({ active: true });
    expect(await namespace.ethtool.features.set('v0', { [CHECKSUM]: true })).toEqual({});
  });

  test('that did not take reject, with what changed nevertheless', async () => {
    await using namespace = await pair();
    const before = await namespace.ethtool.features.get('v0');
    const fixed = Object.keys(before).find((name) => before[name]!.fixed && !before[name]!.active)!;

    const refused = namespace.ethtool.features.set('v0', { [fixed]: true, [CHECKSUM]: false });

    await expect(refused).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: fixed, request: 'ETHTOOL_MSG_FEATURES_SET', subject: "link 'v0'" },
      done: expect.arrayContaining([CHECKSUM]) as unknown,
      message: expect.stringContaining('the driver left it off') as unknown,
    });
  });

  test('of no link, and of no name, are errors of the property', async () => {
    await using namespace = await pair();

    const unknown = namespace.ethtool.features.set('v0', { 'no-such-feature': true });
    await expect(unknown).rejects.toMatchObject({ property: 'no-such-feature' });
    await expect(namespace.ethtool.features.get('v7')).rejects.toMatchObject({ code: 'ENODEV', property: 'device' });
    await expect(namespace.ethtool.features.get(0)).rejects.toMatchObject({ property: 'device' });
    await expect(namespace.ethtool.features.set('v0', {})).rejects.toThrow(RangeError);
    const text = 'yes' as unknown as boolean;
    await expect(namespace.ethtool.features.set('v0', { [CHECKSUM]: text })).rejects.toThrow(TypeError);
  });

  test('of a link that was made in the same tick are set, and read, in the order of the calls', async () => {
    await using namespace = await scratchNamespace();

    const [, , after] = await Promise.all([
      namespace.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } }),
      namespace.ethtool.features.set('v0', { [CHECKSUM]: false }),
      namespace.ethtool.features.get('v0'),
      namespace.links.set('v0', { name: 'w0' }),
    ]);

    expect(after[CHECKSUM]).toMatchObject({ active: false, requested: false });
    expect((await namespace.ethtool.features.get('w0'))[CHECKSUM]).toMatchObject({ active: false });
  });
});

describeKernel('statistics of drivers', [requiresOracle('ethtool'), overNetlink], () => {
  test('are those that ethtool shows', async () => {
    await using namespace = await pair();
    const { index } = await namespace.links.get('v1');
    const { index: other } = await namespace.links.get('v0');

    const ours = await namespace.ethtool.statistics('v0');

    const lines = (await run(namespace, 'ethtool', ['-S', 'v0'])).trim().split('\n').slice(1);
    const theirs = lines.map((line) => line.trim().split(/:\s*/) as [string, string]);
    expect(Object.entries(ours).map(([name, value]) => [name, String(value)])).toEqual(theirs);
    expect(ours).toMatchObject({ peer_ifindex: index });
    expect(await namespace.ethtool.statistics(index)).toMatchObject({ peer_ifindex: other });
  });

  test('are none where the driver has none', async () => {
    await using namespace = await pair();

    expect(await namespace.ethtool.statistics('lo')).toEqual({});
    await expect(namespace.ethtool.statistics('v7')).rejects.toMatchObject({ code: 'ENODEV', property: 'device' });
  });
});
