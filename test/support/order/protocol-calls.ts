import fc from 'fast-check';

import type { NftBatch } from '../../../lib';
import { calls } from './arbitrary';
import type { Call } from './calls';
import { referenceTo } from './names';

// What goes over sockets of other netlink protocols than that of links. A kernel that lacks one refuses it alike in every world.

const device = referenceTo('lone', 'near', 'bridge');
const features = fc
  .tuple(fc.constantFrom('tx-checksum-ip-generic', 'rx-gro-list', 'no-such-feature'), fc.boolean())
  .map(([name, value]) => ({ [name]: value }));

const table = (name: string) => ({ family: 'bridge', name }) as const;

/** Batches by what they do, so that a sequence that failed can be read. */
const batches = {
  addFirst: (nft: NftBatch) => void nft.tables.add(table('first')),
  addBoth(nft: NftBatch) {
    nft.tables.add(table('first')).chains.add({ name: 'chain' });
    nft.tables.add(table('second'));
  },
  deleteFirst(nft: NftBatch) {
    nft.tables.delete(table('first'));
  },
  moveOn(nft: NftBatch) {
    nft.tables.delete(table('first'));
    nft.tables.add(table('second'));
  },
};

/** Calls that change something: good in `furnish` as well. */
export const protocolCalls: fc.WeightedArbitrary<Call>[] = [
  { weight: 3, arbitrary: calls('ethtool.features.set', () => fc.tuple(device, features)) },
  {
    weight: 3,
    arbitrary: calls('nftables.batch', () => fc.constantFrom(...Object.values(batches)).map((fill) => [fill])),
  },
];

/** Calls that read. */
export const furtherProtocolCalls: fc.WeightedArbitrary<Call>[] = [
  { weight: 1, arbitrary: calls('ethtool.features.get', () => fc.tuple(device)) },
];
