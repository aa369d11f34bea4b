import type { NetworkNamespace } from '../../lib';
import { handleOf } from '../../lib/namespace/handle';
import { topicOf, type Subject } from '../../lib/protocol/events';
import { Subscription, type News } from '../../lib/transport/subscription';
import { describeKernel, feature, kernelSince, kernelTest, type Requirement } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

/** Hears what the kernel tells of a subject while something is done. */
async function heard(namespace: NetworkNamespace, subject: Subject, act: () => Promise<unknown>): Promise<News[]> {
  const handle = handleOf(namespace)!;
  const news: News[] = [];
  let isOver: () => void;
  let failed: (error: unknown) => void;
  const over = new Promise<void>((resolve, reject) => ([isOver, failed] = [resolve, reject]));
  const subscription = new Subscription((start, chunk) => handle.use(start, chunk), topicOf([subject, 'link']), {
    tell(told) {
      news.push(...told);
      // Of a link that is made after all is done: what the kernel told before is there by then.
      if (told.some((one) => one.subject === 'link' && one.row.name === 'over')) isOver();
    },
    fail: (error) => {
      failed(error);
    },
  });
  try {
    await subscription.inForce;
    await act();
    await namespace.links.add({ kind: 'bridge', name: 'over' });
    await over;
  } finally {
    subscription.close();
  }
  return news.filter((one) => one.subject === subject);
}

async function furnished(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } });
  await namespace.addresses.add('v0', '10.1.1.1/24');
  return namespace;
}

interface Told {
  subject: Subject;
  make: (namespace: NetworkNamespace) => Promise<unknown>;
  list: (namespace: NetworkNamespace) => Promise<object[]>;
  end: (namespace: NetworkNamespace) => Promise<unknown>;
  isIt: (row: object) => boolean;
  needs?: Requirement[];
}

const has = (wanted: object) => (row: object) =>
  Object.entries(wanted).every(([name, value]) => (row as Record<string, unknown>)[name] === value);

const subjects: Told[] = [
  {
    subject: 'address',
    make: (a) => a.addresses.add('v0', '10.2.0.1/16'),
    list: (a) => a.addresses.list(),
    end: (a) => a.addresses.delete('v0', '10.2.0.1/16'),
    isIt: has({ address: '10.2.0.1/16' }),
  },
  {
    subject: 'route',
    make: (a) => a.routes.add({ destination: '10.9.0.0/16', gateway: '10.1.1.2' }),
    list: (a) => a.routes.list(),
    end: (a) => a.routes.delete({ destination: '10.9.0.0/16' }),
    isIt: has({ destination: '10.9.0.0/16' }),
  },
  {
    subject: 'rule',
    make: (a) => a.rules.add({ priority: 7, source: '10.9.0.0/16', table: 100 }),
    list: (a) => a.rules.list(),
    end: (a) => a.rules.delete({ priority: 7 }),
    isIt: has({ priority: 7 }),
  },
  {
    subject: 'neighbor',
    make: (a) => a.neighbors.add({ device: 'v0', destination: '10.1.1.9', linkLayerAddress: '02:00:00:00:00:09' }),
    list: (a) => a.neighbors.list(),
    end: (a) => a.neighbors.delete({ device: 'v0', destination: '10.1.1.9' }),
    isIt: has({ destination: '10.1.1.9' }),
  },
  {
    subject: 'nexthop',
    make: (a) => a.nexthops.add({ id: 7, gateway: '10.1.1.2', device: 'v0' }),
    list: (a) => a.nexthops.list(),
    end: (a) => a.nexthops.delete(7),
    isIt: has({ id: 7 }),
    needs: [kernelSince('5.3')],
  },
  {
    subject: 'qdisc',
    make: (a) => a.qdiscs.add({ device: 'v0', kind: 'tbf', rate: 8e6, burst: 16384, latency: 50 }),
    list: (a) => a.qdiscs.list(),
    end: (a) => a.qdiscs.delete({ device: 'v0', parent: 'root' }),
    isIt: has({ kind: 'tbf' }),
    needs: [
      feature('tbf', 'ip link add b0 type bridge; tc qdisc add dev b0 root tbf rate 1mbit burst 16k latency 50ms'),
    ],
  },
];

describeKernel('what the kernel tells', () => {
  describe.each(subjects)('of a $subject', ({ subject, make, list, end, isIt, needs = [] }) => {
    kernelTest('is what a list shows, and that it went', needs, async () => {
      await using a = await furnished();
      let listed: object | undefined;

      const news = await heard(a, subject, async () => {
        await make(a);
        listed = (await list(a)).find(isIt);
        await end(a);
      });

      const told = news.filter((one) => one.subject !== 'resync' && isIt(one.row));
      expect(listed).toBeDefined();
      expect(told[0]).toMatchObject({ subject, action: 'new', row: timeless(listed!) });
      expect(told.at(-1)).toMatchObject({ subject, action: 'delete' });
    });
  });
});

/** Without what passes with time, or is counted. */
function timeless(row: object): object {
  const { created, updated, used, confirmed, cacheInfo, statistics, references, ...rest } = row as Record<
    string,
    unknown
  >;
  return rest;
}
