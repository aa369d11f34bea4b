import { listAddresses } from '../../lib/protocol/address';
import { listFdb } from '../../lib/protocol/fdb';
import { listLinks } from '../../lib/protocol/link';
import { listNeighbors } from '../../lib/protocol/neighbor';
import { listConnections } from '../../lib/protocol/netfilter/conntrack/connection-filter';
import { listExpectations } from '../../lib/protocol/netfilter/conntrack/expectation-filter';
import { listNexthops } from '../../lib/protocol/nexthop';
import { listNexthopBuckets } from '../../lib/protocol/nexthop-bucket';
import { listQdiscs } from '../../lib/protocol/qdisc';
import { listRoutes } from '../../lib/protocol/route';
import { listRules } from '../../lib/protocol/rule';

/** What asks for each list that takes a filter, by what its errors call it. */
export const filteredLists: Readonly<Record<string, (filter: never) => unknown>> = {
  links: listLinks,
  addresses: listAddresses,
  routes: listRoutes,
  rules: listRules,
  neighbors: listNeighbors,
  'a forwarding table': listFdb,
  nexthops: listNexthops,
  buckets: listNexthopBuckets,
  qdiscs: listQdiscs,
  connections: listConnections,
  expectations: listExpectations,
};
