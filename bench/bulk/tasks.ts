import { createNamespace, hostNamespace, type NetworkNamespace } from 'rtnetlink';

import { run } from '../host';

/** Something that is done to many things at once, by each contender. */
export interface Task {
  name: string;
  /** How many in a turn, unless the command line scales it down. */
  count: number;
  /** Makes what is needed, before the clock starts. */
  prepare: (count: number) => Promise<void>;
  /** Arguments of bulk-floor.c. */
  floor: (count: number) => string[];
  library: (count: number) => Promise<unknown>;
  /** Another way to have this library do it. */
  variant?: { name: string; description: string; work: () => Promise<unknown> };
  /** How many a program finds done that knows nothing of this library. */
  done: (count: number) => Promise<number>;
  /** Undoes it. */
  cleanUp: () => Promise<void>;
}

const host = hostNamespace();
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const linesOf = async (command: string) => Number(await run('sh', '-c', `${command} | wc -l`));

/** The networks of 20.0.0.0/8 and up by /24, through sixteen gateways; as bulk-floor.c has them. */
const routes = (count: number) =>
  upTo(count).map((index) => ({
    destination: `${20 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}.0/24`,
    gateway: `10.0.${index % 16}.2`,
    device: 'via0',
  }));

let prepared: ReturnType<typeof routes> = [];

const addRoutes: Task = {
  name: 'routes added',
  count: 100_000,
  async prepare(count) {
    prepared = routes(count);
    await host.links.add({ kind: 'veth', name: 'via0', up: true, peer: { name: 'via1', up: true } });
    await host.addresses.add('via0', '10.0.0.1/8');
  },
  floor: (count) => ['routes', String(count), 'via0'],
  library: () => host.routes.add(prepared),
  // Whatever protocol they were given: the peers' libraries have their own ideas of it.
  done: () => linesOf('ip route show root 20.0.0.0/7'),
  cleanUp: () => host.links.delete('via0'),
};

const GROUP = 77;
const FIRST_INDEX = 100_000;

const pairs = (count: number, group: number) =>
  upTo(count).map((index) => ({
    kind: 'veth' as const,
    name: `a${index}`,
    index: FIRST_INDEX + 2 * index,
    group,
    peer: { name: `b${index}`, index: FIRST_INDEX + 2 * index + 1 },
  }));

const deletePairs: Task = {
  name: 'lone pairs deleted',
  count: 1000,
  async prepare(count) {
    await host.links.add(pairs(count, GROUP));
  },
  floor: () => ['delete-group', String(GROUP)],
  library: (count) => host.links.delete(upTo(count).map((index) => `a${index}`)),
  variant: {
    name: 'rtnetlink, by group',
    description: 'this library, which is told the group that they were made in',
    work: () => host.links.delete({ group: GROUP }),
  },
  done: async (count) => count - (await linesOf('ip -o link show type veth')) / 2,
  cleanUp: () => Promise.resolve(),
};

let target: NetworkNamespace;

const moveLinks: Task = {
  name: 'links moved and renamed',
  count: 1000,
  async prepare(count) {
    target = await createNamespace('target');
    await host.links.add(pairs(count, GROUP));
  },
  floor: (count) => ['move', String(FIRST_INDEX), String(count), 'eth', '/run/netns/target'],
  library: (count) =>
    Promise.all(upTo(count).map((index) => host.links.set(`a${index}`, { namespace: target, name: `eth${index}` }))),
  done: () => linesOf('ip -n target -o link show type veth'),
  async cleanUp() {
    await host.links.delete({ group: GROUP }).catch(() => undefined);
    await target.links.delete({ group: GROUP }).catch(() => undefined);
    await target.delete();
  },
};

export const tasks = [addRoutes, deletePairs, moveLinks];
