import type { NetworkNamespace, QdiscOptions } from '../../../../lib';
import { qdiscKinds } from '../../../../lib/protocol/qdiscs';
import { run } from '../../oracle';
import { makeSome, modelOfFields } from '../families';
import { COUNT, commands, union, type Scene } from './scene';

const FIRST = 100;

/**
 * Qdiscs that have no declaration. Not htb, of which the kernel tells another
 * number of its version than it takes, nor codel and fq_codel, whose times it rounds down each time, nor red, of which it does not tell the table
 * that it needs.
 */
const others = [
  'pfifo limit 100',
  'bfifo limit 10000',
  'pfifo_head_drop limit 7',
  'fq limit 500 flow_limit 20',
  'sfq perturb 10 limit 100',
  'prio bands 4 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1',
  'hfsc default 1',
  'cake bandwidth 10mbit',
  'drr',
  'multiq',
  'pie limit 500',
  'ets bands 3 strict 1',
];

export const qdiscs: Scene = {
  name: 'qdiscs',
  make,
  table: (namespace) => ({
    // Those of a device's own cannot be deleted, nor made.
    list: async () => (await namespace.qdiscs.list()).filter(({ handle }) => handle !== '0:'),
    add: (rows) => namespace.qdiscs.add(rows),
    replace: (rows) => namespace.qdiscs.replace(rows).catch(unlessOther(rows)),
    delete: (rows) => namespace.qdiscs.delete(rows),
    // Of some kinds its JSON is none.
    shown: async () =>
      (await run(namespace, 'tc', ['-d', 'qdisc', 'show']))
        .split('\n')
        .filter((line) => !line.includes(' 0: '))
        .map((line) => ({ line: line.replace(/ refcnt \d+/, '') })),
  }),
};

/** Of kinds without a declaration the kernel cannot change some at all, or not what it tells of them. */
function unlessOther(rows: readonly { kind: string }[]): (error: unknown) => void {
  return (error) => {
    const { code } = error as { code?: string };
    if (code !== 'EINVAL' || rows.some(({ kind }) => Object.hasOwn(qdiscKinds, kind))) throw error;
  };
}

/** A token bucket that passes at least one packet at once. */
const sizes = {
  rate: [1e6, 8e6, 1e9, 4e10],
  burst: [2000, 16_384, 100_000],
  latency: [50, 400],
  peakRate: [2e9, 8e10],
  peakBurst: [2000, 9000],
};

async function make(namespace: NetworkNamespace): Promise<Set<string>> {
  const { links, qdiscs: collection } = namespace;
  const kinds = Object.entries(qdiscKinds);
  const count = kinds.length * COUNT + others.length + 2;
  await links.add(
    Array.from(
      { length: count },
      (_, place) => ({ kind: 'ifb', name: `q${String(place)}`, index: FIRST + place, up: true }) as const,
    ),
  );
  const taken: Set<string>[] = [];
  for (const [which, [kind, declared]] of kinds.entries()) {
    const header = 'header' in declared ? declared.header : undefined;
    const model = { ...modelOfFields(declared.fields, header), ...(kind === 'tbf' && sizes) };
    const base = (place: number) => ({ kind, device: FIRST + which * COUNT + place, handle: '1:' });
    taken.push(await makeSome(model, COUNT, base, (options) => collection.add(options as QdiscOptions)));
  }
  const device = (place: number) => `q${String(kinds.length * COUNT + place)}`;
  await commands(namespace, 'tc', [
    ...others.map((other, place) => `qdisc add dev ${device(place)} root handle 7: ${other}`),
    `qdisc add dev ${device(others.length)} clsact`,
    `qdisc add dev ${device(others.length + 1)} ingress`,
  ]);
  return union(taken);
}
