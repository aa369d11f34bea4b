/* eslint-disable @typescript-eslint/no-require-imports -- a collection is loaded when it is first asked for */
import { whenNeeded } from '../when-needed';
import type * as Addresses from './addresses';
import type * as Conntrack from './conntrack';
import type * as Ethtool from './ethtool';
import type * as Fdb from './fdb';
import type * as Files from './files';
import type * as Genetlink from './genetlink';
import type * as Links from './links';
import type * as NamespaceIds from './namespace-ids';
import type * as Neighbors from './neighbors';
import type * as Nexthops from './nexthops';
import type * as Nftables from './nftables';
import type * as Qdiscs from './qdiscs';
import type * as Routes from './routes';
import type * as Rules from './rules';
import type * as Sysctl from './sysctl';

/**
 * The collections of a namespace, and the wait for its end. Each is loaded when first used: most programs need few of
 * them.
 */
export const families = whenNeeded({
  addresses: () => (require('./addresses') as typeof Addresses).AddressCollection,
  conntrack: () => (require('./conntrack') as typeof Conntrack).ConntrackCollection,
  ethtool: () => (require('./ethtool') as typeof Ethtool).EthtoolCollection,
  fdb: () => (require('./fdb') as typeof Fdb).FdbCollection,
  files: () => (require('./files') as typeof Files).FileCollection,
  genetlink: () => (require('./genetlink') as typeof Genetlink).GenetlinkCollection,
  links: () => (require('./links') as typeof Links).LinkCollection,
  namespaceIds: () => (require('./namespace-ids') as typeof NamespaceIds).NamespaceIdCollection,
  neighbors: () => (require('./neighbors') as typeof Neighbors).NeighborCollection,
  nexthops: () => (require('./nexthops') as typeof Nexthops).NexthopCollection,
  nftables: () => (require('./nftables') as typeof Nftables).NftablesCollection,
  qdiscs: () => (require('./qdiscs') as typeof Qdiscs).QdiscCollection,
  routes: () => (require('./routes') as typeof Routes).RouteCollection,
  rules: () => (require('./rules') as typeof Rules).RuleCollection,
  sysctl: () => (require('./sysctl') as typeof Sysctl).SysctlCollection,
});

/** A namespace's collections by their names. */
export type Collections = { [Name in keyof typeof families]: InstanceType<(typeof families)[Name]> };
