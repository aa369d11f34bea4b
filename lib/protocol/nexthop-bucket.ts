import {
  constant,
  field,
  linkIndex,
  memberFlags,
  message,
  inside,
  readOnly,
  uint16,
  uint32,
  type LinkReference,
  type RowOf,
} from '../codec';
import { wrongValue } from '../errors';
import { checkFilter, checkFilterLink } from './filter';
import { NLM_F, type Query } from './netlink';
import { checkId, NHA, nexthopId, nhmsg, ticks64 } from './nexthop';
import { nexthopFlags } from './route-nexthop';
import { RTM } from './rtnetlink';

const NHA_RES_BUCKET = { INDEX: 1, IDLE_TIME: 2, NH_ID: 3 } as const;

const bucketFields = {
  /** The resilient group that it is of. NHA_ID. */
  group: constant(field(NHA.ID, nexthopId)),
  /** Its place in the group's table, from 0 on. NHA_RES_BUCKET_INDEX. */
  index: constant(inside([NHA.RES_BUCKET], field(NHA_RES_BUCKET.INDEX, uint16))),
  /** The nexthop that its flows go by. NHA_RES_BUCKET_NH_ID. */
  nexthop: constant(inside([NHA.RES_BUCKET], field(NHA_RES_BUCKET.NH_ID, uint32))),
  /** Seconds since its last packet. NHA_RES_BUCKET_IDLE_TIME. */
  idleTime: constant(readOnly(inside([NHA.RES_BUCKET], field(NHA_RES_BUCKET.IDLE_TIME, ticks64)))),
  /** 'offload', 'trap': what the hardware does with it. */
  flags: memberFlags(nhmsg, 'flags', nexthopFlags, 0),
} as const;

const bucket = message(nhmsg, bucketFields);

/** What is asked of buckets. */
export const bucketQuery = message(nhmsg, {
  group: field(NHA.ID, nexthopId),
  nexthop: inside([NHA.RES_BUCKET], field(NHA_RES_BUCKET.NH_ID, nexthopId)),
  device: linkIndex(NHA.OIF),
  master: linkIndex(NHA.MASTER),
});

/** A bucket of a resilient group: some of its flows, which all go by one nexthop. */
export interface NexthopBucket extends RowOf<typeof bucketFields> {}

/** Which buckets a list shall have. The kernel selects them. */
export interface NexthopBucketFilter {
  /** Those of this group. */
  group?: number | undefined;
  /** Those that go by this nexthop. */
  nexthop?: number | undefined;
  /** Those whose nexthop has this link. */
  device?: LinkReference | undefined;
  /** Those whose nexthop has a link that is a port of this master. */
  master?: LinkReference | undefined;
}

/** Asks for the buckets that a filter describes. */
export function listNexthopBuckets(filter: NexthopBucketFilter = {}): Query<NexthopBucket> {
  checkFilter(filter);
  const { group, nexthop, device, master, ...rest } = filter;
  for (const name in rest) throw wrongValue('is not a filter of buckets', name);
  if (group !== undefined) checkId(group, 'group');
  if (nexthop !== undefined) checkId(nexthop, 'nexthop');
  checkFilterLink('device', device);
  checkFilterLink('master', master);
  return {
    name: 'RTM_GETNEXTHOPBUCKET',
    type: RTM.GETNEXTHOPBUCKET,
    flags: NLM_F.DUMP,
    subject: group === undefined ? 'buckets' : `buckets of nexthop ${String(group)}`,
    locate: bucketQuery.locate,
    decode: bucket.decode,
    encode(writer) {
      bucketQuery.encode(writer, { group, nexthop, device, master });
    },
  };
}
