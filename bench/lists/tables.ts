import { hostNamespace } from 'rtnetlink';

import { run } from '../host';

/** A table of the kernel that is filled, and then listed by each contender. */
export interface Table {
  /** As list-floor.c calls it. */
  name: string;
  /** As the reader of the report calls its rows. */
  title: string;
  /** Rows that are put in, besides the few that are there anyway. */
  rows: number;
  fill: (rows: number) => Promise<void>;
  /** Lists it with this library; resolves with how many there were. */
  list: () => Promise<number>;
  /** Lists it as a stream. */
  stream: () => Promise<number>;
  /** How many rows of those that were put in a program finds that knows nothing of this library. */
  count: () => Promise<number>;
}

const host = hostNamespace();

const OF_BATCH = 1000;

/** Asks for many things of the same kind, a batch at a time. */
async function many(count: number, ask: (index: number) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < count; first += OF_BATCH) {
    const size = Math.min(OF_BATCH, count - first);
    await Promise.all(Array.from({ length: size }, (_, index) => ask(first + index)));
  }
}

async function countRows(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of rows) count++;
  return count;
}

async function linesOf(command: string): Promise<number> {
  return Number(await run('sh', '-c', `${command} | wc -l`));
}

const octets = (index: number) => [(index >> 16) & 255, (index >> 8) & 255, index & 255] as const;
const macOf = (first: string, index: number) =>
  [first, ...octets(index).map((octet) => octet.toString(16).padStart(2, '0'))].join(':');

/** Of a pair that is up; `near` has an address in 10.0.0.0/8. */
async function makePair(near: string, far: string, master?: string): Promise<void> {
  await host.links.add({
    kind: 'veth',
    name: near,
    up: true,
    ...(master && { master }),
    peer: { name: far, up: true },
  });
}

export const routes: Table = {
  name: 'routes',
  title: 'routes',
  rows: 500_000,
  fill: async (rows) => {
    await makePair('via0', 'via1');
    await host.addresses.add('via0', '10.0.0.1/8');
    await many(rows, (index) => host.routes.add(routeOf(index)));
  },
  list: async () => (await host.routes.list()).length,
  stream: () => countRows(host.routes.stream()),
  count: () => linesOf('ip route show'),
};

/** The networks of 20.0.0.0/6 by /24, then by /25, through sixteen gateways. */
export function routeOf(index: number) {
  const [first, second, third] = octets(index % 500_000);
  const isSecond = index >= 500_000;
  return {
    destination: `${String(20 + first)}.${String(second)}.${String(third)}.0/${isSecond ? '25' : '24'}`,
    gateway: `10.0.${String(index % 16)}.2`,
    device: 'via0',
  };
}

export const links: Table = {
  name: 'links',
  title: 'links',
  rows: 10_000,
  fill: (rows) =>
    many(rows / 2, (index) =>
      host.links.add({ kind: 'veth', name: `a${String(index)}`, peer: { name: `b${String(index)}` } }),
    ),
  list: async () => (await host.links.list()).length,
  stream: () => countRows(host.links.stream()),
  count: () => linesOf('ip -o link show'),
};

export const forwarding: Table = {
  name: 'forwarding',
  title: 'forwarding entries',
  rows: 50_000,
  fill: async (rows) => {
    await host.links.add({ kind: 'bridge', name: 'br0', up: true });
    await makePair('port0', 'port1', 'br0');
    await many(rows, (index) => host.fdb.add({ device: 'port0', address: macOf('02:00:01', index) }));
  },
  list: async () => (await host.fdb.list()).length,
  stream: () => countRows(host.fdb.stream()),
  count: () => linesOf('bridge fdb show'),
};

export const neighbors: Table = {
  name: 'neighbors',
  title: 'neighbors',
  rows: 50_000,
  fill: async (rows) => {
    await makePair('near0', 'far0');
    await host.addresses.add('near0', '172.16.0.1/12');
    await many(rows, (index) => {
      const [first, second, third] = octets(index);
      const destination = `172.${String(17 + first)}.${String(second)}.${String(third)}`;
      return host.neighbors.add({ device: 'near0', destination, linkLayerAddress: macOf('02:00:02', index) });
    });
  },
  list: async () => (await host.neighbors.list()).length,
  stream: () => countRows(host.neighbors.stream()),
  count: () => linesOf('ip neigh show nud permanent'),
};

export const tables = [routes, links, forwarding, neighbors];
