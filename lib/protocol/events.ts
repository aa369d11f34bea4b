import { AF, type Source } from '../codec';
import { decodeAddress, type Address } from './address';
import { decodeFdbEntry, type FdbEntry } from './fdb';
import { decodeLink, decodeLinkIdentity, type Link, type LinkIdentity } from './link';
import { decodeNamespaceId, type NamespaceId } from './namespace-id';
import { decodeNeighbor, type Neighbor } from './neighbor';
import { decodeRoute, type Route } from './route';
import { RTM, RTNLGRP } from './rtnetlink';

/** What the kernel tells of, each with what an event of it brings. */
export interface Subjects {
  link: Link;
  /** What a bridge says of a link that is its port. */
  port: LinkIdentity;
  address: Address;
  route: Route;
  neighbor: Neighbor;
  fdbEntry: FdbEntry;
  namespaceId: NamespaceId;
}

export type Subject = keyof Subjects;

/** Something came or changed ('new'), or went ('delete'). The row is as it was when that happened. */
export type NetlinkEvent = {
  [Name in Subject]: { subject: Name; action: 'new' | 'delete'; row: Subjects[Name] };
}[Subject];

const groups: Readonly<Record<Subject, readonly number[]>> = {
  link: [RTNLGRP.LINK],
  port: [RTNLGRP.LINK],
  address: [RTNLGRP.IPV4_IFADDR, RTNLGRP.IPV6_IFADDR],
  route: [RTNLGRP.IPV4_ROUTE, RTNLGRP.IPV6_ROUTE],
  neighbor: [RTNLGRP.NEIGH],
  fdbEntry: [RTNLGRP.NEIGH],
  namespaceId: [RTNLGRP.NSID],
};

/** The multicast groups in which the kernel tells of these. */
export function groupsOf(subjects: readonly Subject[]): number[] {
  return [...new Set(subjects.flatMap((subject) => groups[subject]))];
}

/** Decodes the payload of an event's message. `undefined` for what is not known here. */
export function decodeEvent(type: number, source: Source, start: number, end: number): NetlinkEvent | undefined {
  const family = end > start ? source.view.getUint8(start) : 0;
  switch (type) {
    case RTM.NEWLINK:
    case RTM.DELLINK: {
      const action = type === RTM.NEWLINK ? 'new' : 'delete';
      // That a bridge lost a port is a DELLINK too, and no link's end.
      if (family === AF.bridge) {
        return { subject: 'port', action, row: decodeLinkIdentity(source, start, end) };
      }
      return family === AF.unspec ? { subject: 'link', action, row: decodeLink(source, start, end) } : undefined;
    }
    case RTM.NEWADDR:
    case RTM.DELADDR:
      return {
        subject: 'address',
        action: type === RTM.NEWADDR ? 'new' : 'delete',
        row: decodeAddress(source, start, end),
      };
    case RTM.NEWROUTE:
    case RTM.DELROUTE: {
      const row = decodeRoute(source, start, end);
      return row && { subject: 'route', action: type === RTM.NEWROUTE ? 'new' : 'delete', row };
    }
    case RTM.NEWNEIGH:
    case RTM.DELNEIGH: {
      const action = type === RTM.NEWNEIGH ? 'new' : 'delete';
      if (family === AF.bridge) return { subject: 'fdbEntry', action, row: decodeFdbEntry(source, start, end) };
      return { subject: 'neighbor', action, row: decodeNeighbor(source, start, end) };
    }
    case RTM.NEWNSID:
    case RTM.DELNSID:
      return {
        subject: 'namespaceId',
        action: type === RTM.NEWNSID ? 'new' : 'delete',
        row: { id: decodeNamespaceId(source, start, end) },
      };
    default:
      return undefined;
  }
}
