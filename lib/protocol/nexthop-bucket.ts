import {
  constant,
  field,
  filterable,
  filterableLink,
  linkIndex,
  memberFlags,
  message,
  inside,
  readOnly,
  uint16,
  uint32,
  type FilterOf,
  type RowOf,
} from '../codec';
import { rowFilter } from './filter';
import { NLM_F, type Query } from './netlink';
import { NHA, nexthopId, nhmsg, ticks64 } from './nexthop-message';
import { nexthopFlags } from './route-nexthop';
import { RTM } from './rtnetlink';

const NHA_RES_BUCKET = { INDEX: 1, IDLE_TIME: 2, NH_ID: 3 } as const;

const bucketFields = {
  /** Its resilient group. NHA_ID. */
  group: constant(field(NHA.ID, nexthopId)),
  /** Its index in the group's table, from 0. NHA_RES_BUCKET_INDEX. */
  index: constant(inside([NHA.RES_BUCKET], field(NHA_RES_BUCKET.INDEX, uint16))),
  /** The nexthop of its flows. NHA_RES_BUCKET_NH_ID. */
  nexthop: constant(inside([NHA.RES_BUCKET], field(NHA_RES_BUCKET.NH_ID, uint32))),
  /** Seconds since its last packet. NHA_RES_BUCKET_IDLE_TIME. */
  idleTime: constant(readOnly(inside([NHA.RES_BUCKET], field(NHA_RES_BUCKET.IDLE_TIME, ticks64)))),
  /** 'offload', 'trap': what the hardware does with it. */
  flags: memberFlags(nhmsg, 'flags', nexthopFlags, 0),
} as const;

const bucket = message(nhmsg, bucketFields);

const queryFields = {
  /** Those of this group. */
  group: filterable(field(NHA.ID, nexthopId)),
  /** Those that go by this nexthop. */
  nexthop: filterable(inside([NHA.RES_BUCKET], field(NHA_RES_BUCKET.NH_ID, nexthopId))),
  /** Those whose nexthop has this link. */
  device: filterableLink(linkIndex(NHA.OIF)),
  /** Those whose nexthop has a link that is a port of this master. */
  master: filterableLink(linkIndex(NHA.MASTER)),
} as const;

/** The question for buckets. */
export const bucketQuery = message(nhmsg, queryFields);

/** A bucket of a resilient group: some of its flows, which all use one nexthop. */
export interface NexthopBucket extends RowOf<typeof bucketFields> {}

/** Filters of a list of buckets. The kernel applies all of them. */
export interface NexthopBucketFilter extends FilterOf<typeof queryFields> {}

/** The request for the buckets that a filter describes. */
export function listNexthopBuckets(filter: NexthopBucketFilter = {}): Query<NexthopBucket> {
  rowFilter('buckets', filter, bucketQuery);
  const { group } = filter;
  return {
    name: 'RTM_GETNEXTHOPBUCKET',
    type: RTM.GETNEXTHOPBUCKET,
    flags: NLM_F.DUMP,
    subject: group === undefined ? 'buckets' : `buckets of nexthop ${String(group)}`,
    locate: bucketQuery.locate,
    decode: bucket.decode,
    encode(writer) {
      bucketQuery.encode(writer, filter);
    },
  };
}
