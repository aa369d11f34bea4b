/* eslint-disable @typescript-eslint/no-require-imports -- a family is loaded when it is first listened to */
import { AF, type Source } from '../codec';
import { whenNeeded } from '../when-needed';
import type * as Address from './address';
import type * as FdbMessage from './fdb-message';
import type * as Link from './link';
import type * as NamespaceId from './namespace-id';
import type * as Neighbor from './neighbor';
import type * as NexthopMessage from './nexthop-message';
import type * as Qdisc from './qdisc';
import type * as Route from './route';
import { NETLINK, type Topic } from './netlink';
import { RTM, RTNLGRP } from './rtnetlink';
import type * as Rule from './rule';

const families = whenNeeded({
  address: () => require('./address') as typeof Address,
  fdb: () => require('./fdb-message') as typeof FdbMessage,
  link: () => require('./link') as typeof Link,
  namespaceId: () => require('./namespace-id') as typeof NamespaceId,
  neighbor: () => require('./neighbor') as typeof Neighbor,
  nexthop: () => require('./nexthop-message') as typeof NexthopMessage,
  qdisc: () => require('./qdisc') as typeof Qdisc,
  route: () => require('./route') as typeof Route,
  rule: () => require('./rule') as typeof Rule,
});

/** What the kernel tells of a thing: messages that say it came or changed, or went, to the members of multicast groups. */
interface Declaration<Row> {
  types: readonly [came: number, went: number];
  groups: readonly number[];
  /** Undefined for what is something else. */
  decode: (source: Source, start: number, end: number) => Row | undefined;
}

/** Decodes only messages of an address family, which several kinds of things share a type with. */
function ofFamily<Row>(family: number, decode: Declaration<Row>['decode']): Declaration<Row>['decode'] {
  return (source, start, end) =>
    (end > start ? source.bytes[start] : 0) === family ? decode(source, start, end) : undefined;
}

const links = [RTM.NEWLINK, RTM.DELLINK] as const;
const neighbors = [RTM.NEWNEIGH, RTM.DELNEIGH] as const;

const subjects = {
  link: {
    types: links,
    groups: [RTNLGRP.LINK],
    decode: ofFamily(AF.unspec, (...place) => families.link.decodeLink(...place)),
  },
  /** What a bridge says of a link that is its port: that it lost one is a DELLINK too, and no link's end. */
  port: {
    types: links,
    groups: [RTNLGRP.LINK],
    decode: ofFamily(AF.bridge, (...place) => families.link.decodeLinkIdentity(...place)),
  },
  address: {
    types: [RTM.NEWADDR, RTM.DELADDR],
    groups: [RTNLGRP.IPV4_IFADDR, RTNLGRP.IPV6_IFADDR],
    decode: (...place) => families.address.decodeAddress(...place),
  },
  route: {
    types: [RTM.NEWROUTE, RTM.DELROUTE],
    groups: [RTNLGRP.IPV4_ROUTE, RTNLGRP.IPV6_ROUTE],
    decode: (...place) => families.route.decodeRoute(...place),
  },
  rule: {
    types: [RTM.NEWRULE, RTM.DELRULE],
    groups: [RTNLGRP.IPV4_RULE, RTNLGRP.IPV6_RULE],
    decode: (...place) => families.rule.decodeRule(...place),
  },
  neighbor: {
    types: neighbors,
    groups: [RTNLGRP.NEIGH],
    decode: (...place) => families.neighbor.decodeNeighbor(...place),
  },
  fdbEntry: {
    types: neighbors,
    groups: [RTNLGRP.NEIGH],
    decode: (...place) => families.fdb.decodeFdbEntry(...place),
  },
  namespaceId: {
    types: [RTM.NEWNSID, RTM.DELNSID],
    groups: [RTNLGRP.NSID],
    decode: (...place) => families.namespaceId.decodeNamespaceId(...place),
  },
  nexthop: {
    types: [RTM.NEWNEXTHOP, RTM.DELNEXTHOP],
    groups: [RTNLGRP.NEXTHOP],
    decode: (...place) => families.nexthop.decodeNexthop(...place),
  },
  qdisc: {
    types: [RTM.NEWQDISC, RTM.DELQDISC],
    groups: [RTNLGRP.TC],
    decode: (...place) => families.qdisc.decodeQdisc(...place),
  },
} as const satisfies Record<string, Declaration<object>>;

export type Subject = keyof typeof subjects;

/** What the kernel tells of, each with what an event of it brings. */
export type Subjects = { [Name in Subject]: NonNullable<ReturnType<(typeof subjects)[Name]['decode']>> };

/** Something came or changed ('new'), or went ('delete'). The row is as it was when that happened. */
export type NetlinkEvent = {
  [Name in Subject]: { subject: Name; action: 'new' | 'delete'; row: Subjects[Name] };
}[Subject];

/** What the kernel tells of these, and of nothing else that is told in the same groups. */
export function topicOf(wanted: readonly Subject[]): Topic<NetlinkEvent> {
  return {
    protocol: NETLINK.ROUTE,
    groups: [...new Set(wanted.flatMap((subject) => subjects[subject].groups))],
    decode(type, source, start, end) {
      const event = decodeEvent(type, source, start, end);
      return event !== undefined && wanted.includes(event.subject) ? event : undefined;
    },
  };
}

const byType = new Map<
  number,
  { subject: Subject; action: 'new' | 'delete'; decode: Declaration<object>['decode'] }[]
>();
for (const [name, { types, decode }] of Object.entries(subjects)) {
  for (const [index, type] of types.entries()) {
    const known = byType.get(type) ?? [];
    known.push({ subject: name as Subject, action: index === 0 ? 'new' : 'delete', decode });
    byType.set(type, known);
  }
}

/** Decodes the payload of an event's message. `undefined` for what is not known here. */
export function decodeEvent(type: number, source: Source, start: number, end: number): NetlinkEvent | undefined {
  for (const { subject, action, decode } of byType.get(type) ?? []) {
    const row = decode(source, start, end);
    if (row !== undefined) return { subject, action, row } as NetlinkEvent;
  }
  return undefined;
}
