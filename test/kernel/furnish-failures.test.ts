import { readdirSync } from 'node:fs';

import { createNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { namespacesHeld } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { lastFound } from '../support/until';

/** What depends on which thread is faster is tried often. */
const TIMES = 20;

let host: NetworkNamespace;
let before: number[];
const unhandled = jest.fn();

/** To be called with `describe`. */
function leavingNothing(): void {
  beforeEach(async () => {
    unhandled.mockReset();
    process.on('unhandledRejection', unhandled);
    host = await scratchNamespace();
    // Its threads and its socket are there already.
    await host.links.list();
    before = namespacesHeld();
  });

  afterEach(async () => {
    try {
      await new Promise(setImmediate);
      expect(unhandled).not.toHaveBeenCalled();
      const more = () => namespacesHeld().filter((inode) => !before.includes(inode));
      expect(await lastFound(more, (held) => held.length === 0)).toEqual([]);
    } finally {
      process.off('unhandledRejection', unhandled);
      await host.close();
    }
  });
}

/** What a creation rejects with. If it does not, what was made is gone again. */
async function rejectionOf(creation: Promise<NetworkNamespace>): Promise<unknown> {
  return await creation.then(
    async (made) => {
      await made.delete();
      return undefined;
    },
    (error: unknown) => error,
  );
}

/** The pairs of the host namespace, once those are gone that went with a namespace. */
function pairsLeft(): Promise<unknown[]> {
  const pairs = async () => (await ip(host, 'link show type veth')).map(({ ifname }) => ifname);
  return lastFound(pairs, (left) => left.length === 0);
}

describeKernel('a furnish that asks for something and then', () => {
  leavingNothing();

  /** What it asks for: of the new namespace, of another one, and what fails. */
  const ask = (inside: NetworkNamespace) => [
    inside.links.set('lo', { up: true }),
    host.links.add({ kind: 'veth', name: 'h0', peer: { name: 'eth0', namespace: inside, up: true } }),
    inside.sysctl.set('net.ipv4.ip_forward', 1),
    inside.addresses.add('nothing', '10.0.0.1/24'),
    inside.links.list(),
  ];

  test.each<[string, (inside: NetworkNamespace) => unknown, object]>([
    [
      'throws',
      (inside) => {
        void ask(inside);
        throw new Error('not today');
      },
      { message: 'not today' },
    ],
    [
      'returns nothing',
      (inside) => {
        void ask(inside);
      },
      { name: 'TypeError', property: 'furnish' },
    ],
    [
      'is async',
      async (inside) => {
        await Promise.all(ask(inside));
      },
      { name: 'TypeError', property: 'furnish' },
    ],
    [
      'is async, and throws',
      async (inside) => {
        void ask(inside);
        await Promise.reject(new Error('not today'));
      },
      { name: 'TypeError', property: 'furnish' },
    ],
    ['returns one promise', (inside) => ask(inside)[3], { name: 'TypeError', property: 'furnish' }],
    [
      'returns something like a promise that rejects',
      (inside) => {
        void ask(inside);
        return {
          then: (_resolve: unknown, reject: (error: Error) => void) => {
            reject(new Error('not today'));
          },
        };
      },
      { name: 'TypeError', property: 'furnish' },
    ],
    [
      'returns an iterable that throws half-way',
      function* (inside) {
        yield inside.links.set('lo', { up: true });
        yield inside.links.set('nothing', { up: true });
        throw new Error('not today');
      },
      { message: 'not today' },
    ],
  ])('%s is rejected for that, and nothing is left', async (_what, furnish, expected) => {
    const name = uniqueName();

    const creation = createNamespace(name, furnish as never);

    expect(await rejectionOf(creation)).toMatchObject(expected);
    expect(readdirSync('/run/netns')).not.toContain(name);
    expect(await pairsLeft()).toEqual([]);
  });

  test('returns many promises that reject is rejected with the first', async () => {
    const name = uniqueName();

    const creation = createNamespace(name, function* () {
      for (let number = 0; number < 50; number++) yield Promise.reject(new Error(`number ${number}`));
    });

    expect(await rejectionOf(creation)).toMatchObject({ message: 'number 0' });
    expect(readdirSync('/run/netns')).not.toContain(name);
  });
});

describeKernel('furnish rejects with the first failure, in the order in which was asked', () => {
  leavingNothing();

  const withMaster = (inside: NetworkNamespace) =>
    inside.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', master: 'nothing' } });
  const asPort = (inside: NetworkNamespace) =>
    inside.links.add({ kind: 'veth', name: 'v0', master: 'br0', bridgePort: { backupPort: 'br0' } });
  const change = (inside: NetworkNamespace) =>
    inside.links.set('br0', { addressGenerationMode: 'none', master: 'nothing' });

  const behind: [string, (inside: NetworkNamespace) => Promise<unknown>[]][] = [
    ['nothing', () => []],
    ['a request of another namespace', () => [host.links.set('lo', { up: true })]],
    ['a request of the same namespace', (inside) => [inside.links.set('lo', { up: true })]],
    [
      'a link that takes several messages',
      (inside) => [inside.links.add({ kind: 'veth', name: 'v2', up: true, peer: { name: 'v3', up: true } })],
    ],
    ['what fails as well', (inside) => [inside.addresses.add('nowhere', '10.0.0.1/24')]],
    ['an argument that is wrong', (inside) => [inside.addresses.add('lo', '10.0.0.1/99')]],
    ['a setting', (inside) => [inside.sysctl.set('net.ipv4.conf.nothing.rp_filter', 1)]],
  ];

  test.each(behind)('behind which stands %s', async (_what, more) => {
    const furnished = (fails: (inside: NetworkNamespace) => Promise<unknown>) =>
      createNamespace(undefined, (inside) => [
        inside.links.add({ kind: 'bridge', name: 'br0' }),
        fails(inside),
        ...more(inside),
      ]);

    expect(await rejectionOf(furnished(withMaster))).toMatchObject({
      ...{ name: 'NetlinkError', code: 'ENODEV', property: expect.stringMatching(/^(peer\.)?master$/) as string },
    });
    expect(await rejectionOf(furnished(asPort))).toMatchObject({ name: 'NetlinkError', code: 'ENOENT' });
    expect(await rejectionOf(furnished(change))).toMatchObject({ code: 'ENODEV', property: 'master' });
  });

  test('also where that is a setting or a file, and requests stand behind it', async () => {
    const furnished = (fails: (inside: NetworkNamespace) => Promise<unknown>) =>
      createNamespace(undefined, (inside) => [
        inside.links.add({ kind: 'bridge', name: 'br0' }),
        fails(inside),
        inside.links.set('nothing', { up: true }),
        host.links.add({ kind: 'bridge', name: 'behind' }),
      ]);

    expect(await rejectionOf(furnished((inside) => inside.sysctl.set('net.ipv4.conf.br1.rp_filter', 1)))).toMatchObject(
      {
        ...{ name: 'NamespaceError', code: 'ENOENT' },
      },
    );
    expect(
      await rejectionOf(furnished((inside) => inside.files.write('/sys/class/net/br0/tx_queue_len', 'many'))),
    ).toMatchObject({ name: 'NamespaceError', code: 'EINVAL' });
    expect(await ip(host, 'link show type bridge')).toEqual([]);
  });
});

describeKernel('a namespace that another furnish is still making', () => {
  leavingNothing();

  const refusal = { name: 'NamespaceError', code: 'EAGAIN' };

  test('cannot be named by one within that, and nothing is left of both', async () => {
    for (let time = 0; time < TIMES; time++) {
      let inner: Promise<NetworkNamespace> | undefined;
      const creation = createNamespace(undefined, (outer) => [
        (inner = createNamespace(undefined, (made) => [
          made.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', namespace: outer } }),
        ])),
        outer.links.add({ kind: 'bridge', name: 'br0' }),
      ]);

      const rejections = await Promise.all([rejectionOf(creation), rejectionOf(inner!)]);

      expect(rejections).toMatchObject([refusal, refusal]);
    }
  });

  test('cannot be named by one beside that, which is made', async () => {
    for (let time = 0; time < TIMES; time++) {
      let made: NetworkNamespace | undefined;
      const first = createNamespace(undefined, (namespace) => {
        made = namespace;
        return [];
      });
      const second = rejectionOf(
        createNamespace(undefined, (inner) => [
          inner.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', namespace: made! } }),
        ]),
      );

      await using namespace = await first;
      expect(await second).toMatchObject(refusal);
      expect((await ip(namespace, 'link show')).map(({ ifname }) => ifname)).toEqual(['lo']);
    }
  });

  test('cannot be asked for anything by one beside that', async () => {
    let made: NetworkNamespace | undefined;
    const first = createNamespace(undefined, (namespace) => {
      made = namespace;
      return [];
    });
    const second = rejectionOf(
      createNamespace(undefined, (inner) => [
        inner.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } }),
        inner.links.set('v1', { namespace: made! }),
      ]),
    );

    await using namespace = await first;
    expect(await second).toMatchObject(refusal);
    expect((await ip(namespace, 'link show')).map(({ ifname }) => ifname)).toEqual(['lo']);
  });
});

describeKernel('what holds the others up until it has ended', () => {
  leavingNothing();

  test.each<[string, (inside: NetworkNamespace) => Promise<unknown>]>([
    ['a flush', (inside) => inside.addresses.flush({ device: 'lo' })],
    ['the deletion of an array', (inside) => inside.links.delete(['v0', 'w0'])],
  ])('is refused in furnish: %s', async (_what, call) => {
    const name = uniqueName();

    const creation = createNamespace(name, (inside) => [
      inside.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } }),
      inside.links.add({ kind: 'veth', name: 'w0', peer: { name: 'w1' } }),
      call(inside),
    ]);

    expect(await rejectionOf(creation)).toMatchObject({ message: expect.stringContaining('furnish') as string });
    expect(readdirSync('/run/netns')).not.toContain(name);
  });
});
