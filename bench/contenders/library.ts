import {
  createNamespace,
  hostNamespace,
  reserveNamespaces,
  type LinkPeer,
  type NamespaceReserve,
  type NetworkNamespace,
} from 'rtnetlink';

import { measure } from '../cost';
import type { Role } from '../findings';
import { hostEndsGone } from '../host';
import { BRIDGE, GATEWAY, type Network, type Plan } from '../plan';
import type { Contender } from './contender';

/** Sets up one network, and resolves with its namespace. */
type SetUp = (network: Network, plan: Plan) => Promise<NetworkNamespace>;

/** What both ends of a pair shall have besides. */
type EndOptions = Pick<LinkPeer, 'addressGenerationMode' | 'transmitQueues' | 'receiveQueues'>;

const silent: EndOptions = { addressGenerationMode: 'none' };
/** The kernel else makes one for each processor, and waits for RCU to give up all but one, for each end. */
const oneQueue: EndOptions = { transmitQueues: 1, receiveQueues: 1 };

/** As one would write it for speed: made with all that is in it, whole or not at all. */
function furnished(ends: EndOptions = {}): SetUp {
  return ({ name, hostEnd, address }, { quiet }) =>
    createNamespace(name, (inside) => {
      const both = quiet ? Object.assign({}, ends, silent) : ends;
      const peer = Object.assign({ name: 'eth0', namespace: inside, up: true }, both);
      return [
        hostNamespace().links.add(
          Object.assign({ kind: 'veth' as const, name: hostEnd, master: BRIDGE, up: true, peer }, both),
        ),
        inside.links.set('lo', { up: true }),
        inside.addresses.add('eth0', address),
        inside.routes.add({ destination: 'default', gateway: GATEWAY }),
      ];
    });
}

/** As one would write it: what does not depend on each other is asked for in the same tick, and so sent together. */
const together: SetUp = async ({ name, hostEnd, address }) => {
  const inside = await createNamespace(name);
  await hostNamespace().links.add({
    kind: 'veth',
    name: hostEnd,
    master: BRIDGE,
    up: true,
    peer: { name: 'eth0', namespace: inside },
  });
  await Promise.all([
    inside.links.set('lo', { up: true }),
    inside.links.set('eth0', { up: true }),
    inside.addresses.add('eth0', address),
    inside.routes.add({ destination: 'default', gateway: GATEWAY }),
  ]);
  return inside;
};

/** As one would write it without a thought for speed: an `await` on each call. */
const oneByOne: SetUp = async ({ name, hostEnd, address }) => {
  const inside = await createNamespace(name);
  await hostNamespace().links.add({
    kind: 'veth',
    name: hostEnd,
    master: BRIDGE,
    up: true,
    peer: { name: 'eth0', namespace: inside, up: true },
  });
  await inside.links.set('lo', { up: true });
  await inside.addresses.add('eth0', address);
  await inside.routes.add({ destination: 'default', gateway: GATEWAY });
  return inside;
};

function contender(name: string, description: string, way: Way): Contender {
  const { setUp, ahead = 0, underWay = 1, inTurn = false, role = 'variant' } = way;
  const namespaces: NetworkNamespace[] = [];
  let reserve: NamespaceReserve | undefined;
  return {
    name,
    description,
    role,
    isInProcess: true,
    prepare: async () => {
      if (ahead > 0) reserve = await reserveNamespaces(ahead);
    },
    setUp: (plan) =>
      measure(async () => {
        const { networks, atOnce } = plan;
        const rest = networks.values();
        // Each takes the next that nobody has taken.
        const takeAll = async () => {
          for (const network of rest) namespaces.push(await setUp(network, plan));
        };
        await Promise.all(Array.from({ length: atOnce ? networks.length : underWay }, takeAll));
      }),
    tearDown: async () => {
      await reserve?.close();
      return await measure(async () => {
        const gone = namespaces.splice(0);
        if (inTurn) for (const namespace of gone) await namespace.delete();
        else await Promise.all(gone.map((namespace) => namespace.delete()));
        await hostEndsGone();
      });
    },
  };
}

interface Way {
  setUp: SetUp;
  /** A variant by default. */
  role?: Role;
  /** Namespaces that are made ahead. */
  ahead?: number;
  /** How many networks are under way at a time, where the plan does not want all of them to be; 1 by default. */
  underWay?: number;
  /** Whether one namespace is deleted after the other, and not all at once. */
  inTurn?: boolean;
}

export const library = contender(
  'rtnetlink',
  'this library, each namespace created with all that is in it; deleted together',
  { setUp: furnished(), role: 'library' },
);

export const libraryAhead = contender(
  'rtnetlink, made ahead',
  'the same, with one namespace made ahead of time (reserveNamespaces), which is an option and off by default',
  { setUp: furnished(), ahead: 1 },
);

export const libraryUnderWay = contender(
  'rtnetlink, 64 under way',
  'the same, with the next begun when one of 64 is there',
  { setUp: furnished(), underWay: 64 },
);

export const libraryOneQueue = contender(
  'rtnetlink, one queue',
  'the same, with one queue at each end of a pair (transmitQueues, receiveQueues), which spares the kernel two waits for RCU',
  { setUp: furnished(oneQueue) },
);

export const libraryTogether = contender('rtnetlink, by ticks', 'this library; calls inside a namespace share a tick', {
  setUp: together,
});

export const libraryOneByOne = contender(
  'rtnetlink, one by one',
  'this library, with an await on each call; deleted one by one',
  { setUp: oneByOne, inTurn: true },
);
