import { checkInteger, familyOfText, type FilterOf, type IpFamily, type LinkReference } from '../codec';
import { at, checkArgument, show, wrongType, wrongValue } from '../errors';
import { checkOptions, checkSwitch } from '../options';
import { familyOption } from './family';
import { checkLink, rowFilter } from './filter';
import { NLM_F, type MessageSent, type Query, type Request } from './netlink';
import {
  decodeNexthop,
  nexthop,
  nexthopQuery,
  groupTypes,
  type NexthopFields,
  type NexthopKey,
  type NexthopObject,
  type NexthopObjectOptions,
} from './nexthop-message';
import { hintOfBlackhole, hintOfNexthop, hintOfNexthopOfLink } from './route-hints';
import { RTM } from './rtnetlink';

/** Filters of a list of nexthops. The kernel applies `device`, which no group has. */
export interface NexthopObjectFilter extends FilterOf<NexthopFields> {
  /** Nexthops whose link is a port of this master; no groups. Applied by the kernel. */
  master?: LinkReference | undefined;
  /** Only groups, or with false all others. */
  groups?: boolean | undefined;
}

/** How nexthops are listed. */
export interface NexthopStatisticsOption {
  /** Whether the counters of groups are fetched, too, since 6.9. */
  statistics?: boolean | undefined;
}

/** How a nexthop is added: as a new one, or also in place of the one with its id. */
export type NexthopVerb = 'add' | 'replace';

const verbFlags: Record<NexthopVerb, number> = {
  add: NLM_F.CREATE | NLM_F.EXCL,
  replace: NLM_F.CREATE | NLM_F.REPLACE,
};

/** The request for a new nexthop. */
export function newNexthop(options: NexthopObjectOptions, verb: NexthopVerb): Request {
  checkArgument('nexthop', options, "{ id: 1, device: 'eth0' }");
  return {
    name: 'RTM_NEWNEXTHOP',
    type: RTM.NEWNEXTHOP,
    flags: verbFlags[verb],
    subject: () => nexthopSubject(options),
    describe,
    hint:
      options.blackhole === true ? hintOfBlackhole : options.device === undefined ? hintOfNexthop : hintOfNexthopOfLink,
    locate: nexthop.locate,
    encode(writer) {
      const { group, resilient } = options;
      const isNamed = options.groupType !== undefined;
      const groupType = isNamed ? options.groupType : group && resilient && 'resilient';
      nexthop.encode(writer, { ...options, groupType }, { header: { family: familyOfNexthop(options) } });
      checkNexthop(options, verb);
    },
  };
}

/** As {@link newNexthop}, for a nexthop whose id the kernel chooses and reports. */
export function newNumberedNexthop(options: NexthopObjectOptions): Query<number> {
  const request = newNexthop(options, 'add');
  return { ...request, flags: request.flags | NLM_F.ECHO, decode: (...place) => nexthop.decode(...place).id };
}

/** The request to delete a nexthop. */
export function deleteNexthop(key: NexthopKey): Request {
  checkArgument('nexthop', key, '{ id: 1 }');
  const { id } = key;
  return {
    name: 'RTM_DELNEXTHOP',
    type: RTM.DELNEXTHOP,
    flags: 0,
    subject: () => nexthopSubject({ id }),
    describe,
    locate: nexthop.locate,
    encode(writer) {
      nexthop.encode(writer, key, { only: nexthop.keys });
      checkId(id);
    },
  };
}

/** The request for the nexthop with an id. */
export function getNexthop(id: number, options: NexthopStatisticsOption = {}): Query<NexthopObject> {
  checkId(id);
  checkOptions(options, { statistics: checkSwitch });
  const { statistics } = options;
  return {
    name: 'RTM_GETNEXTHOP',
    type: RTM.GETNEXTHOP,
    flags: 0,
    subject: nexthopSubject({ id }),
    locate: nexthopQuery.locate,
    decode: decodeNexthop,
    encode(writer) {
      nexthopQuery.encode(writer, { id, statistics: unlessOff(statistics) });
    },
  };
}

/** The request for the nexthops that a filter describes. */
export function listNexthops(filter: NexthopObjectFilter & NexthopStatisticsOption = {}): Query<NexthopObject> {
  const isWanted = rowFilter('nexthops', filter, nexthop, {
    master: checkLink,
    groups: checkSwitch,
    statistics: checkSwitch,
  });
  const { groups, statistics } = filter;
  return {
    name: 'RTM_GETNEXTHOP',
    type: RTM.GETNEXTHOP,
    flags: NLM_F.DUMP,
    fields: nexthop.fields,
    locate: nexthopQuery.locate,
    decode(source, start, end) {
      const row = decodeNexthop(source, start, end);
      const isOfKind = groups === undefined || groups === (row.group !== undefined);
      return isOfKind && isWanted(row) ? row : undefined;
    },
    encode(writer) {
      const values = { ...filter, statistics: unlessOff(statistics) };
      nexthopQuery.encode(writer, values, { elsewhere: nexthop.filters });
    },
  };
}

/** Kernels before 6.9 reject the flag for counters even when it is off. */
function unlessOff(statistics: boolean | undefined): boolean | undefined {
  return statistics === false ? undefined : statistics;
}

/** Throws if the properties together do not describe a nexthop; each was checked when it was encoded. */
function checkNexthop(options: NexthopObjectOptions, verb: NexthopVerb): void {
  const { group, gateway, device, blackhole, fdb, flags, groupType, resilient } = options;
  if (verb === 'replace') checkId(options.id);
  if (Array.isArray(group) && group.length === 0) throw wrongValue('must name at least one nexthop', 'group');
  if (group === undefined && device === undefined && blackhole !== true && (fdb !== true || gateway === undefined)) {
    const what = fdb === true ? 'have a gateway or a group' : 'have a device or a group, or say blackhole: true';
    throw wrongType(`must ${what}`, 'nexthop');
  }
  const isOnlink = Array.isArray(flags) && flags.includes('onlink');
  if (isOnlink && gateway === undefined) throw wrongValue("'onlink' needs a gateway", 'flags');
  if (isOnlink && fdb === true) throw wrongValue("'onlink' is not for forwarding tables", 'flags');
  const isResilient = groupType === 'resilient' || groupType === groupTypes.resilient;
  if (resilient !== undefined && groupType !== undefined && !isResilient) {
    throw wrongValue(`is not for groups of type ${show(groupType)}`, 'resilient');
  }
  if (
    group !== undefined &&
    verb === 'add' &&
    (isResilient || resilient !== undefined) &&
    resilient?.buckets === undefined
  ) {
    throw wrongType('must be given for a new resilient group', 'resilient.buckets');
  }
}

/** The family of a nexthop; undefined for a group. */
function familyOfNexthop({ family, gateway, group }: NexthopObjectOptions): IpFamily | undefined {
  if (group !== undefined) return undefined;
  const named = familyOption(family);
  if (gateway === undefined) return named ?? 'inet';
  const own = familyOfText(gateway);
  if (named === undefined || named === own) return own;
  throw wrongValue(`must be that of the gateway, '${own}', not ${show(family)}`, 'family');
}

/** Throws unless a value can be a nexthop's id. */
function checkId(id: unknown, property = 'id'): asserts id is number {
  at(property, () => {
    checkInteger(id, 1, 0xffffffff);
  });
}

function describe({ source, start, end }: MessageSent): string {
  return nexthopSubject(nexthop.decode(source, start, end));
}

function nexthopSubject({ id }: Partial<NexthopKey>): string {
  return id === undefined ? 'nexthop' : `nexthop ${String(id)}`;
}
