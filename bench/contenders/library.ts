import {
  createNamespace,
  hostNamespace,
  reserveNamespaces,
  type NamespaceReserve,
  type NetworkNamespace,
} from 'rtnetlink';

import { measure } from '../cost';
import { hostEndsGone } from '../host';
import { BRIDGE, GATEWAY, type Network } from '../plan';
import type { Contender } from './contender';

/** Sets up one network, and resolves with its namespace. */
type SetUp = (network: Network) => Promise<NetworkNamespace>;

/** As one would write it for speed: made with all that is in it, whole or not at all. */
const furnished: SetUp = ({ name, hostEnd, address }) =>
  createNamespace(name, (inside) => [
    hostNamespace().links.add({
      kind: 'veth',
      name: hostEnd,
      master: BRIDGE,
      up: true,
      peer: { name: 'eth0', namespace: inside, up: true },
    }),
    inside.links.set('lo', { up: true }),
    inside.addresses.add('eth0', address),
    inside.routes.add({ destination: 'default', gateway: GATEWAY }),
  ]);

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

function contender(name: string, description: string, { setUp, ahead = 0, inTurn = false }: Way): Contender {
  const namespaces: NetworkNamespace[] = [];
  let reserve: NamespaceReserve | undefined;
  return {
    name,
    description,
    prepare: async () => {
      if (ahead > 0) reserve = await reserveNamespaces(ahead);
    },
    setUp: ({ networks }) =>
      measure(async () => {
        for (const network of networks) namespaces.push(await setUp(network));
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
  /** Namespaces that are made ahead. */
  ahead?: number;
  /** Whether one namespace is deleted after the other, and not all at once. */
  inTurn?: boolean;
}

export const library = contender(
  'rtnetlink',
  'this library, one network after the other, each namespace created with all that is in it; deleted together',
  { setUp: furnished },
);

export const libraryAhead = contender(
  'rtnetlink, made ahead',
  'the same, with one namespace made ahead of time (reserveNamespaces), which is an option and off by default',
  { setUp: furnished, ahead: 1 },
);

export const libraryTogether = contender(
  'rtnetlink, by ticks',
  'this library, one network after the other; calls inside a namespace share a tick',
  { setUp: together },
);

export const libraryOneByOne = contender(
  'rtnetlink, one by one',
  'this library, one network after the other, with an await on each call; deleted one by one',
  { setUp: oneByOne, inTurn: true },
);
